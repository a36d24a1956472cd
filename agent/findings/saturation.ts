// What the load generator and the CPUs of a host can do, as far as its slices tell (pure).
//
// That is the saturation goodput. Goodput that waits for the media is less: over disks, or a stub, of 150 ms a host that
// could do a hundred times as much does no more. By the utilisation law (Denning and Buzen, 1978) it is goodput / U, where
// U is the share of the time in which the path is busy. Two signs of U are at hand, and the larger counts:
//
//   the busiest CPU, as one thread may be what is full while the host as a whole looks idle;
//   Q / (1 + Q), with Q I/Os in flight outside the media by Little's law, as of a single queue. It is near 1 wherever I/O
//   waits for anything but the media, be it a CPU, a lock, a link or a place in a ring.

import { sum } from '../lib/numbers.ts';
import { countedSlices } from './quality.ts';
import { layerLatencies } from './layer-latency.ts';
import type { SliceRecord } from '../records/slice.ts';

/** CPU time of others and of the agent is in U, and counters are coarse: it is at most ten times what was seen. */
const leastUse = 0.1;

/** I/O a second, 1 at least, and at least the highest of any slice. The median of an arm counts: one slice may be lucky. */
export function saturationOf(slices: readonly SliceRecord[]): number {
  const counted = countedSlices(slices);
  const arms = [...new Set(counted.map(({ arm }) => arm))];
  const estimates = arms.map((arm) => lowMedian(counted.filter((slice) => slice.arm === arm).map(saturationIn)));
  return Math.max(1, ...slices.map(({ goodput }) => goodput), ...estimates);
}

function saturationIn(slice: SliceRecord): number {
  const queued = outsideMedia(slice);
  return slice.goodput / Math.min(1, Math.max(leastUse, busiestCpu(slice), queued / (1 + queued)));
}

/** 0 to 1. Without figures of each CPU one may be as full as all of the time that was used allows. */
function busiestCpu({ measurements: { cpu } }: SliceRecord): number {
  const { busiestCpuPercent, busyPercent, cpus } = cpu ?? {};
  if (busiestCpuPercent !== undefined) return busiestCpuPercent / 100;
  return busyPercent === undefined || cpus === undefined ? 1 : (busyPercent / 100) * cpus;
}

/** I/Os in flight that are not in the media, over all guests; all of them where its junction has no figures. */
function outsideMedia(slice: SliceRecord): number {
  const perNs = sum(slice.guests.map(({ ios, elapsedMs }) => ios / elapsedMs / 1e6));
  const inFlight = sum(
    slice.guests.map(({ ios, elapsedMs, meanLatencyNs }) => (ios / elapsedMs / 1e6) * meanLatencyNs),
  );
  const mediaNs = layerLatencies([slice]).find(({ layer }) => layer === 'media')?.throughNs ?? 0;
  return Math.max(0, inFlight - perNs * mediaNs);
}

function lowMedian(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? 0;
}
