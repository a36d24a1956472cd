// Where in a guest's lane the sections of its job do their I/O (pure): the files of a user's job, laid out one after another. What
// does not fit is scaled, all of it by one factor, so that what lay apart does, and what was hot stays small.

import { sum } from '../lib/numbers.ts';
import { parseBytes } from '../lib/units.ts';

/** The file of a section, as its job describes it. */
export interface Place {
  /** Sections that name the same file share it; undefined: each job of the section has its own. */
  readonly file: string | undefined;
  /** Bytes; undefined: all that is there. */
  readonly bytes: number | undefined;
  /** Of all that is there. */
  readonly percent?: number;
}

export interface Placing {
  readonly place: Place | undefined;
  readonly jobs: number;
  /** As the job has them. */
  readonly offset: string | undefined;
  readonly increment: string | undefined;
}

/** In bytes; the increment is from one job of a section to the next. */
export interface Span {
  readonly offset: number;
  readonly increment: number;
  readonly bytes: number;
}

export interface Layout {
  readonly spans: readonly Span[];
  /** Bytes that the files of the job take together. */
  readonly wanted: number;
}

const grain = 2 ** 20;
const fineGrain = 4096;
/** No I/O of a job is larger, and fio refuses a file that is smaller than one. */
const leastBytes = 2 ** 24;

/** A size as fio reads it; `20%` is no size. */
export function sizeOf(text: string | undefined): number | undefined {
  const bytes = text === undefined ? undefined : parseBytes(text.replace(/i$/i, 'iB'));
  return bytes === undefined || bytes <= 0 ? undefined : bytes;
}

/** Undefined where the job has no place of its own: each section then has the whole lane. */
export function layoutOf(rows: readonly Placing[], laneBytes: number): Layout | undefined {
  const isPlain = rows.every(
    ({ place, offset, increment }) => !place && offset === undefined && increment === undefined,
  );
  if (isPlain) return undefined;
  const wishes = rows.map((row, i) => wishOf(row, laneBytes, i));
  const extents = new Map<string, number>();
  for (const { file, extent } of wishes) extents.set(file, Math.max(extents.get(file) ?? 0, extent));
  // Where a section takes all that is there, the others are in it.
  const isApart = wishes.every(({ isWhole }) => !isWhole);
  const wanted = isApart ? sum([...extents.values()]) : Math.max(...extents.values());
  const factor = Math.min(1, laneBytes / wanted);
  let next = 0;
  const bases = new Map<string, number>();
  for (const [file, extent] of extents) {
    bases.set(file, next);
    if (isApart) next += extent;
  }
  return {
    spans: wishes.map((wish) => spanOf(wish, { base: bases.get(wish.file) ?? 0, factor, laneBytes })),
    wanted,
  };
}

interface Wish {
  readonly file: string;
  readonly offset: number;
  readonly increment: number;
  readonly bytes: number;
  /** From the beginning of its file to the end of what its last job uses. */
  readonly extent: number;
  readonly isWhole: boolean;
  readonly jobs: number;
}

function wishOf({ place, jobs, offset, increment }: Placing, laneBytes: number, row: number): Wish {
  const at = amountOf(offset, laneBytes);
  const share = place?.percent === undefined ? undefined : Math.floor((laneBytes * place.percent) / 100);
  const bytes = place?.bytes ?? share ?? Math.max(grain, laneBytes - at);
  const isOwn = place?.file === undefined && place?.bytes !== undefined;
  const step = isOwn ? at + bytes : amountOf(increment, laneBytes);
  return {
    file: isOwn ? `own ${row}` : `file ${place?.file ?? ''}`,
    offset: at,
    increment: step,
    bytes,
    extent: at + step * (jobs - 1) + bytes,
    isWhole: place?.bytes === undefined,
    jobs,
  };
}

function amountOf(text: string | undefined, laneBytes: number): number {
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(text ?? '')?.[1];
  return percent === undefined ? (sizeOf(text) ?? 0) : Math.floor((laneBytes * Math.min(99, Number(percent))) / 100);
}

function spanOf(wish: Wish, { base, factor, laneBytes }: { base: number; factor: number; laneBytes: number }): Span {
  const scaled = (bytes: number): number => (factor < 1 ? down(bytes * factor) : bytes);
  const least = Math.min(laneBytes, leastBytes);
  const bytes = Math.min(
    laneBytes,
    factor < 1 ? Math.max(scaled(wish.bytes), Math.min(least, wish.bytes)) : wish.bytes,
  );
  const offset = Math.min(scaled(base + wish.offset), down(laneBytes - bytes));
  const room = wish.jobs > 1 ? down((laneBytes - bytes - offset) / (wish.jobs - 1)) : 0;
  return { offset, increment: Math.min(scaled(wish.increment), room), bytes };
}

function down(bytes: number): number {
  const unit = bytes >= grain ? grain : fineGrain;
  return Math.max(0, Math.floor(bytes / unit) * unit);
}
