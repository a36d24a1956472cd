// Seeded chance: the same seed gives the same schedule on every machine.

import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

export interface Random {
  /** A whole number in [0, below). */
  readonly below: (below: number) => number;
}

export function seededRandom(seed: number): Random {
  const generator = xoroshiro128plus(seed);
  return { below: (below) => uniformInt(generator, 0, below - 1) };
}

/** A new list in random order (Fisher-Yates). */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const out = [...items];
  for (let i = out.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [out[i], out[j]] = [out[j] as T, out[i] as T];
  }
  return out;
}
