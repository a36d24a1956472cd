// Second opinions on what the slices say, as doubts about the run. They are silent where they agree, and decide nothing (pure).

import type { Analysis } from '../analysis/verdict/analyse.ts';
import { orderEffect } from '../analysis/revise/order.ts';
import { type Disagreement, disagreements } from '../analysis/revise/robust.ts';
import type { SliceRecord } from '../records/slice.ts';

export type SecondOpinion =
  /** A few odd slices move the lift of an arm. */
  | ({ readonly kind: 'odd-slices' } & Disagreement)
  /** Goodput of the last baseline of a block over that of the first: it depends on when a slice is measured. */
  | { readonly kind: 'order-matters'; readonly ratio: number };

/** `delta`: the smallest lift that matters, in ln units. */
export function checkCaveats(
  { arms }: Pick<Analysis, 'arms'>,
  slices: readonly SliceRecord[],
  delta: number,
): readonly SecondOpinion[] {
  const inTime = [...slices].sort((a, b) => a.seq - b.seq);
  const order = orderEffect(inTime);
  return [
    ...disagreements(arms, slices, delta).map((one) => ({ kind: 'odd-slices', ...one }) as const),
    ...(order === undefined ? [] : [{ kind: 'order-matters', ratio: order } as const]),
  ];
}
