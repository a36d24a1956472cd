// Guests that are domains of their own: the verdict on a planted lever, and what is left when something dies.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reportSchema } from '../../../agent/report/document/document.ts';
import { inLab, kernelFaults, type LabResult } from '../../support/lab.ts';

const untilMeasuring = (runs: string): string => `await 180 filled "$LAB_OUT/${runs}/*/slices.ndjson"`;

describe('domains as guests', () => {
  let lab: LabResult;
  beforeAll(async () => {
    lab = await inLab(
      `
started() { date +%s.%N >"$LAB_OUT/$1"; }
inventory before
started begun
layerlift run profiles/xen-domus.yaml --no-caps --format json --runs "$LAB_OUT/verdict" -q >"$LAB_OUT/report.json" 2>"$LAB_OUT/verdict.err"; echo $? >"$LAB_OUT/verdict.rc"
started ended
inventory verdict.after; diff "$LAB_OUT/before" "$LAB_OUT/verdict.after" >"$LAB_OUT/verdict.diff"

layerlift run test/fixtures/profiles/xen-domu-deaths.yaml --no-caps --runs "$LAB_OUT/crashed" -q >/dev/null 2>"$LAB_OUT/crashed.err" & agent=$!
${untilMeasuring('crashed')}
xl sysrq "$(xl list | awk '/layerlift-.*-g2 / { print $1 }')" b
wait $agent; echo $? >"$LAB_OUT/crashed.rc"
inventory crashed.after; diff "$LAB_OUT/before" "$LAB_OUT/crashed.after" >"$LAB_OUT/crashed.diff"

node agent/dist/main.js run test/fixtures/profiles/xen-domu-deaths.yaml --no-caps --runs "$LAB_OUT/killed" -q >/dev/null 2>"$LAB_OUT/killed.err" & agent=$!
${untilMeasuring('killed')}
for thread in $(pgrep '^[0-9]*\\.xvda-'); do sed 's/^/thread /' /proc/$thread/cgroup; done >"$LAB_OUT/threads"
kill -9 $agent $(pgrep -f '[l]ayerlift-watchdog'); wait 2>/dev/null
sleep 1; inventory dead; xl list >"$LAB_OUT/dead.list"
started died
layerlift recover >"$LAB_OUT/recovered"; echo $? >"$LAB_OUT/recover.rc"
started restored
inventory after; xl list >"$LAB_OUT/after.list"
same before after`,
      { xen: true },
    );
  });
  afterAll(() => lab.dispose());

  test('with four of them the layer with the planted delay is named, and what the ring leaves open is said', () => {
    const report = reportSchema.parse(JSON.parse(lab.file('report.json')));
    expect(lab.file('verdict.rc').trim(), `${report.sentence}\n${lab.file('verdict.err')}`).toBe('0');
    expect(report.verdict).toMatchObject({ kind: 'lever', layer: 'blockstack' });
    expect(report.open.join('\n')).toMatch(/a domain has no way past its ring/);
    const seconds = Number(lab.file('ended')) - Number(lab.file('begun'));
    expect(seconds).toBeLessThan(360);
    expect(lab.file('verdict.diff')).toBe('');
  });

  test('the work of each ring is charged to its guest', () => {
    expect(lab.file('threads').match(/^thread 0::\/layerlift-\w+\/guests\/g[12]$/gm)).toHaveLength(2);
  });

  test('one that goes down in mid-run is named, and everything is taken down', () => {
    expect(lab.file('crashed.rc').trim(), lab.file('crashed.err')).toBe('30');
    expect(lab.file('crashed.err')).toMatch(
      /the domain layerlift-\w+-g2 of guest 2 has (crashed|shut down) in mid-run/,
    );
    expect(lab.file('crashed.diff')).toBe('');
  });

  test('kill -9 leaves the domains running, and recover takes them away with their disks and grants', () => {
    expect(lab.file('killed.err')).toBe('');
    expect(lab.file('dead.list').match(/layerlift-\w+-g[12] /g)).toHaveLength(2);
    expect(lab.file('recover.rc').trim()).toBe('0');
    expect(lab.file('recovered')).toMatch(/steps undone, the host is as it was/);
    expect(lab.file('after.list').trim().split('\n')).toHaveLength(2);
    expect(lab.file('after')).toMatch(/^grants 0$/m);
    expect(lab.status, lab.stderr).toBe(0);
    expect(kernelFaults(lab.file('dmesg'))).toEqual([]);
  });
});
