// Units as people write them in profiles, and as they are printed. Inside: bytes, nanoseconds, sectors of 512 bytes.

export const sectorBytes = 512;

const sizeFactors: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };
const durationFactors: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  min: 60e9,
  h: 3600e9,
};

/** Bytes of `4096`, `4k`, `2GiB`: as in fio, k is 1024. Undefined for anything else. */
export function parseBytes(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?$/i.exec(text.trim());
  const bytes = match ? Number(match[1]) * (sizeFactors[(match[2] ?? '').toLowerCase()] ?? NaN) : NaN;
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** Nanoseconds of `20ms`, `1.5s`, `5m`; a bare number is refused, because it says no unit. Undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(ns|us|ms|s|min|m|h)$/.exec(text.trim());
  const ns = match ? Number(match[1]) * (durationFactors[match[2] ?? ''] ?? NaN) : NaN;
  return Number.isFinite(ns) ? Math.round(ns) : undefined;
}

/** Bytes as a profile would have them: exact, in the largest unit that divides them. */
export function writeBytes(bytes: number): string {
  return inUnits(bytes, { TiB: 2 ** 40, GiB: 2 ** 30, MiB: 2 ** 20, KiB: 2 ** 10, B: 1 });
}

/** Whole nanoseconds as a profile would have them: exact, in the largest unit that divides them. */
export function writeDuration(ns: number): string {
  return inUnits(ns, { h: 3600e9, m: 60e9, s: 1e9, ms: 1e6, us: 1e3, ns: 1 });
}

function inUnits(value: number, units: Readonly<Record<string, number>>): string {
  const [unit, factor] = Object.entries(units).find(([, size]) => value >= size && value % size === 0) ??
    Object.entries(units).at(-1) ?? ['', 1];
  return `${value / factor}${unit}`;
}

export function renderBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return `${trim(bytes / 2 ** (10 * power))} ${units[power] ?? 'B'}`;
}

export function renderDuration(ns: number): string {
  if (ns < 1e3) return `${trim(ns)} ns`;
  if (ns < 1e6) return `${trim(ns / 1e3)} us`;
  if (ns < 1e9) return `${trim(ns / 1e6)} ms`;
  if (ns < 120e9) return `${trim(ns / 1e9)} s`;
  const seconds = Math.round(ns / 1e9);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** `1234567` as `1,234,567`. */
export function renderCount(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function trim(value: number, digits = value < 10 ? 2 : 1): string {
  return String(Number(value.toFixed(digits)));
}
