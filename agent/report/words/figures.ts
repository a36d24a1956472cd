// Numbers as a report prints them. A lift below two reads as per cent, from two on as a factor, `3.9x`; never without its bounds.

import type { Lift } from '../../analysis/verdict/verdict.ts';
import { renderCount } from '../../lib/units.ts';

/** Beyond this an upper bound says nothing: it is left out. */
const largestBound = 1000;

/** `20 %` for 1.2, `3.9x` for 3.9. */
export function renderRatio(ratio: number): string {
  return ratio >= 2 ? times(ratio) : `${percent(ratio)} %`;
}

/** `+20 % (+15 to +26)`, `3.9x (3.6x to 4.3x)`; `-` for what was not measured. Estimate and bounds share one form. */
export function renderLift(lift: Lift | null | undefined): string {
  if (!lift) return '-';
  const { estimate, low, high } = lift;
  const [form, unit] = estimate >= 2 ? [times, ''] : [signed, ' %'];
  const bounds = high < largestBound ? `${form(low)} to ${form(high)}` : `at least ${form(low)}`;
  return `${form(estimate)}${unit} (${bounds})`;
}

/** `rises 3.9x (at least 3.6x)`, `rises by 20 % (at least 15 %)`, `falls by 12 % (at least 8 %)`. */
export function renderRise({ estimate, low, high }: Lift): string {
  if (estimate >= 2) return `rises ${times(estimate)} (at least ${times(low)})`;
  if (estimate >= 1) return `rises by ${percent(estimate)} % (at least ${percent(low)} %)`;
  return `falls by ${percent(2 - estimate)} % (at least ${percent(2 - high)} %)`;
}

/** `2.1 %` for 1.021; a bound below "no change" reads as 0 %. */
export function renderAtMost(ratio: number): string {
  return renderRatio(Math.max(1, ratio));
}

/** `4.2 %` for 0.042. */
export function renderShare(share: number): string {
  return `${percent(1 + share)} %`;
}

/** Seconds as `48 s`, `5 min`, `3 h`, rounded up: they are promises. */
export function renderSeconds(seconds: number): string {
  if (seconds < 120) return `${Math.ceil(seconds)} s`;
  return seconds < 7200 ? `${Math.ceil(seconds / 60)} min` : `${renderCount(Math.ceil(seconds / 3600))} h`;
}

/** `media`, `media and ring`, `media, network and ring`. */
export function renderList(words: readonly string[], joint = 'and'): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} ${joint} ${last}`;
}

export function renderNumber(count: number, word: string): string {
  return `${renderCount(count)} ${word}${count === 1 ? '' : 's'}`;
}

function times(ratio: number): string {
  return `${ratio < 10 ? ratio.toFixed(1) : renderCount(ratio)}x`;
}

function percent(ratio: number): string {
  const value = (ratio - 1) * 100;
  const rounded = Number(value.toFixed(Math.abs(value) < 10 ? 1 : 0));
  return String(rounded === 0 ? 0 : rounded);
}

function signed(ratio: number): string {
  const text = percent(ratio);
  return Number(text) > 0 ? `+${text}` : text;
}
