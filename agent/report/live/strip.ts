// An interval as a strip of characters, such as `   |  --o--`.

import type { Lift } from '../../analysis/verdict/verdict.ts';

/** Ratios. */
export interface Scale {
  readonly from: number;
  readonly to: number;
}

/** Bounds further out than this many times the largest estimated change are cut off. */
const farthest = 2;

export function scaleOf(lifts: readonly Lift[], minimumLift: number): Scale {
  const change = Math.max(minimumLift - 1, ...lifts.map(({ estimate }) => Math.abs(estimate - 1)));
  const from = Math.max(1 - farthest * change, Math.min(1, ...lifts.map(({ low }) => low)), 0);
  const to = Math.min(1 + farthest * change, Math.max(minimumLift, ...lifts.map(({ high }) => high)));
  return { from, to };
}

/** `width` characters: `-` between the bounds, `o` the estimate, `|` where nothing changes, `<` and `>` where a bound is cut off. */
export function strip({ estimate, low, high }: Lift, { from, to }: Scale, width: number): string {
  const place = (ratio: number): number =>
    Math.min(width - 1, Math.max(0, Math.round(((ratio - from) / (to - from)) * (width - 1))));
  const cells = Array.from({ length: width }, (_, i): string => (i >= place(low) && i <= place(high) ? '-' : ' '));
  cells[place(1)] = '|';
  cells[place(estimate)] = 'o';
  if (low < from) cells[0] = '<';
  if (high > to) cells[width - 1] = '>';
  return cells.join('').trimEnd();
}
