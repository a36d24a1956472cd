// Blocks in seeded random order (pure): the same seed and the same data give the same order of slices.

import type { Random } from '../lib/random.ts';
import { shuffled } from '../lib/random.ts';

export interface Block {
  readonly number: number;
  /** Arm ids in the order in which they are measured. */
  readonly arms: readonly string[];
}

/** Shuffles a block's arms; each call draws once more from `random`. */
export function scheduleBlock(number: number, arms: readonly string[], random: Random): Block {
  return { number, arms: shuffled(arms, random) };
}
