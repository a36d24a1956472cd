// Which slices stand apart from the rest of their run, by how much CPU others took meanwhile. What others take all the time
// is the host as it is, and no disturbance. Pure: judged over all slices so far, live and from a run's folder alike.

import type { Fault } from '../lib/fault.ts';
import { guestFacts } from '../lib/guest.ts';
import { median } from '../lib/numbers.ts';
import type { Profile } from '../profile/profile.ts';
import type { SliceRecord } from '../records/slice.ts';

/** From so many slices on an arm has a level of its own: stubs make the guests use more CPU, and leave others less. */
const ownLevelFrom = 3;
/**
 * How far from its level a slice may be: the greater of so many points of all CPUs, and so many standard deviations of the
 * run's own scatter. The latter is estimated by the median of absolute deviations, which outliers do not move; 1.4826 makes
 * it that of a normal distribution (Rousseeuw and Croux, Alternatives to the Median Absolute Deviation, 1993).
 */
const apart = { points: 10, deviations: 4, ofNormal: 1.4826 } as const;

/** `arm`: slices of one arm are alike but for what others do; `block`: those of one block are compared with one another. */
export type Judgeable = Pick<SliceRecord, 'arm' | 'block' | 'voided' | 'measurements'>;

/** Bounds on what other programs may do to a slice. */
interface Trouble {
  readonly kind: 'foreign-cpu' | 'steal';
  readonly percentOf: (slice: Judgeable) => number | undefined;
}

const foreignCpu: Trouble = { kind: 'foreign-cpu', percentOf: foreignPercent };
const steal: Trouble = { kind: 'steal', percentOf: ({ measurements }) => measurements['cpu']?.['stealPercent'] };

/**
 * The slices of one measurement, in any order, with `voided` set where one stands apart from the others too: from the level
 * of the run in its arm, moved by what the whole of its block is off it. Lifts are taken within blocks, so a level that
 * shifts between them hurts none. Those that are void by themselves say nothing of the level. To be asked of slices as they
 * were recorded, not as judged before.
 */
export function judged<T extends Judgeable>(slices: readonly T[], { guest }: Pick<Profile, 'guest'>): readonly T[] {
  // The CPU time of domains is taken from domain 0, as if by a stranger.
  const troubles = guestFacts[guest].ownKernel ? [foreignCpu] : [foreignCpu, steal];
  const found = troubles.map((trouble) => standingApart(slices, trouble));
  return slices.map((slice) => {
    if (slice.voided !== null) return slice;
    const faults = found.flatMap((reasons) => reasons.get(slice) ?? []);
    return faults.length > 0 ? { ...slice, voided: faults } : slice;
  });
}

/** CPU time in programs that neither the run's cgroups nor the agent account for. The kernel's work for us is not user time. */
export function foreignPercent({ measurements: { cpu, guests, agent } }: Judgeable): number | undefined {
  const [all, cpus] = [cpu?.['userPercent'], cpu?.['cpus']];
  const [ours, own] = [guests?.['userPercentOfHost'], agent?.['userPercent']];
  if (all === undefined || cpus === undefined || ours === undefined || own === undefined) return undefined;
  return all - ours - own / Math.max(1, cpus);
}

/** Why they do not count, by slice. */
function standingApart<T extends Judgeable>(slices: readonly T[], { kind, percentOf }: Trouble): Map<T, Fault> {
  const known = slices.flatMap((slice) => {
    const percent = slice.voided === null ? percentOf(slice) : undefined;
    return percent === undefined ? [] : [{ slice, percent }];
  });
  const levels = levelsOf(known.map(({ slice: { arm }, percent }) => ({ arm, percent })));
  const over = known.map((one) => ({ ...one, points: one.percent - (levels.get(one.slice.arm) ?? NaN) }));
  const seen = over.map(({ slice, percent, points }) => {
    const shift = median(over.filter((one) => one.slice.block === slice.block).map((one) => one.points));
    return { slice, percent, off: points - shift };
  });
  const scatter = median(seen.map(({ off }) => Math.abs(off)));
  const most = Math.max(apart.points, apart.deviations * apart.ofNormal * scatter);
  return new Map(
    seen
      .filter(({ off }) => Math.abs(off) > most)
      .map(({ slice, percent, off }) => [slice, { kind, percent, levelPercent: Math.max(0, percent - off) }]),
  );
}

/** By arm. Few slices are not believed to be the arm's doing: the median of the run stands beside them. */
function levelsOf(known: readonly { arm: string; percent: number }[]): ReadonlyMap<string, number> {
  const whole = median(known.map(({ percent }) => percent));
  return new Map(
    [...new Set(known.map(({ arm }) => arm))].map((arm) => {
      const own = known.filter((slice) => slice.arm === arm).map(({ percent }) => percent);
      return [arm, median(own.length < ownLevelFrom ? [...own, whole] : own)];
    }),
  );
}
