// Sentences on the findings of the cap probe.

import type { TwoSided } from '../../analysis/caps/limit.ts';
import type { Layer } from '../../lib/layer.ts';
import { unreachable } from '../../lib/unreachable.ts';
import { renderCount, renderDuration } from '../../lib/units.ts';
import { renderList } from './figures.ts';
import { raiseClause } from './knobs.ts';
import type { ReportDocument } from '../schema/schema.ts';

type Caps = NonNullable<ReportDocument['caps']>;
type Row = Caps['rows'][number];

/** `64 in flight (61 to 67), host-wide`, `no limit up to 128 in flight`. */
export function renderLimit(limit: Row['limit']): string {
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
      return `cannot tell${limit.upTo === undefined ? '' : ` up to ${renderCount(limit.upTo)} in flight`}: ${limit.why}`;
    default:
      return unreachable(limit);
  }
}

/** Each cap in a sentence: how large, of what scope, which knob, and what to do. */
export function capSentences(caps: Caps | null): readonly string[] {
  return (caps?.rows ?? []).flatMap(({ of, limit, knobs, suspects }) => {
    if (limit.kind !== 'cap' || of === 'stack') return [];
    const binds = 'it becomes the limit when demand times the latency below it exceeds it';
    const [knob] = knobs;
    return [`${of} allows ${renderLimit(limit)}: ${binds}; ${knob ? knobSentence(knob) : noKnob(suspects)}`];
  });
}

function noKnob(suspects: Row['suspects']): string {
  const known = suspects.length > 0 ? `; known to allow as many: ${suspects.join('; ')}` : '';
  return `no setting that was read matches this cap${known || ': look at those that `layerlift knobs` cannot read'}`;
}

function knobSentence({
  name,
  where,
  value,
  defaultValue,
  atDefault,
  times,
  change,
  limit,
}: Row['knobs'][number]): string {
  const state = atDefault === true ? ', its default' : defaultValue === null ? '' : `, default ${defaultValue}`;
  const sum = times > 1 ? ` (${times} of ${limit} add up to it)` : '';
  return `${name} is ${value}${state}, at ${where}${sum}; to change it: ${change}`;
}

/** The figure of the baseline's junctions, which rests on no model: the reasons give the same figure. */
function seenNs({ layers }: ReportDocument['latency'], of: Layer): number | undefined {
  return layers.find(({ layer }) => layer === of)?.ownNs;
}

/** By what a layer that is named holds back, to follow its name: `, by a cap of 64 in flight (61 to 65), host-wide`; empty if not known. */
export function kindClause({ caps, latency }: Pick<ReportDocument, 'caps' | 'latency'>, layer: Layer): string {
  const limit = rowOf(caps, layer)?.limit;
  switch (limit?.kind) {
    case 'cap':
      return `, by a cap of ${renderLimit(limit)}`;
    case 'rate':
      return `, by ${renderLimit(limit)}`;
    case 'latency':
      return `, by the ${renderDuration(seenNs(latency, layer) ?? limit.addedNs)} that it adds to each I/O`;
    case 'saturated':
      return `, by what it can do at most: ${range(limit.perSecond)} I/O a second`;
    case 'open':
    case 'unclear':
    case undefined:
      return '';
    default:
      return unreachable(limit);
  }
}

/** The setting that holds a layer to less than the guests ask for; undefined where none was read, or the cap does not bind. */
export function bindingKnob(caps: Caps | null, layer: Layer): Row['knobs'][number] | undefined {
  const row = rowOf(caps, layer);
  return row && row.binds !== false ? row.knobs[0] : undefined;
}

/** The answer where caps alone were asked for. */
export function capHeadline(caps: Caps | null): string {
  const tightest = tightestOf(caps);
  const open = unclearOf(caps);
  const others = (known: string): string => (open.length > 0 ? `cannot tell yet of ${renderList(open)}` : known);
  if (tightest) {
    return `${tightest.of} allows ${renderLimit(tightest.limit)}; ${others('no other layer allows fewer')}.`;
  }
  const whole = rowOf(caps, 'stack')?.limit;
  if (!whole) return 'Caps were not looked for.';
  return whole.kind === 'unclear'
    ? `Cannot tell yet: ${whole.why}.`
    : `The stack as a whole: ${renderLimit(whole)}; ${others('no layer alone has a cap')}.`;
}

/** The next step after a run for caps alone. */
export function nextForCaps(caps: Caps): string {
  const layer = tightestOf(caps)?.of;
  if (layer !== undefined && layer !== 'stack') {
    const [knob] = rowOf(caps, layer)?.knobs ?? [];
    const change = knob ? raiseClause(knob) : `look at how ${layer} is set up, as no setting that was read fits`;
    return `${change}; then repeat, as the next cap shows only then.`;
  }
  const whole = rowOf(caps, 'stack')?.limit.kind;
  if (whole === 'unclear' || unclearOf(caps).length > 0) {
    return 'repeat with a larger budget, and keep the host to this run alone while it measures.';
  }
  const slow = caps.rows.find(({ of, limit }) => of !== 'stack' && limit.kind === 'rate')?.of;
  if (slow) return `look at what limits the rate of ${slow}; more I/Os in flight gain nothing.`;
  if (whole === 'cap' || whole === 'rate') return 'look at what the layers share, as none has that limit alone.';
  return `nothing to raise for up to ${renderCount(caps.offered)} in flight; a deeper load looks further.`;
}

/** Layers of which the probe cannot tell whether they have a cap. */
function unclearOf(caps: Caps | null): readonly string[] {
  return (caps?.rows ?? []).flatMap(({ of, limit }) => (of !== 'stack' && limit.kind === 'unclear' ? [of] : []));
}

function rowOf(caps: Caps | null, of: Row['of']): Row | undefined {
  return caps?.rows.find((row) => row.of === of);
}

function tightestOf(caps: Caps | null): Row | undefined {
  const sized = (caps?.rows ?? []).flatMap((row) =>
    row.limit.kind === 'cap' && row.of !== 'stack' ? [{ row, size: row.limit.size.estimate }] : [],
  );
  return sized.sort((a, b) => a.size - b.size)[0]?.row;
}

function inFlight({ estimate, low, high }: TwoSided): string {
  return `${count(estimate)} in flight (${count(low)} to ${count(high)})`;
}

function range({ estimate, low, high }: TwoSided): string {
  return `${count(estimate)} (${count(low)} to ${count(high)})`;
}

function count(value: number): string {
  return renderCount(Math.round(value));
}
