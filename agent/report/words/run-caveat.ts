// Doubts about a whole run in words: a kind without its sentence does not compile.

import type { Caveat } from '../../findings/caveats.ts';
import type { CapsLeftOut } from '../../plan/caps.ts';
import { faultWords, voidSlicesWords } from './fault.ts';
import { renderLift, renderList, renderNumber } from './figures.ts';
import { ofJobFile } from './job-change.ts';
import { poorStubWords } from './inconclusive.ts';
import { leftToOthersWords } from './left-to-others.ts';
import { outsideWords, stubbedWords } from './outside.ts';
import { renderGuests, renderMet } from './own-limit.ts';
import { differsWords, movedWords, unseenWords } from './twin.ts';

type Kind = Caveat['kind'];
type Words = { readonly [K in Kind]: (caveat: Extract<Caveat, { kind: K }>) => string };

const capsLeftOut: Readonly<Record<CapsLeftOut, string>> = {
  cold: 'a cold run raises no delay',
  verifies: 'the load checks its data, and a delay keeps none',
  media: 'the media cannot be replaced by a delay from here',
  budget: 'too little of the budget was left',
};

/** The same words for a profile that is refused before the run. */
export function capsLeftOutWords(because: CapsLeftOut): string {
  return `caps were not looked for: ${capsLeftOut[because]}`;
}

const words: Words = {
  'others-unseen': () => 'no other cgroup has pressure figures: that nobody suffers cannot be seen',
  'tenant-waited': ({ cgroup, resource, percent, usualPercent }) =>
    `${cgroup} waited for ${resource} ${percent.toFixed(0)} % of 6 s, ${usualPercent.toFixed(0)} % is usual: it did not come and go with the guests, so the run went on`,
  'cpu-full': ({ slices }) =>
    `the CPU was full in ${renderNumber(slices, 'slice')} with stubs: more CPU might have lifted further`,
  steal: ({ percent }) => `a hypervisor above took up to ${percent.toFixed(0)} % of the CPU away`,
  'xen-ring-full': ({ slices, mostPerSecond }) =>
    `a Xen ring was full in ${renderNumber(slices, 'slice')} of the baseline: its backend ran out of requests up to ${mostPerSecond.toFixed(0)} times a second`,
  'watchdog-inside': () =>
    'the watchdog was in the cgroup of the agent: had that been killed as a whole, only `layerlift recover` would have restored the host',
  'rings-charged': () => "the work of each ring is charged to its guest: the backend's threads are in its cgroup",
  'rings-not-charged': ({ guests }) =>
    `the work of the ring of guest${guests.length > 1 ? 's' : ''} ${guests.join(', ')} is charged to nobody: this kernel does not let the backend's threads be moved`,
  'caps-left-out': ({ because }) => capsLeftOutWords(because),
  'job-changed': ({ change }) => ofJobFile(change),
  'others-moved': ({ beforePercent, duringPercent }) => {
    const doubt =
      duringPercent > beforePercent
        ? 'what came with the run may be a part of it that is not counted as its own'
        : 'the run may have taken the CPU from them';
    return `programs that are not of this run used ${duringPercent.toFixed(0)} % of the CPU during it, and ${beforePercent.toFixed(0)} % before: ${doubt}`;
  },
  'served-apart': servedApartWords,
  'void-slices': (caveat) => `${voidSlicesWords(caveat)}; they do not count`,
  'beyond-stack': (caveat) => `${outsideWords(caveat)}: beyond that no stub can lift`,
  'own-limit-throughout': ({ met }) => {
    const guests = new Set(met.flatMap((one) => one.guests));
    return `${renderMet(met)}, as deployed too: no stub lifts ${guests.size > 1 ? 'them' : 'it'}`;
  },
  'own-limit-ahead': ({ stubbed, met }) =>
    `with ${stubbedWords(stubbed)} stubbed, ${renderMet(met)}: beyond that no stub can lift`,
  'recheck-unclear': ({ arm, lift, pairs }) =>
    `the check at the end cannot say at its noise whether the lift is still there: ${arm} now ${renderLift(lift)} over ${renderNumber(pairs, 'pair')} of slices`,
  'recheck-void': ({ reasons }) => `the check at the end says nothing, as its slices were void: ${faultWords(reasons)}`,
  'recheck-too-short': () => 'the check at the end says nothing, as too few of its slices were measured',
  'poor-stub': ({ stub }) => poorStubWords(stub),
  'still-settling': ({ slices, of }) =>
    `goodput was still settling in ${slices} of ${of} slices when measuring began, so lifts may be larger than they look: set \`settle\` under \`experiment\` longer`,
  'odd-slices': ({ arm, leastSquares, hodgesLehmann }) =>
    `a few odd slices move the lift of ${arm}: ${leastSquares.toFixed(2)} times by least squares, ${hodgesLehmann.toFixed(2)} times by a median of pairs (Hodges-Lehmann)`,
  'order-matters': ({ ratio }) =>
    `the last baseline of a block has ${ratio.toFixed(2)} times the goodput of the first: goodput depends on when a slice is measured; random order keeps that out of the lifts, but widens their bounds`,
  'left-to-others': leftToOthersWords,
  'failed-before': ({ failure }) => `before that, ${failure}`,
  'twin-differs': differsWords,
  'twin-unseen': ({ why, lost }) => unseenWords(why, lost),
  'host-moved': ({ ratio }) => movedWords(ratio),
  note: ({ text }) => text,
};

function servedApartWords({ served, others }: Extract<Caveat, { kind: 'served-apart' }>): string {
  const rates = [...new Set(served.map(({ perSecond }) => perSecond))];
  const each = rates.map((rate) => {
    const guests = served.filter(({ perSecond }) => perSecond === rate).map(({ guest }) => guest);
    const [ask, get] = guests.length > 1 ? ['ask', 'get them'] : ['asks', 'gets them'];
    return `${renderGuests(guests)} ${ask} for ${renderNumber(rate, 'I/O')} a second${guests.length > 1 ? ' each' : ''} and ${get} as deployed`;
  });
  const rest = others.length > 0 ? `: goodput and lifts are those of ${renderGuests(others)}` : '';
  return `${renderList(each)}; a guest whose rate is met cannot be lifted${rest}`;
}

/** A caveat as a sentence without its full stop. */
export function runCaveatWords(caveat: Caveat): string {
  return wordsOf(caveat.kind, caveat);
}

function wordsOf<K extends Kind>(kind: K, caveat: Extract<Caveat, { kind: K }>): string {
  return words[kind](caveat);
}
