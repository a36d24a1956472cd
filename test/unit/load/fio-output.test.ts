import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bucketOf, countWithin } from '../../../agent/load/histogram.ts';
import { workBetween, decodeSnapshot, DocumentSplitter, type Snapshot } from '../../../agent/load/fio-output.ts';

const stream = readFileSync(new URL('../../fixtures/fio-3.33/snapshots.json-stream', import.meta.url), 'utf8');

const way = (bytes: number, n: number, mean: number) => ({
  ...{ io_bytes: bytes, runtime: 100, total_ios: n + 4 },
  lat_ns: { mean, N: n },
});
const job = (changes: object = {}) => ({
  error: 0,
  total_err: 0,
  job_runtime: 100,
  read: way(4096, 1, 500),
  write: way(8192, 2, 1000),
  ...changes,
});

function decodeJobs(...jobs: readonly object[]): Snapshot | undefined {
  return decodeSnapshot(JSON.stringify({ jobs }));
}

describe('the stream of fio 3.33', () => {
  const documents = new DocumentSplitter().push(stream);

  it('is split into its documents, the note between them left out', () => {
    expect(stream).toContain('fio: terminating on signal 2');
    expect(documents).toHaveLength(2);
    for (const document of documents) expect(() => JSON.parse(document) as unknown).not.toThrow();
  });

  it('gives the counters that it prints', () => {
    expect(documents.map(decodeSnapshot)).toMatchObject([
      {
        runtimeMs: 2125,
        ios: 87 + 87,
        bytes: 2 * 352256,
        errors: 0,
        issued: 87 + 87,
        latencySumNs: 87 * (344209.735632 + 331111.114943),
      },
      {
        runtimeMs: 2650,
        ios: 106 + 106,
        bytes: 2 * 434176,
        errors: 0,
        latencySumNs: expect.closeTo(106 * (337511.933962 + 323746.981132), 0) as number,
      },
    ]);
  });

  it('gives a histogram of all I/Os of both ways', () => {
    for (const snapshot of documents.map(decodeSnapshot)) {
      expect(countWithin(snapshot?.latencies ?? new Map(), Infinity)).toBe(snapshot?.ios);
    }
  });

  it('gives the work between two snapshots', () => {
    const [from, to] = documents.map(decodeSnapshot);
    if (!from || !to) throw new Error('no snapshots');
    const work = workBetween(from, to);
    expect(work).toMatchObject({ elapsedMs: 525, ios: 38, bytes: 163840, errors: 0 });
    // 38 I/Os that had less latency than the 174 before them.
    expect(work?.meanLatencyNs).toBeGreaterThan(200_000);
    expect(work?.meanLatencyNs).toBeLessThan(340_000);
    expect(countWithin(work?.latencies ?? new Map(), Infinity)).toBe(38);
  });
});

describe('splitting', () => {
  it('gives a document as soon as its last line is whole', () => {
    const splitter = new DocumentSplitter();
    expect(splitter.push('{\n  "a": 1\n}')).toEqual([]);
    expect(splitter.push('\n{')).toEqual(['{\n  "a": 1\n}']);
    expect(splitter.push('\n}\n')).toEqual(['{\n}']);
  });

  it('passes over notes before, between and after documents', () => {
    const text = 'fio: job started\n\n{\n}\nfio: terminating on signal 2\n{\n}\nbye {}\n';
    expect(new DocumentSplitter().push(text)).toEqual(['{\n}', '{\n}']);
  });

  it('gives nothing for a document that is cut off', () => {
    expect(new DocumentSplitter().push(stream.slice(0, 9000))).toEqual([]);
  });
});

