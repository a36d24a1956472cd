// Device-mapper tables, from the answers of dmsetup: keys are gone before anything else sees them.

import { parseTable } from '../../host/dm/table.ts';
import type { Look } from '../look.ts';
import { type TargetParts, targetParsers, withoutKeys } from './dm-targets.ts';

export interface Segment {
  /** Sectors. */
  readonly start: number;
  readonly length: number;
  readonly type: string;
  /** With zeros for keys. */
  readonly params: string;
  /** Undefined where the target is not known here. */
  readonly parts: TargetParts | undefined;
}

/** Segments by device number. */
export function readTables(look: Look): ReadonlyMap<string, readonly Segment[]> {
  const { answers } = look.snapshot;
  const lines = new Map<string, string[]>();
  for (const line of (answers.get('dmsetup table') ?? '').split('\n')) {
    const [, name, rest] = /^(\S+): ?(.*)$/.exec(line) ?? [];
    if (name === undefined || rest === undefined || rest === '') continue;
    const own = lines.get(name);
    if (own) own.push(rest);
    else lines.set(name, [rest]);
  }
  const tables = new Map<string, readonly Segment[]>();
  for (const line of (answers.get('dmsetup info') ?? '').split('\n')) {
    const [major = '', minor = '', name = ''] = line.trim().split('\t');
    if (!/^\d+$/.test(major) || !/^\d+$/.test(minor)) continue;
    const text = lines.get(name);
    if (!text) continue;
    const table = parseTable(text.join('\n'));
    if (table) tables.set(`${major}:${minor}`, table.map(segmentOf));
    else look.missing.push({ what: `the table of ${name}`, why: 'not understood' });
  }
  return tables;
}

function segmentOf({ start, length, type, params: text }: Omit<Segment, 'parts'>): Segment {
  const params = withoutKeys(type, text);
  const parse = Object.hasOwn(targetParsers, type) ? targetParsers[type] : undefined;
  return { start, length, type, params, parts: parse?.(params.split(/\s+/)) };
}

const owners: readonly (readonly [RegExp, (found: RegExpExecArray) => string])[] = [
  [/^LVM-.{64}-(\w+)$/, (found) => `LVM (${found[1] ?? ''})`],
  [/^LVM-/, () => 'LVM'],
  [/^CRYPT-(\w+)/, (found) => `cryptsetup (${found[1] ?? ''})`],
  [/^mpath-/, () => 'multipathd'],
  [/^part(\d+)-/, (found) => `kpartx (partition ${found[1] ?? ''})`],
  [/^stratis-/, () => 'Stratis'],
  [/^DRBD-|^drbd/, () => 'DRBD'],
];

/** Who made a device, by its uuid. */
export function ownerOf(uuid: string | undefined): string | undefined {
  for (const [pattern, words] of owners) {
    const found = pattern.exec(uuid ?? '');
    if (found) return words(found);
  }
  return undefined;
}
