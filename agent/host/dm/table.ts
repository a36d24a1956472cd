// Device-mapper tables as values. Unit everywhere: sectors of 512 bytes.

export interface DmTarget {
  readonly start: number;
  readonly length: number;
  readonly type: string;
  readonly params: string;
}

/** Targets in ascending order without gaps. */
export type DmTable = readonly DmTarget[];

/** `length` sectors of `device` from `offset` on. */
export function linearTable(device: string, length: number, offset = 0): DmTable {
  return [{ start: 0, length, type: 'linear', params: `${device} ${offset}` }];
}

/** Reads pass; every write is failed in the kernel, whoever sends it (Documentation: dm-flakey, error_writes). */
export function readOnlyTable(device: string, length: number): DmTable {
  return [{ start: 0, length, type: 'flakey', params: `${device} 0 0 1 1 error_writes` }];
}

export function tableSectors(table: DmTable): number {
  return table.reduce((sum, target) => sum + target.length, 0);
}

export function renderTable(table: DmTable): string {
  return table.map((t) => `${t.start} ${t.length} ${t.type}${t.params ? ` ${t.params}` : ''}`).join('\n');
}

/**
 * As `renderTable`, for whoever reads logs and plans: without the keys that a person wrote into a table (those of
 * dm-crypt and dm-integrity). What a keyring holds is only named there, and stays.
 */
export function showTable(table: DmTable): string {
  return renderTable(table.map((target) => ({ ...target, params: withoutKeys(target) })));
}

function withoutKeys({ type, params }: DmTarget): string {
  if (type === 'crypt') return params.replace(/^(\S+\s+)[^:\s]\S*/, '$1<key>');
  if (type === 'integrity') return params.replace(/\b((?:internal_hash|journal_\w+):[^:\s]+):\S+/g, '$1:<key>');
  return params;
}

/** A table, or which line is wrong and what is wrong with it. */
export type ReadTable =
  { readonly table: DmTable; readonly fault?: undefined } | { readonly table?: undefined; readonly fault: string };

/** Reads `start length type [params]` lines as dmsetup(8) has them; lines that begin with `#` are comments. */
export function readTable(text: string): ReadTable {
  const out: DmTarget[] = [];
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '' || line.trimStart().startsWith('#')) continue;
    const read = readLine(line, tableSectors(out));
    if (typeof read === 'string') return { fault: `line ${i + 1}: ${read}` };
    out.push(read);
  }
  return out.length > 0 ? { table: out } : { fault: 'it has no line' };
}

/** `expected`: where the target must start. Gives the fault in words. */
function readLine(line: string, expected: number): DmTarget | string {
  const [first = '', second = '', type = ''] = line.trim().split(/\s+/);
  if (!/^\d+$/.test(first)) return `"${first}" is no start in sectors`;
  if (!/^\d+$/.test(second)) return `"${second}" is no length in sectors`;
  if (type === '') return 'no target after the length';
  const match = /^\s*\d+\s+\d+\s+([\w-]+)(?:\s+(.*?))?\s*$/.exec(line);
  if (!match) return `"${type}" is no name of a target`;
  const [start, length] = [Number(first), Number(second)];
  if (length === 0) return 'the length is 0';
  if (!Number.isSafeInteger(start + length)) return 'it ends beyond 2^53 sectors';
  if (start !== expected) return `it starts at ${start}, not at ${expected}, where the targets before it end`;
  return { start, length, type: match[1] ?? '', params: match[2] ?? '' };
}

/** As `readTable`; undefined for anything else than a table, also for gaps and beyond 2^53 sectors. */
export function parseTable(text: string): DmTable | undefined {
  return readTable(text).table;
}