describe('a snapshot', () => {
  it('adds up all jobs and both ways, and takes the longest time', () => {
    expect(decodeJobs(job(), job({ job_runtime: 300, total_err: 3, error: 5 }))).toEqual({
      runtimeMs: 300,
      ios: 6,
      bytes: 2 * (4096 + 8192),
      errors: 3,
      issued: 2 * (3 + 8),
      latencySumNs: 2 * (500 + 2000),
      reads: { ios: 2, bytes: 2 * 4096 },
      latencies: undefined,
    });
  });

  it('takes more jobs than a call has room for', () => {
    const jobs = Array.from({ length: 150_000 }, (_, i) => job({ job_runtime: i }));
    expect(decodeSnapshot(JSON.stringify({ jobs }))?.runtimeMs).toBe(149_999);
  });

  it('adds up the bins of all that did I/O', () => {
    const read = { ...way(4096, 3, 500), lat_ns: { mean: 500, N: 3, bins: { 97: 1, 500: 2 } } };
    const write = { ...way(4096, 1, 500), lat_ns: { mean: 500, N: 1, bins: { 500: 1 } } };
    const idle = way(0, 0, 0);
    const { latencies } = decodeJobs(job({ read, write }), job({ read: idle, write: idle })) ?? {};
    expect(latencies).toEqual(
      new Map([
        [bucketOf(97), 1],
        [bucketOf(500), 3],
      ]),
    );
  });

  it.each<[string, unknown]>([
    ['are missing', undefined],
    ['are null', null],
    ['are a list', [1, 2]],
    ['have a key that is no number', { constructor: 3 }],
    ['have a negative key', { '-5': 3 }],
    ['have a count that is a word', { 500: '3' }],
    ['have a negative count', { 500: -3 }],
    ['have a count that is not whole', { 500: 0.5 }],
  ])('has no histogram, but its counters, where bins %s', (_, bins) => {
    const read = { ...way(4096, 3, 500), lat_ns: { mean: 500, N: 3, bins } };
    expect(decodeJobs(job({ read, write: way(0, 0, 0) }))).toMatchObject({ ios: 3, latencies: undefined });
  });

  it('counts a failed job as one error where fio does not count them', () => {
    expect(decodeJobs(job({ total_err: undefined, error: 5 }))?.errors).toBe(1);
  });

  it('is known before the first I/O, when fio prints no N yet', () => {
    const idle = { io_bytes: 0, runtime: 0, lat_ns: { mean: 0 } };
    expect(decodeJobs(job({ read: idle, write: idle }))).toMatchObject({ ios: 0, latencySumNs: 0 });
  });

  it.each<[string, string]>([
    ['no JSON', '{'],
    ['another document', '{"a":1}'],
    ['no job', '{"jobs":[]}'],
    ['jobs that are no list', '{"jobs":{}}'],
    ['null', 'null'],
    ['a list', '[]'],
    ['a job without its write side', JSON.stringify({ jobs: [job({ write: undefined })] })],
    ['a count that is a word', JSON.stringify({ jobs: [job({ read: way('1' as unknown as number, 1, 1) })] })],
    ['a negative count', JSON.stringify({ jobs: [job({ read: way(-1, 1, 1) })] })],
    ['a latency without a mean', JSON.stringify({ jobs: [job({ read: { ...way(1, 1, 1), lat_ns: {} } })] })],
    ['one good job and one bad', JSON.stringify({ jobs: [job(), { error: 0 }] })],
  ])('is none of %s', (_, text) => {
    expect(decodeSnapshot(text)).toBeUndefined();
  });
});

describe('the work between two snapshots', () => {
  it('has no number of I/Os issued where one does not say it', () => {
    const from = at(100, 10);
    expect(workBetween({ ...from, issued: undefined }, at(300, 30))?.issued).toBeUndefined();
    expect(decodeJobs(job({ read: { ...way(1, 1, 1), total_ios: undefined } }))?.issued).toBeUndefined();
  });

  const at = (runtimeMs: number, ios: number, latencySumNs = 0): Snapshot => ({
    ...{ runtimeMs, ios, latencySumNs },
    bytes: ios * 4096,
    errors: 0,
    issued: ios + 8,
    latencies: new Map([[5, ios]]),
  });

  it('has no histogram where one has shrunk or is missing', () => {
    const shrunk = { ...at(300, 30), latencies: new Map([[5, 9]]) };
    expect(workBetween(at(100, 10), shrunk)).toMatchObject({ ios: 20, latencies: undefined });
    expect(workBetween({ ...at(100, 10), latencies: undefined }, at(300, 30))).toMatchObject({ latencies: undefined });
  });

  it.each<[string, Snapshot, Snapshot, object | undefined]>([
    [
      'is the difference',
      at(100, 10, 1000),
      at(300, 30, 5000),
      {
        ...{ elapsedMs: 200, ios: 20, bytes: 81920, errors: 0, issued: 20, meanLatencyNs: 200 },
        latencies: new Map([[5, 20]]),
      },
    ],
    [
      'has no latency without I/O',
      at(100, 10),
      at(300, 10),
      { elapsedMs: 200, ios: 0, bytes: 0, errors: 0, issued: 0, meanLatencyNs: 0, latencies: new Map() },
    ],
    [
      'has no latency below zero',
      at(100, 10, 1000),
      at(300, 11, 999),
      expect.objectContaining({ meanLatencyNs: 0 }) as object,
    ],
    ['is none when no time has passed', at(100, 10), at(100, 20), undefined],
    ['is none backwards in time', at(100, 10), at(50, 20), undefined],
    ['is none when I/Os have gone', at(100, 10), at(200, 9), undefined],
  ])('%s', (_, from, to, work) => {
    expect(workBetween(from, to)).toEqual(work);
  });
});
