// Stage A: baseline, every single stub and the ceiling. Arms are dropped as their questions are answered.

import { baselineId } from '../lib/arm.ts';
import { ceilingBound, looksLikeNone } from './claims.ts';
import { rules } from './rules.ts';
import type { Space } from './space.ts';
import type { Standing } from './standing.ts';

/** What the next block is for. */
export type Aim = 'levers' | 'none' | 'duel' | 'necessity' | 'sets';

export interface Block {
  readonly aim: Aim;
  /** Ids of the arms, with repeats, not shuffled. */
  readonly arms: readonly string[];
}

/** The block before the first look: everything once, the baseline twice (and a single layer's only stub as well). */
export function firstBlock(space: Space): Block {
  const stubs = union([space.singles.map((one) => one.arm), space.ceilings.map((arm) => arm.id)]);
  const twice = stubs.length === 1 ? [...stubs, ...stubs] : stubs;
  return { aim: 'levers', arms: [baselineId, baselineId, ...twice] };
}

/** The next block of stage A after a look that decided nothing. */
export function nextInA(standing: Standing): Block {
  const { contenders, top } = standing;
  const ceilings = standing.ceilings.map((arm) => arm.id);
  if (standing.bestProven && contenders.length === 2 && !standing.seemsMinor) {
    const pair = contenders.map((one) => one.arm);
    return { aim: 'duel', arms: [...pair, ...pair] };
  }
  if (looksLikeNone(standing)) {
    const open = standing.ceilings
      .filter((arm) => ceilingBound(standing, arm) >= standing.deltaNone)
      .map((arm) => arm.id);
    return { aim: 'none', arms: [baselineId, baselineId, ...open, ...open] };
  }
  const asked = !standing.headroom ? ceilings : standing.seemsMinor && top ? [top.arm.id] : [];
  return { aim: 'levers', arms: padded(union([[baselineId], contenders.map((one) => one.arm), asked])) };
}

/** No single layer seems to explain the headroom: time for the sets. */
export function leavesA(standing: Standing): boolean {
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
