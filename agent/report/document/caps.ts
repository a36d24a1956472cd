// The findings of the cap probe, with the knobs that fit each cap, as part of the document (pure).

import type { Limit, CapsFindings } from '../../analysis/caps/limit.ts';
import { changeText } from '../../knobs/change.ts';
import type { Knob } from '../../knobs/knob.ts';
import { matchKnobs, type Match } from '../../knobs/match.ts';
import { valueFor } from '../../knobs/scale.ts';
import { likelySuspects } from '../../knobs/suspects.ts';
import { sum } from '../../lib/numbers.ts';
import { type Turning, turningOf } from '../../plan/turn.ts';
import type { Profile } from '../../profile/profile.ts';
import { limitInWords } from '../words/in-document.ts';
import { settingFor } from '../words/knobs.ts';
import type { ReportDocument } from '../schema/schema.ts';

type Caps = NonNullable<ReportDocument['caps']>;
type Row = Caps['rows'][number];

/** Most knobs listed for one cap. */
const mostKnobs = 5;

/** The depths and rates that the guests of the run had. */
export interface Asked {
  readonly guests: number;
  /** I/Os in flight that each of them asks for; undefined: not known. */
  readonly depths?: readonly number[] | undefined;
  /** Of the run: which of its knobs can be tried depends on its providers. Left out: none. */
  readonly profile?: Pick<Profile, 'guest' | 'stack'>;
}

export function capsOf(findings: CapsFindings, knobs: readonly Knob[], asked: Asked): Caps {
  const { delayNs, offered, points, stack, stackOverNs, layers } = findings;
  const rowOf = (of: Row['of'], limit: Limit, overNs: number | undefined): Row => {
    const fitting = knobsFor(of, limit, knobs, asked);
    return {
      of,
      limit: limitInWords(limit),
      ...(overNs === undefined ? {} : { overNs }),
      binds: bindsOn(limit, asked),
      knobs: fitting,
      suspects: fitting.length > 0 ? [] : suspectsFor(of, limit),
    };
  };
  return {
    delayNs,
    offered,
    points,
    rows: [
      rowOf('stack', stack, stackOverNs),
      ...layers.map(({ layer, limit, overNs }) => rowOf(layer, limit, overNs)),
    ],
  };
}

/** A cap within so much of what is asked for is not told from it. */
const accuracy = 1.05;

/** Whether the guests of the run ask for more than a cap lets through; null: no cap, or not known. */
function bindsOn(limit: Limit, asked: Asked): boolean | null {
  const most = limit.kind === 'cap' ? askedOf(limit, asked) : undefined;
  if (limit.kind !== 'cap' || most === undefined) return null;
  return (limit.perGuest ?? limit.size).estimate * accuracy < most;
}

/** I/Os in flight that would have to pass: of one guest where each has its cap, else of all together. */
function askedOf({ perGuest }: Extract<Limit, { kind: 'cap' }>, { depths }: Asked): number | undefined {
  if (!depths || depths.length === 0) return undefined;
  return perGuest ? Math.max(...depths) : sum(depths);
}

/** The stack's own cap is one of a layer's: only there is it matched. */
function knobsFor(of: Row['of'], limit: Limit, knobs: readonly Knob[], asked: Asked): Row['knobs'] {
  if (limit.kind !== 'cap' || of === 'stack') return [];
  const { guests } = asked;
  const matches = matchKnobs({ layer: of, size: limit.size, scope: limit.scope, guests }, knobs);
  return matches
    .filter(({ knob }) => knob.layer === of)
    .slice(0, mostKnobs)
    .map((match) =>
      knobOf(match, {
        most: askedOf(limit, asked),
        tried: asked.profile && turningOf(match.knob, of, asked.profile)?.kind,
      }),
    );
}

/** Where no setting that was read fits: what is known to let through as many. */
function suspectsFor(of: Row['of'], limit: Limit): Row['suspects'] {
  if (limit.kind !== 'cap' || of === 'stack') return [];
  return likelySuspects(limit.perGuest ?? limit.size).map(({ what }) => what);
}

function knobOf(
  { knob, times }: Match,
  { most, tried }: { readonly most: number | undefined; readonly tried: Turning['kind'] | undefined },
): Row['knobs'][number] {
  const { id, layer, name, where, device, value, defaultValue, atDefault, limit = 0, change } = knob;
  const needed = most === undefined ? undefined : valueFor({ id, value, limit }, Math.ceil(most / times));
  return {
    ...{ id, layer, name, where, device: device ?? null, value, defaultValue: defaultValue ?? null },
    ...{ atDefault: atDefault ?? null, limit, times },
    needed: needed === undefined ? null : `${needed}`,
    change: changeText(change),
    set: settingFor(change, needed),
    ...(tried === undefined ? {} : { tried }),
  };
}
