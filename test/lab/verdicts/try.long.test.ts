// A setting that a run names is turned on a real kernel: the gain that was predicted is the gain that is measured, and the
// setting is back afterwards, also where the agent dies while it is turned.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reportSchema } from '../../../agent/report/document/document.ts';
import { inLab, kernelFaults, type LabResult } from '../../support/lab.ts';

/** Two guests of depth 8 over media of 60 ms, through a ring with two commands in flight for each. */
const profile = `version: 1
name: shallow
guests: 2
workload: { rw: randread, bs: 4k, iodepth: 8 }
experiment: { budget: 8m, settle: 1s }
stack:
  media:
    deployed: { provider: model, latency: 60ms, size: 2GiB }
    stub: { provider: null_blk, latency: 60ms }
  ring:
    deployed: { provider: tcm-loop, queueDepth: 2 }
`;

describe('the depth of a ring, turned under the load', () => {
  let lab: LabResult;

  beforeAll(async () => {
    lab = await inLab(`
preload; inventory before
cat >/tmp/shallow.yaml <<'END'
${profile}END
layerlift run /tmp/shallow.yaml --runs "$LAB_OUT/first" >"$LAB_OUT/first.txt" || exit 10
layerlift try "$LAB_OUT"/first/* --yes --runs "$LAB_OUT/tried" --format json >"$LAB_OUT/tried.json" 2>"$LAB_OUT/asked"
echo $? >"$LAB_OUT/tried.rc"
inventory after; same before after || exit 11
node agent/dist/main.js try "$LAB_OUT"/first/* --yes --runs "$LAB_OUT/killed" >"$LAB_OUT/killed.txt" 2>&1 &
agent=$!
turned() { grep -qx 8 /sys/block/sd*/device/queue_depth; }
await 120 turned || exit 12
kill -9 $agent $(pgrep -f '[l]ayerlift-watchdog'); wait 2>/dev/null
cat /sys/block/sd*/device/queue_depth >"$LAB_OUT/left"
cat /run/layerlift/*/journal* >"$LAB_OUT/journal"
layerlift recover --verbose >"$LAB_OUT/recovered" 2>&1 || exit 13
inventory recovered; same before recovered || exit 14`);
  });
  afterAll(() => lab.dispose());

  test('gains within 15 % of what was predicted', () => {
    expect(lab.status, lab.stderr).toBe(0);
    expect(lab.file('first.txt')).toContain('layerlift try ');
    expect(lab.file('tried.rc').trim()).toBe('0');
    const { tried } = reportSchema.parse(JSON.parse(lab.file('tried.json')));
    expect(tried, JSON.stringify(tried)).toMatchObject({
      name: 'queue_depth',
      from: '2',
      to: '8',
      how: 'live',
      outcome: 'as-predicted',
    });
    const ratio = (tried?.gain?.estimate ?? NaN) / (tried?.predicted.estimate ?? NaN);
    expect(Math.abs(Math.log(ratio))).toBeLessThan(Math.log(1.15));
  });

  test('is in the journal with the value that it had, and no fault is in the log of the kernel', () => {
    expect(lab.file('left')).toContain('8');
    expect(lab.file('journal')).toMatch(/device\/queue_depth/);
    expect(kernelFaults(lab.file('dmesg'))).toEqual([]);
  });
});
