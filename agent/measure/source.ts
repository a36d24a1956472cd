// A source of counters: read at both borders of a slice, differenced afterwards. Reading is cheap and starts nothing.

import type { Host } from '../host/host.ts';

/** The places to read from. */
export interface Scene {
  readonly host: Pick<Host, 'read' | 'list'>;
  /** The cgroup of the whole run; its guests are in `guests/g1`, `guests/g2`, ... below, helpers of a ring beside them. */
  readonly cgroup: string;
}

export interface Source<T> {
  /** Undefined where this host has no such data: a fact, not an error. */
  readonly read: (scene: Scene) => Promise<T | undefined>;
  /** The change between two readings, as named numbers with their unit in the name. */
  readonly between: (from: T, to: T, elapsedMs: number) => Readonly<Record<string, number>>;
}
