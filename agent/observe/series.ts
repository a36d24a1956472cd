// Readings of a host over a while: what the sampler gives and the judge takes.

import type { Missing } from '../discover/snapshot.ts';

/** Everything that was read at one time, by path or by the name of the tool. */
export interface Look {
  readonly atMs: number;
  readonly texts: ReadonlyMap<string, string>;
}

export interface QueueUse {
  /** Such as `hctx0`. */
  readonly queue: string;
  readonly depth: number;
  readonly busy: number;
  readonly waiters: number;
  /** Tags of the scheduler above it, where there is one. */
  readonly scheduler: { readonly depth: number; readonly busy: number; readonly waiters: number } | undefined;
}

/** One instant. */
export interface Tick {
  readonly atMs: number;
  /** I/Os that the driver has, by kernel name. */
  readonly inFlight: ReadonlyMap<string, number>;
  /** Hardware queues of the devices whose queues were looked at now (debugfs, root). */
  readonly queues: ReadonlyMap<string, readonly QueueUse[]>;
}

export interface Cost {
  /** CPU time of this process and its programs while it looked. */
  readonly cpuMs: number;
  /** The same before: to start, and to find what stands here. */
  readonly beforeCpuMs: number;
}

export interface Series {
  /** Two or more, some time apart. */
  readonly looks: readonly Look[];
  readonly ticks: readonly Tick[];
  readonly missing: readonly Missing[];
  readonly cost: Cost;
}
