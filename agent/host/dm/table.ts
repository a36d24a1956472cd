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

/** Parses `start length type [params]` lines. Returns undefined for anything else, also for gaps and beyond 2^53 sectors. */
export function parseTable(text: string): DmTable | undefined {
  const out: DmTarget[] = [];
  for (const line of text.split('\n').filter((l) => l.trim() !== '')) {
    const match = /^\s*(\d+)\s+(\d+)\s+([\w-]+)(?:\s+(.*?))?\s*$/.exec(line);
    if (!match) return undefined;
    const [start, length] = [Number(match[1]), Number(match[2])];
    if (length === 0 || start !== tableSectors(out)) return undefined;
    if (!Number.isSafeInteger(start + length)) return undefined;
    out.push({ start, length, type: match[3] ?? '', params: match[4] ?? '' });
  }
  return out.length > 0 ? out : undefined;
}
