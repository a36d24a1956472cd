// What the kernel counts of the I/O on each device of the way, and how it prints it.

import type { Flow, Hop } from './model.ts';

interface Count {
  ios: number;
  latencyNs: number;
  queueNs: number;
  inFlight: number;
}

export interface Counters {
  /** `ms` pass; I/Os in flight are counted anew with each call. */
  readonly pass: (ms: number, flows: readonly { readonly flow: Flow; readonly way: readonly Hop[] }[]) => void;
  /** Fields of /proc/diskstats and of `stat` in sysfs: reads completed, merged, sectors, ms, and no writes. */
  readonly stat: (device: string) => string;
  /** As `@stats_print` of dm-stats with precise timestamps. */
  readonly dmStats: (device: string) => string;
}

const blockSectors = 8;

export function makeCounters(): Counters {
  const counts = new Map<string, Count>();
  const of = (device: string): Count => counts.get(device) ?? { ios: 0, latencyNs: 0, queueNs: 0, inFlight: 0 };
  return {
    pass: (ms, flows) => {
      for (const count of counts.values()) count.inFlight = 0;
      for (const { flow, way } of flows) {
        for (const [i, { device }] of way.entries()) {
          const count = of(device);
          counts.set(device, count);
          const [ios, belowMs] = [flow.iosPerMs * ms, flow.belowMs[i] ?? 0];
          count.ios += ios;
          count.latencyNs += ios * belowMs * 1e6;
          count.queueNs += flow.iosPerMs * belowMs * ms * 1e6;
          count.inFlight += flow.iosPerMs * belowMs;
        }
      }
    },
    stat: (device) => {
      const { ios, inFlight } = of(device);
      return `${Math.floor(ios)} 0 ${blockSectors * Math.floor(ios)} 0 0 0 0 0 ${Math.round(inFlight)} 0 0`;
    },
    dmStats: (device) => {
      const { ios, latencyNs, queueNs, inFlight } = of(device);
      const reads = `${Math.floor(ios)} 0 ${blockSectors * Math.floor(ios)} ${Math.round(latencyNs)}`;
      return `0+4194304 ${reads} 0 0 0 0 ${Math.round(inFlight)} 0 ${Math.round(queueNs)} 0 0`;
    },
  };
}
