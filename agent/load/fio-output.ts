// fio's cumulative json+ snapshots: split from the stream and decoded (pure). Differences of two give a slice.

import { LoadError } from '../lib/errors.ts';
import { sum } from '../lib/numbers.ts';
import * as z from 'zod';
import { decodeBins, grownBy, type Histogram, merged } from './histogram.ts';

export interface IoCount {
  readonly ios: number;
  readonly bytes: number;
}

/** All that a guest has done since its fio started. */
export interface Snapshot {
  /** fio's own measuring time, milliseconds. */
  readonly runtimeMs: number;
  /** I/Os completed without error. */
  readonly ios: number;
  readonly bytes: number;
  /** I/Os that failed, which are not among `ios`, and those whose data was not as written, which are. */
  readonly errors: number;
  /** I/Os that were started; undefined where fio does not say. */
  readonly issued: number | undefined;
  /** Sum of the latencies of these I/Os, nanoseconds. */
  readonly latencySumNs: number;
  /** The reads among them. */
  readonly reads?: IoCount;
  /** These latencies; undefined when fio gave none, or what it gave is no histogram. */
  readonly latencies: Histogram | undefined;
}

const direction = z.object({
  io_bytes: z.number().nonnegative(),
  runtime: z.number().nonnegative(),
  total_ios: z.number().nonnegative().optional(),
  lat_ns: z.object({
    mean: z.number().nonnegative(),
    N: z.number().nonnegative().optional(),
    // Decoded apart: without an objective a snapshot is good without them.
    bins: z.unknown().optional(),
  }),
});
const document = z.object({
  jobs: z.array(
    z.object({
      error: z.number(),
      total_err: z.number().optional(),
      job_runtime: z.number().nonnegative().optional(),
      read: direction,
      write: direction,
    }),
  ),
});

// A snapshot of many jobs with full histograms has some MiB, its lines some hundred characters.
const longestLine = 2 ** 20;
const largestDocument = 64 * 2 ** 20;

function endless(): LoadError {
  return new LoadError('fio prints without end, and no snapshot', 'is this the fio that the distribution ships?');
}

/** Splits concatenated JSON documents: fio prints each from a line `{` to a line `}`, notes of its own between. */
export class DocumentSplitter {
  readonly #lines: string[] = [];
  #rest = '';
  #length = 0;

  /** Gives the documents that are complete with this piece of text. Throws LoadError when one has no end. */
  push(text: string): readonly string[] {
    const out: string[] = [];
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > longestLine) throw endless();
    for (const line of lines) {
      if (this.#lines.length === 0 && line !== '{') continue;
      this.#lines.push(line);
      this.#length += line.length;
      if (this.#length > largestDocument) throw endless();
      if (line !== '}') continue;
      this.#length = 0;
      out.push(this.#lines.splice(0).join('\n'));
    }
    return out;
  }
}

/** Undefined for anything that is not a fio json+ document with at least one job. */
export function decodeSnapshot(text: string): Snapshot | undefined {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return undefined;
  }
  const parsed = document.safeParse(raw);
  if (!parsed.success || parsed.data.jobs.length === 0) return undefined;
  const ways = parsed.data.jobs.flatMap((job) => [job.read, job.write]);
  const count = (way: z.output<typeof direction>): number => way.lat_ns.N ?? 0;
  return {
    // Not as arguments of one call: a document may have more jobs than a call takes.
    runtimeMs: parsed.data.jobs.reduce(
      (most, job) => Math.max(most, job.job_runtime ?? Math.max(job.read.runtime, job.write.runtime)),
      0,
    ),
    ios: sum(ways.map(count)),
    bytes: sum(ways.map((way) => way.io_bytes)),
    reads: {
      ios: sum(parsed.data.jobs.map(({ read }) => count(read))),
      bytes: sum(parsed.data.jobs.map(({ read }) => read.io_bytes)),
    },
    errors: sum(parsed.data.jobs.map((job) => job.total_err ?? (job.error === 0 ? 0 : 1))),
    issued: ways.every((way) => way.total_ios !== undefined) ? sum(ways.map((way) => way.total_ios ?? 0)) : undefined,
    latencySumNs: sum(ways.map((way) => way.lat_ns.mean * count(way))),
    latencies: latenciesOf(ways.filter((way) => count(way) > 0).map((way) => way.lat_ns.bins)),
  };
}

/** Adds up all jobs and directions that have done I/O. If one of them has no bins, the whole is unknown. */
function latenciesOf(bins: readonly unknown[]): Histogram | undefined {
  const histograms = bins.flatMap((raw) => decodeBins(raw) ?? []);
  return histograms.length === bins.length ? merged(histograms) : undefined;
}

/** The difference between two snapshots of one guest. */
export interface Work {
  readonly elapsedMs: number;
  readonly ios: number;
  readonly bytes: number;
  readonly errors: number;
  /** Undefined when either snapshot does not say. */
  readonly issued: number | undefined;
  readonly meanLatencyNs: number;
  /** The reads among them. */
  readonly reads?: IoCount;
  /** Undefined when either snapshot has none. */
  readonly latencies: Histogram | undefined;
}

/** Undefined when the later snapshot is not later. */
export function workBetween(from: Snapshot, to: Snapshot): Work | undefined {
  const elapsedMs = to.runtimeMs - from.runtimeMs;
  const ios = to.ios - from.ios;
  if (elapsedMs <= 0 || ios < 0) return undefined;
  return {
    elapsedMs,
    ios,
    bytes: to.bytes - from.bytes,
    errors: to.errors - from.errors,
    issued: from.issued === undefined || to.issued === undefined ? undefined : to.issued - from.issued,
    meanLatencyNs: ios > 0 ? Math.max(0, (to.latencySumNs - from.latencySumNs) / ios) : 0,
    ...(from.reads && to.reads
      ? { reads: { ios: to.reads.ios - from.reads.ios, bytes: to.reads.bytes - from.reads.bytes } }
      : {}),
    latencies: from.latencies && to.latencies && grownBy(from.latencies, to.latencies),
  };
}
