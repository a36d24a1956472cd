// Doubts about a whole run in words: a kind without its sentence does not compile.

import type { RunCaveat } from '../../records/run-caveat.ts';
import { renderNumber } from './figures.ts';

type Kind = RunCaveat['kind'];
type Words = { readonly [K in Kind]: (caveat: Extract<RunCaveat, { kind: K }>) => string };

const words: Words = {
  'others-unseen': () => 'no other cgroup has pressure figures: that nobody suffers cannot be seen',
  'tenant-waited': ({ cgroup, resource, percent, usualPercent }) =>
    `${cgroup} waited for ${resource} ${percent.toFixed(0)} % of 6 s, ${usualPercent.toFixed(0)} % is usual: it did not come and go with the guests, so the run went on`,
  'cpu-full': ({ slices }) =>
    `the CPU was full in ${renderNumber(slices, 'slice')} with stubs: more CPU might have lifted further`,
  steal: ({ percent }) => `a hypervisor above took up to ${percent.toFixed(0)} % of the CPU away`,
  'xen-ring-full': ({ slices, mostPerSecond }) =>
    `a Xen ring was full in ${renderNumber(slices, 'slice')} of the baseline: its backend ran out of requests up to ${mostPerSecond.toFixed(0)} times a second`,
  'failed-before': ({ failure }) => `before that, ${failure}`,
  note: ({ text }) => text,
};

/** A caveat as a sentence without its full stop. */
export function runCaveatWords(caveat: RunCaveat): string {
  return wordsOf(caveat.kind, caveat);
}

function wordsOf<K extends Kind>(kind: K, caveat: Extract<RunCaveat, { kind: K }>): string {
  return words[kind](caveat);
}
