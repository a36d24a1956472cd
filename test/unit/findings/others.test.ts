import { describe, expect, it } from 'vitest';
import type { Judgeable } from '../../../agent/findings/judge.ts';
import { runCaveatWords } from '../../../agent/report/words/run-caveat.ts';
import { othersCaveats, othersUse } from '../../../agent/findings/others.ts';

const beside = (percent: number): Judgeable => ({
  ...{ arm: 'baseline', block: 0, voided: null },
  measurements: { cpu: { cpus: 4, userPercent: percent }, guests: { userPercentOfHost: 0 }, agent: { userPercent: 0 } },
});
const slices = [20, 24, 22, 21, 60].map(beside);

describe('what others use', () => {
  it('is told for before the run and for its slices', () => {
    expect(othersUse(slices, { cpuUse: { user: 21.5, idle: 70 } })).toEqual({
      ...{ beforePercent: 21.5, medianPercent: 22, leastPercent: 20, mostPercent: 60 },
    });
    expect(othersUse(slices, { cpuUse: 'unknown' })?.beforePercent).toBeNull();
    expect(othersUse([{ ...beside(1), measurements: {} }], {})).toBeUndefined();
  });

  it('is doubted only where it moved with the run', () => {
    const caveats = (user: number) => othersCaveats(othersUse(slices, { cpuUse: { user } })).map(runCaveatWords);
    expect(caveats(21)).toEqual([]);
    expect(caveats(5)[0]).toMatch(/used 22 % of the CPU during it, and 5 % before: what came with the run/);
    expect(caveats(50)[0]).toMatch(/used 22 % of the CPU during it, and 50 % before: the run may have taken/);
    expect(othersCaveats(othersUse(slices, {}))).toEqual([]);
  });
});
