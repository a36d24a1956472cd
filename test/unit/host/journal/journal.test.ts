import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  foldOutstanding,
  type JournalRecord,
  openJournal,
  readJournal,
} from '../../../../agent/host/journal/journal.ts';
import { ProfileError } from '../../../../agent/lib/errors.ts';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'layerlift-test-'));
  path = join(folder, 'journal.ndjson');
});
afterEach(() => rmSync(folder, { recursive: true }));

const header = {
  type: 'header',
  version: 1,
  run: 'abcdef',
  bootId: 'b',
  pid: 1,
  startedAt: '2026-01-01T00:00:00Z',
} as const;
const intent = (seq: number): JournalRecord => ({
  type: 'intent',
  seq,
  step: { kind: 'mkdir', path: `/${seq}`, why: 'a test' },
  prior: '',
});

/** A record in short: `i1` intent, `d1` done, `s1` done and settled, `f1` failed, `g1` undoing, `u1` undone, `x1` stuck. */
function record(short: string): JournalRecord {
  const seq = Number(short.slice(1));
  const records: Readonly<Record<string, JournalRecord>> = {
    i: intent(seq),
    d: { type: 'done', seq },
    s: { type: 'done', seq, settled: true },
    f: { type: 'failed', seq, reason: 'r' },
    g: { type: 'undoing', seq },
    u: { type: 'undone', seq },
    x: { type: 'stuck', seq, reason: 'r' },
  };
  const found = records[short.slice(0, 1)];
  if (!found) throw new Error(short);
  return found;
}

function written(...records: readonly JournalRecord[]): string {
  return records.map((one) => `${JSON.stringify(one)}\n`).join('');
}

describe('what may still be in effect', () => {
  it.each<[string, readonly number[]]>([
    ['', []],
    ['i0', [0]],
    ['i0 d0', [0]],
    ['i0 s0', []],
    ['i0 f0', []],
    ['i0 d0 g0', [0]],
    ['i0 d0 g0 u0', []],
    ['i0 d0 g0 x0', [0]],
    ['i0 d0 g0 x0 g0 u0', []],
    ['i0 d0 i1 d1 i2', [0, 1, 2]],
    ['i0 d0 i1 d1 g1 u1', [0]],
    ['i0 d0 i1 s1 i2 d2 g2 u2 g0', [0]],
    ['i1 i0 i2', [0, 1, 2]],
    ['d0 u1 g2', []],
    ['i0 d0 g0 u0 i1', [1]],
  ])('after %j are the steps %j', (records, outstanding) => {
    const list = records.split(' ').filter(Boolean).map(record);
    expect(foldOutstanding(list).map(({ seq }) => seq)).toEqual(outstanding);
  });

  it('keeps of each step what its undo needs', () => {
    const [entry] = foldOutstanding([{ ...intent(3), prior: 'mq-deadline' } as JournalRecord]);
    expect(entry).toMatchObject({ seq: 3, step: { kind: 'mkdir', path: '/3' }, prior: 'mq-deadline' });
  });
});

describe('a journal on disk', () => {
  it('gives back what was appended', () => {
    const journal = openJournal(path);
    for (const one of [header, ...['i0', 'd0', 'i1'].map(record)]) journal.append(one);
    journal.close();
    expect(readJournal(path)).toEqual({
      header,
      outstanding: [
        { ...intent(0), type: 'intent' },
        { ...intent(1), type: 'intent' },
      ],
    });
  });

  it('is one that only its owner reads', () => {
    openJournal(path).close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('goes on where an earlier process left off', () => {
    writeFileSync(path, written(header, record('i0')));
    const journal = openJournal(path);
    journal.append(record('g0'));
    journal.append(record('u0'));
    journal.close();
    expect(readJournal(path)?.outstanding).toEqual([]);
  });

  it.each([1, 10, 40])('that was torn %d characters before its end is read up to there', (missing) => {
    writeFileSync(path, written(header, record('i0'), record('i1')).slice(0, -missing));
    const seqs = readJournal(path)?.outstanding.map(({ seq }) => seq);
    // Without its line end alone, the last record is whole.
    expect(seqs).toEqual(missing === 1 ? [0, 1] : [0]);
  });

  it('that was torn can be continued, and read again', () => {
    writeFileSync(path, written(header, record('i0'), record('i1')).slice(0, -10));
    const journal = openJournal(path);
    journal.append(record('g0'));
    journal.append(record('u0'));
    journal.close();
    expect(readJournal(path)?.outstanding).toEqual([]);
  });

  it.each(['', JSON.stringify(header).slice(0, 20)])('that holds no more than %j tells of no change', (text) => {
    writeFileSync(path, text);
    expect(readJournal(path)).toBeUndefined();
  });

  it.each<[string, string]>([
    ['no JSON', 'what'],
    ['a record of no known type', '{"type":"later","seq":1}'],
    ['an intent without a step', '{"type":"intent","seq":1}'],
    ['an intent whose step has no kind', '{"type":"intent","seq":1,"step":{"why":"w"}}'],
    ['a number that is none', '{"type":"done","seq":"1"}'],
    ['a negative number', '{"type":"done","seq":-1}'],
    ['null', 'null'],
  ])('with %s in its middle is refused, naming the line', (_, line) => {
    writeFileSync(path, `${written(header, record('i0'))}${line}\n${written(record('d0'))}`);
    expect(() => readJournal(path)).toThrow(ProfileError);
    expect(() => readJournal(path)).toThrow(`${path}:3: cannot read this journal line (undo the steps by hand)`);
  });

  it('of another version is refused, not passed over', () => {
    writeFileSync(path, `${JSON.stringify({ ...header, version: 2 })}\n`);
    expect(() => readJournal(path)).toThrow(`${path}:1: `);
  });

  it('without a header is refused', () => {
    writeFileSync(path, written(record('i0'), record('d0')));
    expect(() => readJournal(path)).toThrow(`${path}:1: the journal has no header`);
  });

  it('keeps steps of a kind that a later version may know', () => {
    writeFileSync(
      path,
      `${written(header)}{"type":"intent","seq":0,"step":{"kind":"levitate","why":"w"},"prior":""}\n`,
    );
    expect(readJournal(path)?.outstanding).toMatchObject([{ seq: 0, step: { kind: 'levitate' } }]);
  });
});
