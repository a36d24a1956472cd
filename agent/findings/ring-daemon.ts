// Has a thread of the daemon behind a ring any time left, with everything deployed?

import { baselineId } from '../lib/arm.ts';
import { median } from '../lib/numbers.ts';
import type { SliceRecord } from '../records/slice.ts';

export interface RingDaemon {
  /** CPU of all daemons, per cent of one CPU. */
  readonly cpuPercent: number;
  /** The busiest thread of any: on a CPU, per cent of the time. */
  readonly threadPercent: number;
  /** The same thread: on a CPU or waiting for one. */
  readonly threadReadyPercent: number;
}

/** Medians over the slices as deployed; undefined where there is no daemon, or nobody measured it. */
export function ringDaemonOf(slices: readonly SliceRecord[]): RingDaemon | undefined {
  const figures = slices
    .filter(({ arm }) => arm === baselineId)
    .flatMap(({ measurements: { ringDaemons } }) => (ringDaemons ? [ringDaemons] : []));
  if (figures.length === 0) return undefined;
  const of = (name: string): number => median(figures.map((each) => each[name] ?? 0));
  return {
    cpuPercent: of('cpuPercent'),
    threadPercent: of('busiestThreadPercent'),
    threadReadyPercent: of('busiestThreadReadyPercent'),
  };
}
