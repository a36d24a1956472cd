// A run that is stopped in one of its parts, on a real kernel: a whole document on stdout, the same in its folder, the code
// of what stopped it, and the host as found.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Phase } from '../../agent/records/phase.ts';
import { reportSchema } from '../../agent/report/document/document.ts';
import { inLab, kernelFaults, type LabResult } from './lab.ts';

export interface Stop {
  readonly when: Phase;
  /** A file of the run's folder that is not empty once it is there, or words on stderr. */
  readonly until: string;
  /** Shell lines that stop `$agent`; none: the deadline does. */
  readonly stop?: string;
  readonly args?: string;
  /** What a slice measures, where it is not what the profile says. */
  readonly measure?: string;
  readonly code: number;
  readonly verdict: 'inconclusive' | 'lever';
}

const scriptOf = ({ when, until, stop = ':', args = '', measure = '2500ms' }: Stop): string => `
mkdir -p "$LAB_OUT/${when}"; cd_runs="$LAB_OUT/${when}/runs"
sed 's/measure: 2500ms/measure: ${measure}/' test/fixtures/profiles/cut-short.yaml >/tmp/${when}.yaml
node agent/dist/main.js run /tmp/${when}.yaml --format json --seed 1 ${args} --runs "$cd_runs" \\
  >"$LAB_OUT/${when}/report.json" 2>"$LAB_OUT/${when}/err" & agent=$!
is_there() { ${until.startsWith('err:') ? `grep -q '${until.slice(4)}' "$LAB_OUT/${when}/err"` : `filled "$cd_runs/*/${until}"`} || ended $agent; }
await 400 is_there
sleep 0.3; ${stop}
wait $agent; echo $? >"$LAB_OUT/${when}/rc"
inventory ${when}.after
same before ${when}.after && echo "${when} as-found"
layerlift report "$cd_runs"/* --format json >"$LAB_OUT/${when}/again.json"`;

/** All in one boot of the lab. */
export function testStops(stops: readonly Stop[]): void {
  describe('a run that is stopped', () => {
    let lab: LabResult;
    beforeAll(async () => {
      lab = await inLab(`preload; inventory before\n${stops.map(scriptOf).join('\n')}`);
    });
    afterAll(() => lab.dispose());

    test.each(stops)(
      'in its part "$when" ends with $code and a document of what it knew',
      ({ when, code, verdict }) => {
        const error = lab.file(`${when}/err`);
        expect(lab.file(`${when}/rc`).trim(), error).toBe(`${code}`);
        const text = lab.file(`${when}/report.json`);
        const document = reportSchema.parse(JSON.parse(text));
        expect(document.exit.code).toBe(code);
        expect(document.cutShort?.phase).toBe(when);
        expect(document.verdict, error).toMatchObject(
          verdict === 'lever' ? { kind: 'lever', layer: 'media' } : { kind: verdict },
        );
        if (verdict === 'lever') expect(error).toMatch(/verdict: media holds this host back/);
        expect(lab.file(`${when}/again.json`)).toBe(text);
        expect(lab.stdout).toContain(`${when} as-found`);
      },
    );

    test('leaves no complaint of the kernel', () => {
      expect(kernelFaults(lab.file('dmesg'))).toEqual([]);
    });
  });
}
