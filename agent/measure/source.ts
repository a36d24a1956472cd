// A source of counters: read at both borders of a slice, differenced afterwards. Reading is cheap and starts nothing.

import type { Host } from '../host/host.ts';

export interface Source<T> {
  /** Undefined where this host has no such data: a fact, not an error. */
  readonly read: (host: Host) => Promise<T | undefined>;
  /** What happened between two readings, as named numbers with their unit in the name. */
  readonly between: (from: T, to: T, elapsedMs: number) => Readonly<Record<string, number>>;
}
