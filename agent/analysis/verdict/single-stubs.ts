// Stage A of a verdict, one factor at a time: baseline, every single stub and the ceiling. Arms are dropped as their questions are answered.

import { baselineId } from '../../lib/arm.ts';
import { alike, ceilingBound, looksLikeNone, unaskedFor } from './claims.ts';
import { rules } from '../rules.ts';
import type { ArmSets } from './arm-sets.ts';
import { lifts, seemsToLift, type Standing } from './standing.ts';

/** The purpose of the next block. */
export type Aim = 'levers' | 'none' | 'duel' | 'necessity' | 'sets';

export interface Block {
  readonly aim: Aim;
  /** Ids of the arms, with repeats, not shuffled. */
  readonly arms: readonly string[];
}

/** The block before the first look: everything once, the baseline twice (and a single layer's only stub as well). */
export function firstBlock(armSets: ArmSets): Block {
  const stubs = union([armSets.singles.map((one) => one.arm), armSets.ceilings.map((arm) => arm.id)]);
  const twice = stubs.length === 1 ? [...stubs, ...stubs] : stubs;
  return { aim: 'levers', arms: [baselineId, baselineId, ...twice] };
}

/** The next block of stage A after a look that decided nothing. */
export function nextForSingles(standing: Standing): Block {
  const { contenders, top } = standing;
  const ceilings = standing.ceilings.map((arm) => arm.id);
  const contending = contenders.map((one) => one.arm);
  if (areLevel(standing)) {
    // All that is open is how they compare with the baseline, and with the ceiling where that is too noisy.
    const noisy = top && standing.fit.weights.has(top.arm.id) ? [top.arm.id] : [];
    const arms = standing.mayHide ? [...contending, ...noisy] : contending.filter((arm) => !lifts(standing, arm));
    return { aim: 'levers', arms: padded(union([[baselineId], arms])) };
  }
  if (standing.bestSeems && contenders.length === 2 && !standing.seemsMinor) {
    return { aim: 'duel', arms: [...contending, ...contending] };
  }
  const settled = !standing.seemsMinor && !standing.mayHide && contending.every((arm) => lifts(standing, arm));
  if (contenders.length > 2 && settled) return { aim: 'duel', arms: contending };
  if (looksLikeNone(standing)) {
    const open = standing.ceilings
      .filter((arm) => ceilingBound(standing, arm) >= standing.deltaNone)
      .map((arm) => arm.id);
    const unasked = unaskedFor(standing).map((arm) => arm.id);
    const compared = open.length > 0 ? [...open, ...open] : ceilings;
    return {
      aim: 'none',
      arms: [baselineId, baselineId, ...compared, ...unasked.filter((arm) => !compared.includes(arm))],
    };
  }
  const asked = !standing.headroom ? ceilings : standing.seemsMinor && top ? [top.arm.id] : [];
  const arms = union([[baselineId], contending, asked]);
  // One more slice of each confirms what two slices of an arm cannot: that it is not merely noisier than the others.
  return { aim: 'levers', arms: standing.bestSeems && !standing.bestProven ? arms : padded(arms) };
}

/** Several lift, and are proven to lift alike. */
function areLevel(standing: Standing): boolean {
  const [best, ...others] = standing.contenders;
  if (!best || others.length === 0 || standing.seemsMinor) return false;
  return standing.bestSeems && others.every((one) => seemsToLift(standing, one.arm) && alike(standing, best, one));
}

/** No single layer seems to explain the headroom: time for the sets. */
export function leavesSingles(standing: Standing): boolean {
  return standing.headroom && standing.seemsMinor;
}

/** Each arm once, in the order of first mention. */
export function union(lists: readonly (readonly string[])[]): string[] {
  return [...new Set(lists.flat())];
}

/** A block of two slices hardly pays for its look: it is run twice over. */
export function padded(arms: readonly string[]): readonly string[] {
  return arms.length < rules.leastBlock ? [...arms, ...arms] : arms;
}
