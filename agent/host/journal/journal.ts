// The journal: what was meant, done and undone, one JSON line each, forced to disk before the host is touched.
//
//   intent ──act──> done ──────────────> undoing ──> undone
//      └── failed (nothing in effect)        └─────> stuck (residue)
//
// It lives under /run, which goes away with the kernel objects that it describes; the boot id guards copies.

import {
  appendFileSync,
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import * as z from 'zod';
import { errnoOf, OutputError, ProfileError } from '../../lib/errors.ts';
import { faultPoint } from '../kernel/fault.ts';
import type { Step } from '../step.ts';

export interface Header {
  readonly type: 'header';
  readonly version: 1;
  readonly run: string;
  readonly bootId: string;
  readonly pid: number;
  readonly startedAt: string;
}

export type JournalRecord =
  | Header
  /** `prior`: what `undo` needs to know of the state before, as the verb captured it. */
  | {
      readonly type: 'intent';
      readonly seq: number;
      readonly step: Step;
      readonly prior?: string;
      readonly became?: string;
    }
  | {
      readonly type: 'done';
      readonly seq: number;
      /** Nothing is left to undo. */
      readonly settled?: true;
      /** The value that the step made, as read back. */
      readonly became?: string;
    }
  | { readonly type: 'failed'; readonly seq: number; readonly reason: string }
  | { readonly type: 'undoing'; readonly seq: number }
  | { readonly type: 'undone'; readonly seq: number }
  | { readonly type: 'stuck'; readonly seq: number; readonly reason: string };

/** A step that may be in effect, oldest first. */
export interface Outstanding {
  readonly seq: number;
  readonly step: Step;
  readonly prior?: string;
  /** The value that it made, as read back once it was done; absent if a death came before. */
  readonly became?: string;
}

export interface Journal {
  readonly path: string;
  /** Throws once it is closed: a change that ends late must not write into what has its descriptor by then. */
  readonly append: (record: JournalRecord) => void;
  readonly close: () => void;
}

/** Opens a journal for appending, making it where it is missing. Throws Node's error when that fails; `append` throws OutputError. */
export function openJournal(path: string): Journal {
  mendTail(path);
  const fd = openSync(path, 'a', 0o600);
  let isOpen = true;
  const kinds = new Map<number, string>();
  const pointNameOf = (record: JournalRecord): string => {
    if (record.type === 'header') return 'header';
    if (record.type === 'intent') kinds.set(record.seq, record.step.kind);
    return `${record.type} ${kinds.get(record.seq) ?? 'of a recovery'}`;
  };
  return {
    path,
    append: (record) => {
      if (!isOpen) throw new OutputError(`cannot write the journal ${path}: it is closed`);
      const line = `${JSON.stringify(record)}\n`;
      const name = pointNameOf(record);
      faultPoint(`${name}, torn`, () => writeSync(fd, line.slice(0, line.length / 2)));
      appendWhole(fd, line, path);
      faultPoint(`${name}, written`);
    },
    close: () => {
      isOpen = false;
      closeSync(fd);
    },
  };
}

/** All of the line, or nothing: half a line would spoil the next one. */
function appendWhole(fd: number, line: string, path: string): void {
  const before = fstatSync(fd).size;
  try {
    const written = writeSync(fd, line);
    if (written < Buffer.byteLength(line)) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    fsyncSync(fd);
  } catch (cause) {
    ftruncateSync(fd, before);
    throw new OutputError(`cannot write the journal ${path}: ${errnoOf(cause) ?? String(cause)}`, undefined, { cause });
  }
}

/** Cuts off a last line that a crash tore, so that the next record stands on a line of its own. */
function mendTail(path: string): void {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const tail = text.slice(whole.length);
  if (tail === '') return;
  if (parseRecord(tail)) appendFileSync(path, '\n');
  else truncateSync(path, Buffer.byteLength(whole));
}

export interface ReadJournal {
  readonly header: Header;
  readonly outstanding: readonly Outstanding[];
}

/** Reads a journal back. A torn last line is what a crash leaves and is passed over; damage elsewhere is an error. */
export function readJournal(path: string): ReadJournal | undefined {
  return decodeJournal(readFileSync(path, 'utf8'), path);
}

/** The text of a journal; `path` is for messages. Undefined where nothing was written. Throws ProfileError. */
export function decodeJournal(text: string, path: string): ReadJournal | undefined {
  const lines = text.split('\n');
  const records: JournalRecord[] = [];
  for (const [i, line] of lines.entries()) {
    if (line === '') continue;
    const record = parseRecord(line);
    if (record) records.push(record);
    else if (i < lines.length - 1) {
      throw new ProfileError([
        { at: `${path}:${i + 1}`, message: 'cannot read this journal line', hint: 'undo the steps by hand' },
      ]);
    }
  }
  const header = records[0];
  if (header === undefined) return undefined;
  if (header.type !== 'header') throw new ProfileError([{ at: `${path}:1`, message: 'the journal has no header' }]);
  return { header, outstanding: foldOutstanding(records) };
}

/** Steps in a journal that `readJournal` refuses, oldest first; leaves out lines that cannot be read. */
export function readableSteps(path: string): readonly Outstanding[] {
  return foldOutstanding(
    readFileSync(path, 'utf8')
      .split('\n')
      .flatMap((line) => parseRecord(line) ?? []),
  );
}

/** The steps that may still be in effect, oldest first. */
export function foldOutstanding(records: readonly JournalRecord[]): readonly Outstanding[] {
  const open = new Map<number, Outstanding>();
  for (const record of records) {
    if (record.type === 'intent') open.set(record.seq, record);
    else if (record.type === 'undone' || record.type === 'failed') open.delete(record.seq);
    else if (record.type === 'done' && record.settled) open.delete(record.seq);
    else if (record.type === 'done' && record.became !== undefined) {
      const entry = open.get(record.seq);
      if (entry) open.set(record.seq, { ...entry, became: record.became });
    }
  }
  return [...open.values()].sort((a, b) => a.seq - b.seq);
}

const seq = z.number().int().nonnegative();
const recordSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('header'),
    version: z.literal(1),
    run: z.string(),
    bootId: z.string(),
    pid: z.number().int(),
    startedAt: z.string(),
  }),
  // The step's own shape is checked by kind here and by each verb's inverse, which reads only what it needs.
  z.object({
    type: z.literal('intent'),
    seq,
    step: z.looseObject({ kind: z.string(), why: z.string() }),
    prior: z.string().optional(),
    became: z.string().optional(),
  }),
  z.object({ type: z.literal('done'), seq, settled: z.literal(true).optional(), became: z.string().optional() }),
  z.object({ type: z.literal('failed'), seq, reason: z.string() }),
  z.object({ type: z.literal('undoing'), seq }),
  z.object({ type: z.literal('undone'), seq }),
  z.object({ type: z.literal('stuck'), seq, reason: z.string() }),
]);

function parseRecord(line: string): JournalRecord | undefined {
  try {
    const parsed = recordSchema.safeParse(JSON.parse(line));
    return parsed.success ? (parsed.data as JournalRecord) : undefined;
  } catch {
    return undefined;
  }
}
