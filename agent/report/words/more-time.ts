// Says how much time a verdict still needs: the way on from "cannot tell yet".

import type { InconclusiveVerdict } from '../../analysis/verdict/verdict.ts';
import { renderList, renderNumber, renderRatio, renderSeconds, renderShare } from './figures.ts';
import type { Facts } from './facts.ts';

/** Blocks of one run: what was measured is not carried over, so a repeat pays for it again. */
export function moreTime(
  facts: Facts,
  { moreBlocks, disturbed, poorStubs = [] }: Pick<InconclusiveVerdict, 'moreBlocks' | 'disturbed' | 'poorStubs'>,
): string {
  const { blocks, slices, settings } = facts;
  if (poorStubs.length > 0) {
    return `give ${renderList(poorStubs)} a better stub in the profile, or none with \`stub: none\`, and repeat`;
  }
  if (disturbed) return 'keep the host to this run alone while it measures, and repeat';
  if (moreBlocks === undefined || blocks === 0) return atThisNoise(facts);
  const total = slices + Math.ceil((moreBlocks * slices) / blocks);
  return `repeat with room for ${renderNumber(moreBlocks, 'more block')} (${renderNumber(total, 'slice')}, about ${timeOf(total, settings)} in all), which should settle it`;
}

function atThisNoise({ outlook, slices, settings, sigma }: Facts): string {
  if (!outlook || sigma === null)
    return 'repeat with a larger budget: too few slices were measured to say how much larger';
  const { none, levers } = outlook;
  const noise = `slices scatter by ${renderShare(sigma)}`;
  const proven = levers.at(-1);
  const lever = proven
    ? `a lift of ${renderRatio(proven.sure)} shows after ${renderNumber(proven.slices, 'slice')}`
    : '';
  const nothing = `"none" of more than ${renderRatio(none.delta)} after ${renderNumber(none.sure, 'slice')} (about ${timeOf(none.sure, settings)})`;
  const longer = none.sure > slices ? 'repeat with a larger budget' : 'repeat with longer slices';
  return `${longer}, or quieten the host: ${noise}; at that noise ${lever ? `${lever}, ` : ''}${nothing}`;
}

function timeOf(slices: number, { secondsPerSlice }: Facts['settings']): string {
  return renderSeconds(slices * secondsPerSlice);
}
