// A twin beside its host in words: whether the verdict travels, where both differ, and why nothing could be compared.

import type { TwinFindings, TwinLayer, Unseen } from '../../findings/twin.ts';
import { renderDuration } from '../../lib/units.ts';
import { renderList, renderRatio } from './figures.ts';

/** A sentence that follows the verdict's, with its full stop. */
export function twinSentence(twin: Omit<TwinFindings, 'fingerprint' | 'says'>): string {
  if (twin.unseen !== undefined) {
    return `Whether that is so on the host cannot be said: ${unseenWords(twin.unseen, twin.lost)}.`;
  }
  if (twin.travels === 'no') return `${capital(differsWords(twin))}: the verdict does not travel.`;
  const layers = renderList(twin.layers.map(({ layer }) => layer));
  return `The twin is as the host in ${layers}, within 25 % in latency and in flight: the verdict travels.`;
}

export function differsWords({ layers, load, apart }: Pick<TwinFindings, 'layers' | 'load' | 'apart'>): string {
  const parts = [
    ...layers.flatMap(differencesOf),
    ...(load.differs ? [`it has ${count(load.twin)} I/Os in flight in all, and the host ${count(load.host)}`] : []),
    ...(apart.includes('cap') ? ['a limit on I/Os in flight is reached on one side alone'] : []),
    ...(apart.includes('cpu') ? ["the host's CPUs were full before or with the twin, and not both"] : []),
  ];
  return `the twin is not the host: ${parts.join('; ')}`;
}

function differencesOf({ layer, ownNs, inFlight, differs }: TwinLayer): readonly string[] {
  return differs.map((kind) =>
    kind === 'latency'
      ? `in ${layer} an I/O takes ${renderDuration(ownNs.twin ?? 0)}, and ${renderDuration(ownNs.host ?? 0)} on the host`
      : `in ${layer} ${count(inFlight.twin)} I/Os are in flight, and ${count(inFlight.host)} on the host`,
  );
}

const unseen: Readonly<Record<Unseen, string>> = {
  'not-looked-at': 'the host could not be looked at while the twin ran',
  gone: 'devices of the host went away or were replaced while the twin ran',
  idle: 'the host did too little I/O while the twin ran, so nothing can be compared',
  uncounted: 'no layer is counted on the host and on the twin, so nothing can be compared',
  'no-slices': 'no slice as deployed was measured, so nothing can be compared',
};

export function unseenWords(why: Unseen, lost: readonly string[]): string {
  return `${unseen[why]}${lost.length > 0 ? ` (${lost.join(', ')})` : ''}`;
}

/** `ratio`: of the host's latency while the twin ran to that before. */
export function movedWords(ratio: number): string {
  const how = ratio > 1 ? `rose by ${renderRatio(ratio).replace(/x$/, ' times')}` : `fell to ${ratio.toFixed(2)} times`;
  return `the host's own latency ${how} from before the run to during it: its load changed, or the twin disturbs it`;
}

function count(value: number | null): string {
  return value === null ? '-' : value.toFixed(1);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
