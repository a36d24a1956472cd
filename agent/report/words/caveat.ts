// Doubts about slices in words: a kind without its sentence does not compile.

import type { SliceCaveat } from '../../records/caveat.ts';

type Kind = SliceCaveat['kind'];
type Words = { readonly [K in Kind]: (caveat: Extract<SliceCaveat, { kind: K }>) => string };

const words: Words = {
  'no-io': () => 'no I/O completed in this slice',
  'no-junction-counters': () => 'the junctions gave no counters to check fio by',
  'counts-disagree': ({ apartPercent }) =>
    `fio and the junctions disagree by ${apartPercent.toFixed(1)} % on the bytes moved`,
  'none-in-objective': () =>
    'no I/O was within its objective: goodput is taken as half an I/O in the whole slice, lifts are rough',
  'still-settling': ({ until, measuredFrom }) =>
    `goodput was still settling ${until} after the switch, and measured from ${measuredFrom} on`,
  recorded: ({ text }) => text,
};

/** A caveat as a sentence without its full stop. */
export function sliceCaveatWords(caveat: SliceCaveat): string {
  return wordsOf(caveat.kind, caveat);
}

function wordsOf<K extends Kind>(kind: K, caveat: Extract<SliceCaveat, { kind: K }>): string {
  return words[kind](caveat);
}
