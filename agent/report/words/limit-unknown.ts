// Why the limit of a layer cannot be told, in words: a kind without its sentence does not compile.

import type { LimitUnknown } from '../../analysis/caps/limit.ts';

type Kind = LimitUnknown['kind'];
type Words = { readonly [K in Kind]: (why: Extract<LimitUnknown, { kind: K }>) => string };

const words: Words = {
  'generator-limits': () => 'the load generator is the limit even with every layer stubbed and the least load',
  'not-measured': () => 'not measured',
  'short-of-time': () => 'not measured, as the time was short: a longer budget looks at it too',
  'two-loads-missing': () => 'not measured at two loads',
  'half-load-missing': () => 'goodput falls short of that with every layer stubbed, and half the load was not measured',
  'half-delay-missing': ({ knee }) =>
    `goodput does not rise with the load beyond ${about(knee)} in flight, and half the delay was not measured`,
  'noise-hides-rise': () => 'the noise hides whether goodput rises with the load',
  'noise-hides-flight': () => 'the noise does not show whether all that was offered was in flight',
  'cap-or-rate': ({ knee, gain }) => {
    const percent = Math.round(100 * gain);
    const change = percent >= 0 ? `raises goodput by ${percent} %` : `lowers goodput by ${-percent} %`;
    return `near ${about(knee)} in flight half the delay ${change}, measured too coarsely or truly between a cap (100 %) and a rate (0 %)`;
  },
  'not-sized': ({ knee, sized }) => `in flight stays near ${about(knee)}; only the ${sized} lowest caps were sized`,
  'no-load-below': ({ knee }) => `in flight stays near ${about(knee)}, and no load below that was measured`,
  'bounds-too-wide': ({ estimate, range }) =>
    `a cap near ${about(estimate)} in flight, but the noise leaves ${range ? `${about(range.low)} to ${about(range.high)}` : 'anything'}`,
  'below-deployed': ({ perSecond, deployed }) =>
    `with all that was offered ${about(perSecond)} I/O a second passed, fewer than the ${about(deployed)} as deployed: a rate is not what limits those`,
  'media-keeps-up': () => 'the media keeps up with all that the load generator can offer',
};

/** The reason as a sentence without its full stop. */
export function limitUnknownWords(why: LimitUnknown): string {
  return wordsOf(why.kind, why);
}

function wordsOf<K extends Kind>(kind: K, why: Extract<LimitUnknown, { kind: K }>): string {
  return words[kind](why);
}

function about(value: number): number {
  return Number(value.toPrecision(value < 10 ? 2 : 3));
}
