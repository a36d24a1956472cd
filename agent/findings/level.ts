// The level of goodput in each arm over a whole run, for a comparison with another run.

import { type Level, levelOf } from '../analysis/fit/between-runs.ts';
import { parseArm } from '../lib/arm.ts';
import type { RunRecords } from '../records/run-records.ts';
import type { SliceRecord } from '../records/slice.ts';
import { judged } from './judge.ts';
import { countedSlices } from './quality.ts';

/** By arm, of ln goodput: the blocks in their order, then the pairs of the check at the end. Arms that were not measured are left out. */
export function levelsOf({ plan, slices, rechecked }: RunRecords): ReadonlyMap<string, Level> {
  const groups = [slices, rechecked].flatMap((some) => byBlock(countedSlices(judged(some, plan.profile))));
  const named = groups.map((group) =>
    group
      .filter(({ goodput }) => goodput > 0)
      .map(({ arm, goodput }) => ({ arm: parseArm(arm, plan.design.layers)?.id ?? arm, log: Math.log(goodput) })),
  );
  const arms = [...new Set(named.flat().map(({ arm }) => arm))];
  return new Map(
    arms.flatMap((arm) => {
      const level = levelOf(named.map((group) => group.filter((one) => one.arm === arm).map(({ log }) => log)));
      return level ? [[arm, level] as const] : [];
    }),
  );
}

function byBlock(slices: readonly SliceRecord[]): readonly (readonly SliceRecord[])[] {
  const blocks = new Map<number, SliceRecord[]>();
  for (const slice of slices) {
    const own = blocks.get(slice.block);
    if (own) own.push(slice);
    else blocks.set(slice.block, [slice]);
  }
  return [...blocks].sort(([a], [b]) => a - b).map(([, own]) => own);
}
