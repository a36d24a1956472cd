// Placeholders of a device-mapper table (pure): `{below}`, `{NAME}`, `{guest}`, and `{sectors}` with a part and sums.

/** A part is rounded down to whole MiB, before it is multiplied or added to. */
const partGrainSectors = 2048;
const placeholder = /\{([^{}]*)\}/g;
const length = /^sectors(?:\/([1-9]\d{0,3}))?(?:\*([1-9]\d{0,3}))?((?:[+-]\d{1,15})*)$/;

/** The placeholders that a person may write, as messages name them. */
export const lengthPlaceholders = ['sectors', 'sectors/N', 'sectors-N'] as const;

export interface Filling {
  /** Nodes by name; `below` is one of them. */
  readonly known: ReadonlyMap<string, string>;
  /** Length of the lane beneath, sectors. */
  readonly sectors: number;
  readonly guest: number;
}

/** Leaves what it does not know. */
export function fillPlaceholders(text: string, { known, sectors, guest }: Filling): string {
  return text.replaceAll(placeholder, (whole, key: string) => {
    if (key === 'guest') return `${guest}`;
    return lengthOf(key, sectors)?.toString() ?? known.get(key) ?? whole;
  });
}

/** `sectors/2-32768` of a lane; undefined where the text says no length. May be negative: then no table takes it. */
export function lengthOf(key: string, sectors: number): number | undefined {
  const [, part, times = '1', sums = ''] = length.exec(key) ?? [];
  if (!length.test(key)) return undefined;
  const base = part === undefined ? sectors : Math.floor(sectors / Number(part) / partGrainSectors) * partGrainSectors;
  const added = (sums.match(/[+-]\d+/g) ?? []).reduce((sum, one) => sum + Number(one), 0);
  return base * Number(times) + added;
}

/** `names`: of the devices that there are by then. */
export function unknownPlaceholders(text: string, names: readonly string[]): readonly string[] {
  const keys = [...text.matchAll(placeholder)].map((match) => match[1] ?? '');
  return keys.filter((key) => key !== 'below' && key !== 'guest' && !names.includes(key) && !length.test(key));
}

/** The names among them. */
export function namesIn(text: string): readonly string[] {
  return [...text.matchAll(placeholder)].map((match) => match[1] ?? '').filter((key) => !length.test(key));
}
