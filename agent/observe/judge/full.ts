// What is full, most telling first. A limit that is reached may only be backed up by something else that is full, so what
// stops I/O by a rule comes first, then network and threads, then limits on I/Os in flight from the bottom up. That all CPUs
// are busy may have nothing to do with I/O.

import { layers } from '../../lib/layer.ts';
import type { Full, Observed, ObservedDevice, ObservedPath } from '../document.ts';
import type { Series } from '../series.ts';
import type { Watch } from '../watch.ts';
import { limitsReached } from './limits.ts';

/** A rate limit lets bursts through and then less: at this share of it, it acts. */
const rateReached = 0.9;
/** Of the periods of cpu.max. */
const periodsReached = 0.2;
/** Of one CPU, on it or waiting for it. */
const threadFullPercent = 90;
const cpuFullPercent = 95;
/** Of segments: below, TCP hides it. */
const resentTooOften = 0.01;
const windowTooSmall = 0.5;
/** A queue of packets stands on the way: the round trip is so many times its least, and holds so many bytes more. */
const rttTimes = 3;
const queuedBytes = 128 * 1024;

export function fullOf(
  seen: Pick<Observed, 'devices' | 'threads' | 'throttles' | 'paths' | 'cpu'>,
  series: Series,
  watch: Watch,
): readonly Full[] {
  const byId = new Map(seen.devices.map((device) => [device.id, device]));
  const depthOf = (full: { readonly device: string }): number =>
    layers.indexOf(byId.get(full.device)?.layer ?? 'media');
  const limits = limitsReached(seen.devices, series, watch).toSorted((a, b) => depthOf(a) - depthOf(b));
  return [
    ...seen.throttles.flatMap((throttle): readonly Full[] => {
      if (throttle.kind === 'io.max') {
        const { kind, cgroup, device, key, limit, perSecond } = throttle;
        return limit > 0 && perSecond >= rateReached * limit ? [{ kind, cgroup, device, key, limit }] : [];
      }
      const { kind, cgroup, quota, stoppedShare, periodsShare } = throttle;
      return periodsShare >= periodsReached ? [{ kind, cgroup, quota, stoppedShare }] : [];
    }),
    ...seen.paths.flatMap((path): readonly Full[] => {
      const how = holding(path);
      return how === undefined ? [] : [{ kind: 'network', how, address: path.address }];
    }),
    ...seen.threads.flatMap(({ name, process, alone, readyPercent }): readonly Full[] =>
      alone && readyPercent >= threadFullPercent ? [{ kind: 'thread', thread: name, process, readyPercent }] : [],
    ),
    ...limits,
    ...(seen.cpu && seen.cpu.busyPercent >= cpuFullPercent
      ? [{ kind: 'cpu', busyPercent: seen.cpu.busyPercent } as const]
      : []),
  ];
}

function holding(path: ObservedPath): Extract<Full, { kind: 'network' }>['how'] | undefined {
  const { sentPerSecond: sent, receivedPerSecond: received, interfacePerSecond: speed, shaper, resentShare } = path;
  const moved = Math.max(sent ?? 0, received ?? 0);
  if (shaper && shaper.sentPerSecond >= rateReached * shaper.perSecond) return 'shaper';
  if (speed !== null && moved >= rateReached * speed) return 'interface';
  if (resentShare !== null && resentShare >= resentTooOften) return 'resent';
  if (path.windowShare !== null && path.windowShare >= windowTooSmall) return 'window';
  const { rttNs, leastRttNs: least } = path;
  if (rttNs === null || least === null || rttNs < rttTimes * least) return undefined;
  return ((rttNs - least) / 1e9) * moved >= queuedBytes ? 'queued' : undefined;
}

/** Of the devices that do I/O, where an I/O spends most of its time, by what each adds to what is below it; undefined: nothing moves. */
export function slowestOf(devices: readonly ObservedDevice[]): ObservedDevice | undefined {
  const moving = devices.filter(
    ({ iosPerSecond, latencyNs, countedAt, id }) => countedAt === id && iosPerSecond >= 1 && latencyNs !== null,
  );
  return moving.toSorted((a, b) => (b.inFlight ?? 0) - (a.inFlight ?? 0))[0];
}
