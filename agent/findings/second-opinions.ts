// Second opinions on what the slices say, as doubts about the run. They are silent where they agree, and decide nothing (pure).

import type { Analysis } from '../analysis/verdict/analyse.ts';
import { orderEffect } from '../analysis/revise/order.ts';
import { disagreements } from '../analysis/revise/robust.ts';
import type { SliceRecord } from '../records/slice.ts';

/** `delta`: the smallest lift that matters, in ln units. */
export function checkCaveats(
  { arms }: Pick<Analysis, 'arms'>,
  slices: readonly SliceRecord[],
  delta: number,
): readonly string[] {
  const inTime = [...slices].sort((a, b) => a.seq - b.seq);
  const order = orderEffect(inTime);
  return [
    ...disagreements(arms, slices, delta).map(
      ({ arm, leastSquares, hodgesLehmann }) =>
        `a few odd slices move the lift of ${arm}: ${leastSquares.toFixed(2)} times by least squares, ${hodgesLehmann.toFixed(2)} times by a median of pairs (Hodges-Lehmann)`,
    ),
    ...(order === undefined
      ? []
      : [
          `the last baseline of a block has ${order.toFixed(2)} times the goodput of the first: goodput depends on when a slice is measured; random order keeps that out of the lifts, but widens their bounds`,
        ]),
  ];
}
