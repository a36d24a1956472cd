// The findings of the cap probe, with the knobs that fit each cap, as part of the document (pure).

import type { Limit, ProbeFindings } from '../analysis/probe/limit.ts';
import type { Knob } from '../knobs/knob.ts';
import { matchKnobs, type Match } from '../knobs/match.ts';
import { likelySuspects } from '../knobs/suspects.ts';
import type { ReportDocument } from './schema.ts';

type Caps = NonNullable<ReportDocument['caps']>;
type Row = Caps['rows'][number];

/** Suspects that are worth a reader's time. */
const mostKnobs = 5;

export function capsOf(findings: ProbeFindings, knobs: readonly Knob[], guests: number): Caps {
  const { delayNs, offered, points, stack, layers } = findings;
  const rowOf = (of: Row['of'], limit: Limit): Row => {
    const fitting = knobsFor(of, limit, knobs, guests);
    return { of, limit, knobs: fitting, suspects: fitting.length > 0 ? [] : suspectsFor(of, limit) };
  };
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

/** Where no setting that was read fits: what is known to let through as many. */
function suspectsFor(of: Row['of'], limit: Limit): Row['suspects'] {
  if (limit.kind !== 'cap' || of === 'stack') return [];
  return likelySuspects(limit.perGuest ?? limit.size).map(({ what }) => what);
}

function knobOf({ knob, times }: Match): Row['knobs'][number] {
  const { id, layer, name, where, device, value, standard, atDefault, limit, change } = knob;
  return {
    ...{ id, layer, name, where, device: device ?? null, value, standard: standard ?? null },
    ...{ atDefault: atDefault ?? null, limit: limit ?? 0, times, change },
  };
}
