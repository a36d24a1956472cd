// What the pause of one guest gives each other (pure): the figures of a picture, no claim.

import { mean, median } from '../lib/numbers.ts';
import { blocksOf } from '../analysis/fit/observation.ts';
import type { NeighboursObservation } from '../analysis/neighbours/observation.ts';

export interface Pause {
  readonly guest: number;
  /** Another guest. */
  readonly paused: number;
  /** Goodput of `guest` with that one paused, over that with all running. */
  readonly ratio: number;
}

/**
 * The median over the blocks of the ratio within each, as drift between blocks is not the guests' doing. Of pairs that no block
 * has there is nothing. By `guest`, then by `paused`.
 */
export function pausesOf(guests: number, observations: readonly NeighboursObservation[]): readonly Pause[] {
  const numbers = Array.from({ length: guests }, (_, i) => i + 1);
  const blocks = blocksOf(observations).map((number) => observations.filter(({ block }) => block === number));
  const logsOf = (some: readonly NeighboursObservation[], guest: number): readonly number[] =>
    some.flatMap(({ goodput }) => goodput.filter((one) => one.guest === guest).map((one) => Math.log(one.goodput)));
  return numbers.flatMap((guest) =>
    numbers
      .filter((paused) => paused !== guest)
      .flatMap((paused) => {
        const gains = blocks.flatMap((block) => {
          const together = logsOf(
            block.filter(({ running }) => running.length === guests),
            guest,
          );
          const without = logsOf(
            block.filter(({ running }) => running.length === guests - 1 && !running.includes(paused)),
            guest,
          );
          return together.length > 0 ? without.map((one) => one - mean(together)) : [];
        });
        return gains.length > 0 ? [{ guest, paused, ratio: Math.exp(median(gains)) }] : [];
      }),
  );
}
