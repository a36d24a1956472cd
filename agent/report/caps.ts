// The findings of the cap probe, with the knobs that fit each cap, as part of the document (pure); and their words.

import type { Interval, Limit, ProbeFindings } from '../analysis/probe/limit.ts';
import type { Knob } from '../knobs/knob.ts';
import { matchKnobs, type Match } from '../knobs/match.ts';
import { unreachable } from '../lib/unreachable.ts';
import { renderCount, renderDuration } from '../lib/units.ts';
import type { ReportDocument } from './schema.ts';

type Caps = NonNullable<ReportDocument['caps']>;
type Row = Caps['rows'][number];

/** Suspects that are worth a reader's time. */
const mostKnobs = 5;

export function capsOf(findings: ProbeFindings, knobs: readonly Knob[], guests: number): Caps {
  const { delayNs, offered, points, stack, layers } = findings;
  const rowOf = (of: Row['of'], limit: Limit): Row => ({ of, limit, knobs: knobsFor(of, limit, knobs, guests) });
  return {
    delayNs,
    offered,
    points,
    rows: [rowOf('stack', stack), ...layers.map(({ layer, limit }) => rowOf(layer, limit))],
  };
}

/** The stack's own cap is one of a layer's: only there is it matched. */
function knobsFor(of: Row['of'], limit: Limit, knobs: readonly Knob[], guests: number): Row['knobs'] {
  if (limit.kind !== 'cap' || of === 'stack') return [];
  const matches = matchKnobs({ layer: of, size: limit.size, scope: limit.scope, guests }, knobs);
  return matches
    .filter(({ knob }) => knob.layer === of)
    .slice(0, mostKnobs)
    .map(knobOf);
}

function knobOf({ knob, times }: Match): Row['knobs'][number] {
  const { id, layer, name, where, device, value, standard, atDefault, limit, change } = knob;
  return {
    ...{ id, layer, name, where, device: device ?? null, value, standard: standard ?? null },
    ...{ atDefault: atDefault ?? null, limit: limit ?? 0, times, change },
  };
}

/** `64 in flight (61 to 67), host-wide`, `no limit up to 128 in flight`. */
export function renderLimit(limit: Limit): string {
  switch (limit.kind) {
    case 'cap':
      return limit.perGuest
        ? `${inFlight(limit.perGuest)} for each guest`
        : `${inFlight(limit.size)}${limit.scope === 'host-wide' ? ', host-wide' : ''}`;
    case 'rate':
      return `a rate of ${range(limit.perSecond)} I/O a second`;
    case 'latency':
      return `no limit, ${renderDuration(limit.addedNs)} added to each I/O`;
    case 'open':
      return `no limit up to ${renderCount(Math.round(limit.upTo))} in flight`;
    case 'saturated':
      return `full at ${range(limit.perSecond)} I/O a second`;
    case 'unclear':
      return `cannot tell: ${limit.why}`;
    default:
      return unreachable(limit);
  }
}

/** Each cap in a sentence: how large, of what scope, which knob, and what to do. */
export function capSentences(caps: Caps | null): readonly string[] {
  return (caps?.rows ?? []).flatMap(({ of, limit, knobs }) => {
    if (limit.kind !== 'cap' || of === 'stack') return [];
    const binds = 'it binds when latency beneath times demand exceeds it';
    const [knob] = knobs;
    const suspect = knob
      ? `; ${knobSentence(knob)}`
      : '; no setting that was read lets through as many: look at those that `layerlift knobs` cannot read';
    return [`${of} lets through ${renderLimit(limit)}: ${binds}${suspect}`];
  });
}

function knobSentence({ name, where, value, standard, atDefault, times, change, limit }: Row['knobs'][number]): string {
  const state = atDefault === true ? ', its default' : standard === null ? '' : `, default ${standard}`;
  const sum = times > 1 ? ` (${times} of ${limit} add up to it)` : '';
  return `${name} is ${value}${state}, at ${where}${sum}; to change it: ${change}`;
}

function inFlight({ estimate, low, high }: Interval): string {
  return `${count(estimate)} in flight (${count(low)} to ${count(high)})`;
}

function range({ estimate, low, high }: Interval): string {
  return `${count(estimate)} (${count(low)} to ${count(high)})`;
}

function count(value: number): string {
  return renderCount(Math.round(value));
}
