// Tables as `dmsetup table` prints them on another host (pure): without the names of devices before each line, with
// placeholders for device numbers, with a key in place of one that a keyring there holds, and for paths that take bios.

import type { StackNote } from '../../lib/stack-note.ts';
import { namesIn } from './placeholders.ts';

export interface WrittenDevice {
  readonly name: string;
  readonly table: string;
}

/** The device behind a device number: `below`, or the name of an earlier device. */
export type Numbers = Readonly<Record<string, string>>;

export interface Mistake {
  readonly device: number;
  readonly message: string;
}

export interface Printed {
  readonly devices: readonly (WrittenDevice & { readonly wasPrinted: boolean })[];
  readonly notes: readonly StackNote[];
  readonly mistakes: readonly Mistake[];
}

/** `numbers`: those that the profile explains; others are found where there is but one way to read them. */
export function takePrinted(written: readonly WrittenDevice[], numbers: Numbers): Printed {
  const devices: (WrittenDevice & { wasPrinted: boolean })[] = [];
  const notes: StackNote[] = [];
  const mistakes: Mistake[] = [];
  const known = new Map(Object.entries(numbers));
  for (const [i, { name, table }] of written.entries()) {
    const labels = new Set(labelsOf(table));
    if (labels.size > 1) {
      const found = [...labels].join(', ');
      mistakes.push({ device: i, message: `these are the tables of ${found}: give each a device of its own` });
    }
    const plain = withoutLabels(table);
    const found = numbersOf(plain);
    const asked = explain(found, { known, earlier: devices });
    if (asked.length > 0)
      mistakes.push({
        device: i,
        message: `it names the ${asked.length > 1 ? 'devices' : 'device'} ${asked.join(', ')} of another host: say which ${asked.length > 1 ? 'they are' : 'it is'}, as in numbers: { ${asked.map((number) => `'${number}': below`).join(', ')} }, or write {below} or {NAME} in the table`,
      });
    for (const number of found.filter((one) => !asked.includes(one)))
      notes.push({ kind: 'number', device: name, number, by: known.get(number) ?? 'below' });
    const named = plain.replaceAll(anyNumber, (whole, before: string, number: string) => {
      const by = known.get(number);
      return by === undefined ? whole : `${before}{${by}}`;
    });
    devices.push({ name, table: eachTarget(named, name, notes), wasPrinted: found.length > 0 || labels.size > 0 });
  }
  return { devices, notes, mistakes };
}

const label = /^\s*([^\s#{}]+):\s(?=\s*[\d{])/;
const anyNumber = /(?<=\s)((?:meta_device:)?)(\d{1,4}:\d{1,7})(?=\s|$)/gm;

function isComment(line: string): boolean {
  return line.trimStart().startsWith('#');
}

/** `vg-root: 0 8 linear ...` (dmsetup(8), table): the names before the lines. */
function labelsOf(table: string): readonly string[] {
  return table.split('\n').flatMap((line) => (isComment(line) ? [] : (label.exec(line)?.[1] ?? [])));
}

/** Keeps the number of lines, so that a fault is told by its own. */
function withoutLabels(table: string): string {
  return table
    .split('\n')
    .map((line) => (isComment(line) ? '' : line.replace(label, '')))
    .join('\n');
}

function numbersOf(table: string): readonly string[] {
  return [...new Set([...table.matchAll(anyNumber)].map((match) => match[2] ?? ''))];
}

/**
 * Adds to `known` what can be read in one way only, and gives the numbers that cannot. The only number of the lowest device is
 * the layer beneath. The only new number of a later one is the device before it, if nothing stands on that yet and the number
 * has a major that device-mapper is given (dynamic: Documentation/admin-guide/devices.txt) and the layer beneath does not have.
 */
function explain(
  found: readonly string[],
  { known, earlier }: { known: Map<string, string>; earlier: readonly WrittenDevice[] },
): readonly string[] {
  const fresh = found.filter((number) => !known.has(number));
  const [only] = fresh;
  if (only === undefined) return [];
  if (fresh.length > 1) return fresh;
  const used = new Set(earlier.flatMap(({ table }) => namesIn(table)));
  const free = earlier.filter(({ name }) => !used.has(name));
  const beneath = [...known].filter(([, by]) => by === 'below').map(([number]) => majorOf(number));
  if (earlier.length === 0) known.set(only, 'below');
  else if (free.length === 1 && free[0] && isDynamic(majorOf(only)) && !beneath.includes(majorOf(only)))
    known.set(only, free[0].name);
  else return fresh;
  return [];
}

function majorOf(number: string): number {
  return Number(number.split(':')[0]);
}

function isDynamic(major: number): boolean {
  return (major >= 234 && major <= 254) || (major >= 384 && major <= 511);
}

function eachTarget(table: string, device: string, notes: StackNote[]): string {
  return table
    .split('\n')
    .map((line) => {
      const match = /^(\s*\S+\s+\S+\s+)(crypt|multipath)(\s+)(.*?)(\s*)$/.exec(line);
      if (!match) return line;
      const [, head = '', type = '', gap = '', params = ''] = match;
      const now = type === 'crypt' ? withKey(params, device, notes) : withPathsOfBios(params, device, notes);
      return `${head}${type}${gap}${now}`;
    })
    .join('\n');
}

/** `:BYTES:TYPE:NAME`, as LUKS2 leaves it (Documentation: dm-crypt): the cost of a cipher depends on the key's length alone. */
function withKey(params: string, device: string, notes: StackNote[]): string {
  return params.replace(/^(\S+\s+):(\d{1,4}):\S+/, (_, cipher: string, size: string) => {
    notes.push({ kind: 'key', device, bytes: Number(size) });
    return `${cipher}${anyKey(Number(size))}`;
  });
}

/** Any key of so many bytes, as hexadecimal digits. Two equal halves are no key for XTS where FIPS mode is on. */
export function anyKey(bytes: number): string {
  return '0'.repeat(bytes) + '1'.repeat(bytes);
}

/**
 * What is beneath is device-mapper of ours and takes bios: a multipath device that wants requests cannot stand on it, and a
 * handler for SCSI paths finds none (drivers/md/dm-table.c, dm-mpath.c).
 */
function withPathsOfBios(params: string, device: string, notes: StackNote[]): string {
  const words = params.split(/\s+/);
  const count = Number(words[0]);
  const handlers = Number(words[1 + count]);
  if (!Number.isInteger(count) || !Number.isInteger(handlers)) return params;
  const features = words.slice(1, 1 + count);
  const at = features.indexOf('queue_mode');
  const others = at < 0 ? features : features.toSpliced(at, 2);
  if (features[at + 1] === 'bio' && at >= 0 && handlers === 0) return params;
  const now = [...others, 'queue_mode', 'bio'];
  const by = [`${now.length}`, ...now, '0'].join(' ');
  notes.push({ kind: 'multipath', device, printed: words.slice(0, 2 + count + handlers).join(' '), by });
  return [by, ...words.slice(2 + count + handlers)].join(' ');
}
