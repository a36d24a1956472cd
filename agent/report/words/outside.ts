// Why the limit lies outside the stack, in words: a kind without its sentence does not compile.

import type { OutsideReason, OutsideVerdict, StubbedLayers } from '../../analysis/verdict/verdict.ts';
import type { MetLimit } from '../../lib/own-limit.ts';
import { renderDuration } from '../../lib/units.ts';
import { renderGuests, renderMet, renderValue } from './own-limit.ts';

type Kind = OutsideReason['kind'];
type Met = readonly MetLimit[];
type Words = { readonly [K in Kind]: (why: Extract<OutsideReason, { kind: K }>, met: Met) => string };

const words: Words = {
  'cpu-max': ({ stubbed, percent }, met) => {
    const guests = guestsIn(met);
    const wait = guests.length > 1 ? 'wait up to' : 'waits';
    return `with ${stubbedWords(stubbed)} stubbed, ${who(guests)} ${wait} ${percent.toFixed(0)} % of the time for ${cpuMax(met)}`;
  },
  cpu: ({ stubbed, busyPercent }) =>
    `with ${stubbedWords(stubbed)} stubbed, the CPU of the host is full (${busyPercent.toFixed(0)} % busy)`,
  thread: ({ stubbed }) =>
    `with ${stubbedWords(stubbed)} stubbed, the one thread of each guest's fio uses its whole CPU`,
  'void-by-cpu-max': ({ count, of }, met) => {
    const guests = guestsIn(met);
    return `in ${count} of ${of} slices ${who(guests)} ${guests.length > 1 ? 'were' : 'was'} held back by ${cpuMax(met)}`;
  },
  'own-limits': ({ stubbed, times, others, othersInFlight }, met) =>
    [
      `${renderMet(met)}, as deployed and with ${stubbedWords(stubbed)} stubbed`,
      ...(times
        ? [
            `as deployed an I/O takes ${renderDuration(times.latencyNs)}, of which the stack takes ${renderDuration(times.stackNs)}`,
          ]
        : []),
      ...(others.length > 0 ? [ofOthers(others, othersInFlight)] : []),
    ].join('; '),
  'in-flight': (_, met) =>
    `${renderMet(met)}, as deployed and with every layer stubbed, and no layer takes the time that they wait`,
};

/** The reason as a sentence without its full stop. */
export function outsideWords({ why, met = [] }: Pick<OutsideVerdict, 'why' | 'met'>): string {
  return wordsOf(why.kind, why, met);
}

function wordsOf<K extends Kind>(kind: K, why: Extract<OutsideReason, { kind: K }>, met: Met): string {
  return words[kind](why, met);
}

/** `every layer`, `media and ring`. */
export function stubbedWords(stubbed: StubbedLayers): string {
  return stubbed === 'all' ? 'every layer' : stubbed.join(' and ');
}

function guestsIn(met: Met): readonly number[] {
  return met.flatMap(({ guests }) => guests);
}

function who(guests: readonly number[]): string {
  return guests.length > 0 ? renderGuests(guests) : 'a guest';
}

function cpuMax(met: Met): string {
  const values = met.length > 0 ? ` (${met.map(renderValue).join(', ')})` : '';
  return `${guestsIn(met).length > 1 ? 'their' : 'its'} own cpu.max${values}`;
}

function ofOthers(others: readonly number[], inFlight: Met): string {
  if (inFlight.length > 0) return renderMet(inFlight);
  const [meet, theirs] = others.length > 1 ? ['meet', 'theirs'] : ['meets', 'its own'];
  return `${renderGuests(others)} ${meet} none of ${theirs}`;
}
