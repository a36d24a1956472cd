// Why there is no verdict, in words: a kind without its sentence does not compile.

import type { InconclusiveReason, PoorStub } from '../../analysis/verdict/verdict.ts';
import { voidSlicesWords } from './fault.ts';

type Kind = InconclusiveReason['kind'];
type Words = { readonly [K in Kind]: (why: Extract<InconclusiveReason, { kind: K }>) => string };

const words: Words = {
  'void-slices': voidSlicesWords,
  'poor-stubs': ({ stubs }) => stubs.map(poorStubWords).join('; '),
  'lift-gone': ({ arm, before, now }) =>
    `${arm} made goodput ${before.toFixed(2)} times at first and ${now.toFixed(2)} times when it was checked at the end, so what holds the host back has moved`,
  'cut-short': ({ why }) => `the run was cut short: ${why}`,
  'no-single-layer': ({ allStubs }) => {
    const by = allStubs === undefined ? '' : ` by ${percent(allStubs)}`;
    return `no single layer explains the headroom: all stubs together lift${by}, and the best single stub saves less than two fifths of the time that they save`;
  },
  'no-telling-arm': () =>
    'the stubs lift together, and the arms that would tell their layers apart do not exist on this host',
  'too-noisy': ({ sigma }) => `slices of the same arm scatter by ${Math.round(sigma * 100)} %: measure longer slices`,
  'too-few-slices': () => 'too few slices to tell signal from noise',
  'noise-hides-all': () => 'the noise hides whether any stub lifts',
  'several-within-noise': () => 'several layers remain within the noise',
  'set-not-proven': () => 'no single layer explains the headroom, and the set that does was not proven',
  'still-measuring': () => 'still measuring',
};

/** The reason as a sentence without its full stop. */
export function inconclusiveWords(why: InconclusiveReason): string {
  return wordsOf(why.kind, why);
}

function wordsOf<K extends Kind>(kind: K, why: Extract<InconclusiveReason, { kind: K }>): string {
  return words[kind](why);
}

/** `the stub of ring takes 5.0 ms for each I/O, what it replaces 2.0 ms: it says nothing of ring`. */
export function poorStubWords({ layer, stubNs, deployedNs, onceAlone }: PoorStub): string {
  const when = onceAlone ? 'with all others stubbed, ' : '';
  return `${when}the stub of ${layer} takes ${milliseconds(stubNs)} for each I/O, what it replaces ${milliseconds(deployedNs)}: it says nothing of ${layer}`;
}

function milliseconds(ns: number): string {
  return `${(ns / 1e6).toPrecision(2)} ms`;
}

function percent(ratio: number): string {
  return `${Math.round((ratio - 1) * 100)} %`;
}
