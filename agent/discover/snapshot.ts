// A snapshot: what `scripts/collect` has printed of a host, as records. Its format stands at the head of that script.

import { ProfileError } from '../lib/errors.ts';

/** Parts that could not be seen, each with the reason: `denied`, `not installed`, `no answer within 5 s`. */
export interface Missing {
  readonly what: string;
  readonly why: string;
}

export interface Snapshot {
  /** Texts of files by their path, without the last newline. */
  readonly files: ReadonlyMap<string, string>;
  /** Names in folders. */
  readonly lists: ReadonlyMap<string, readonly string[]>;
  /** Where links lead in the end. */
  readonly links: ReadonlyMap<string, string>;
  /** Answers of tools, by the tool's name. */
  readonly answers: ReadonlyMap<string, string>;
  readonly missing: readonly Missing[];
}

export const firstLine = 'layerlift-snapshot 1';
/** The record that a whole snapshot ends with. */
export const lastLine = 'end';

/** Throws ProfileError for what is no snapshot. One that is cut short, or damaged in places, gives what is there and says so. */
export function parseSnapshot(text: string, name: string): Snapshot {
  if (!text.startsWith(`${firstLine}\n`)) {
    throw new ProfileError([
      {
        message: `${name} is no snapshot of a host: it does not begin with "${firstLine}"`,
        hint: 'make one with: sh scripts/collect >host.snapshot',
      },
    ]);
  }
  const found = { files: new Map<string, string>(), lists: new Map<string, readonly string[]>() };
  const others = { links: new Map<string, string>(), answers: new Map<string, string>() };
  const missing: Missing[] = [];
  let damaged = 0;
  let whole = false;
  for (const { kind, about, lines } of recordsIn(text)) {
    if (kind === 'file') found.files.set(about, lines.join('\n'));
    else if (kind === 'list') found.lists.set(about, lines.map(unescaped));
    else if (kind === 'real') others.links.set(about, unescaped(lines[0] ?? ''));
    else if (kind === 'tool') others.answers.set(about, lines.join('\n'));
    else if (kind === 'miss') missing.push({ what: about, why: lines.join(' ') || 'not read' });
    else if (kind === lastLine) whole = true;
    else damaged++;
  }
  if (damaged > 0) missing.push({ what: `${damaged} records of the snapshot`, why: 'not understood' });
  if (!whole) missing.push({ what: 'the rest of the snapshot', why: 'it is cut short' });
  return { ...found, ...others, missing };
}

interface Record {
  readonly kind: string;
  readonly about: string;
  readonly lines: string[];
}

function recordsIn(text: string): readonly Record[] {
  const records: Record[] = [];
  for (const line of text.slice(firstLine.length + 1).split('\n')) {
    if (line.startsWith('\t')) records.at(-1)?.lines.push(line.slice(1));
    else if (line !== '') {
      const [, kind = '', about = ''] = /^(\S*) ?(.*)$/.exec(line) ?? [];
      records.push({ kind, about: unescaped(about), lines: [] });
    }
  }
  return records;
}

function unescaped(text: string): string {
  return text.includes('\\') ? text.replace(/\\([n\\])/g, (_, c: string) => (c === 'n' ? '\n' : c)) : text;
}

/** A file's text without white space around it; undefined where it is absent or empty. */
export function valueIn({ files }: Snapshot, path: string): string | undefined {
  const value = files.get(path)?.trim();
  return value === '' ? undefined : value;
}

/** Folders directly below one, as far as files of theirs were read: faster than a search for each. */
export function foldersBelow({ lists }: Snapshot, folder: string): readonly string[] {
  return lists.get(folder) ?? [];
}
