// Caps and knobs of two runs: which of them differ (pure).

import type { Knob } from '../../knobs/knob.ts';
import { renderLimit } from '../words/caps.ts';
import type { ReportDocument } from '../schema/schema.ts';

type Limit = NonNullable<ReportDocument['caps']>['rows'][number]['limit'];

export interface CapChange {
  /** The whole stack, or a layer. */
  readonly of: string;
  readonly from: Limit | null;
  readonly to: Limit | null;
  /** The kinds differ, or the intervals do not meet; null: one of them is not known. */
  readonly changed: boolean | null;
}

/** A kind of setting whose values differ. */
export interface KnobChange {
  readonly layer: string;
  readonly name: string;
  /** Of the first of its kind in the second run. */
  readonly where: string;
  /** All values of the kind, each once. */
  readonly from: string;
  readonly to: string;
}

export function capChanges(first: ReportDocument['caps'], second: ReportDocument['caps']): readonly CapChange[] {
  const rows = [...(first?.rows ?? []), ...(second?.rows ?? [])];
  const limitIn = (caps: ReportDocument['caps'], name: string): Limit | null =>
    caps?.rows.find(({ of }) => of === name)?.limit ?? null;
  return [...new Set(rows.map(({ of }) => of))].map((of) => {
    const [from, to] = [limitIn(first, of), limitIn(second, of)];
    return { of, from, to, changed: from && to ? areApart(from, to) : null };
  });
}

export function renderCap(limit: Limit | null): string {
  return limit ? renderLimit(limit) : '-';
}

/** Settings that both runs have read. Numbers of disks and adapters differ from run to run: kinds are compared, not paths. */
export function knobChanges(first: readonly Knob[], second: readonly Knob[]): readonly KnobChange[] {
  const [before, after] = [byKind(first), byKind(second)];
  return [...after].flatMap(([kind, knobs]) => {
    const [known] = knobs;
    const [from, to] = [valuesIn(before.get(kind) ?? []), valuesIn(knobs)];
    if (!known || from === '' || from === to) return [];
    const { layer, name, where } = known;
    return [{ layer, name, where, from, to }];
  });
}

function byKind(knobs: readonly Knob[]): ReadonlyMap<string, readonly Knob[]> {
  const kinds = new Map<string, Knob[]>();
  for (const knob of knobs) {
    const key = `${knob.layer} ${knob.id}`;
    kinds.set(key, [...(kinds.get(key) ?? []), knob]);
  }
  return kinds;
}

/** Each value once. */
function valuesIn(knobs: readonly Knob[]): string {
  const values = [...new Set(knobs.map(({ value }) => value))];
  return values.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).join(', ');
}

/** Null where one of them says that it cannot tell. A layer that only adds latency has no limit either. */
function areApart(first: Limit, second: Limit): boolean | null {
  if (first.kind === 'unclear' || second.kind === 'unclear') return null;
  const [before, after] = [rangeOf(first), rangeOf(second)];
  if (before === undefined && after === undefined) return false;
  if (first.kind !== second.kind) return true;
  return before !== undefined && after !== undefined && (before.low > after.high || after.low > before.high);
}

function rangeOf(limit: Limit): { readonly low: number; readonly high: number } | undefined {
  if (limit.kind === 'cap') return limit.perGuest ?? limit.size;
  return limit.kind === 'rate' || limit.kind === 'saturated' ? limit.perSecond : undefined;
}
