// Says when the run can prove which lift: one line, once the noise is known.

import type { Outlook } from '../../analysis/verdict/outlook.ts';
import { renderNumber, renderRatio, renderSeconds, renderShare } from './figures.ts';

/** Promises for nine runs of ten at the noise seen so far. `slices`: already measured; `left`: those that the budget holds. */
export function etaLine(
  { sigma, levers, none, masked }: Outlook,
  pace: { readonly slices: number; readonly budgetSlices: number; readonly secondsPerSlice: number },
): string {
  const after = (slices: number): string => {
    const more = slices - pace.slices;
    if (slices > pace.budgetSlices) return `not within this budget (${renderNumber(slices, 'slice')})`;
    return more > 0 ? `in ${renderSeconds(more * pace.secondsPerSlice)}` : 'now';
  };
  const lever = levers.find(({ slices }) => slices > pace.slices) ?? levers.at(-1);
  return [
    `slices scatter by ${renderShare(sigma)}; to be proven in nine of ten such runs`,
    ...(lever ? [`a lift of ${renderRatio(lever.sure)} ${after(lever.slices)}`] : []),
    `"none" above ${renderRatio(none.delta)} ${after(none.sure)}`,
    `layers that hide one another ${after(masked.sure)}`,
  ].join(', ');
}
