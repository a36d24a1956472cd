// What is said of a host: what looks full, by what, who shares it, and what would widen it; or that nothing does. Never what
// would lift goodput, which takes a run.

import { unreachable } from '../../lib/unreachable.ts';
import { renderBytes, renderDuration } from '../../lib/units.ts';
import { plain } from '../../report/formats/plain.ts';
import type { Full, Observed, ObservedDevice } from '../document.ts';
import { fewestLooks } from '../judge/devices.ts';
import { slowestOf } from '../judge/full.ts';
import { widening } from './widening.ts';

type Seen = Omit<Observed, 'says'>;

/** Enough to find them by. */
const mostNames = 6;

/** One sentence each; the first is the answer. */
export function sayingsOf(seen: Seen, ofXen: readonly string[]): readonly string[] {
  const own = seen.full.filter(({ kind }) => kind !== 'xen-ring').map((full) => sentenceOf(full, seen));
  const xenIsFull = seen.full.length > own.length;
  if (xenIsFull) return [...ofXen, ...own].map(plain);
  return [...(own.length === 0 ? [nothingFull(seen)] : own), ...ofXen].map(plain);
}

/** I/O moves below a limit, and how often that was reached is not known. */
export function tooFewLooks({
  devices,
  cost,
}: {
  devices: Seen['devices'];
  cost: Pick<Seen['cost'], 'looks'>;
}): boolean {
  return cost.looks < fewestLooks && devices.some(({ limit, iosPerSecond }) => limit !== null && iosPerSecond > 0);
}

function nothingFull({ devices, counted, xen, cost: { looks } }: Seen): string {
  if (counted === 0 && xen === null) return 'cannot tell: nothing on this host counts I/O';
  if (tooFewLooks({ devices, cost: { looks } }))
    return `cannot tell whether a limit was reached: there were only ${looks} looks at what is in flight; look longer (--for)`;
  const slowest = slowestOf(devices);
  if (!slowest) return 'nothing looks full: no device in the path of a guest does any I/O';
  const { latencyNs, inFlight, limit } = slowest;
  const of = limit ? ` of ${limit.inFlight}` : '';
  return `nothing looks full; most is in flight in ${label(slowest)}: ${(inFlight ?? 0).toFixed(1)}${of} on average, ${renderDuration(latencyNs ?? 0)} each`;
}

export function label({ name, id, layer }: Pick<ObservedDevice, 'name' | 'id' | 'layer'>): string {
  return name === id || id.endsWith(name) ? `${name} (${layer})` : `${name} (${id}, ${layer})`;
}

function namesOf(names: readonly string[]): string {
  const more = names.length - mostNames;
  return `${names.slice(0, mostNames).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

const often = (share: number): string => `${(100 * share).toFixed(0)} % of the time`;

function sentenceOf(full: Full, seen: Seen): string {
  const find = (id: string): ObservedDevice | undefined => seen.devices.find((device) => device.id === id);
  const name = (id: string): string => {
    const device = find(id);
    return device ? label(device) : id;
  };
  switch (full.kind) {
    case 'limit': {
      const device = find(full.device);
      const who = sharedBy(full, device, name);
      const sure = full.perhaps ? 'may be' : 'looks';
      return `${name(full.device)} ${sure} capped by ${limitWords[full.what]}: ${full.says}, reached ${often(full.share)} (${full.from})${who}; to widen it: ${widening(full, device)}`;
    }
    case 'unseen':
      return `${name(full.device)} looks capped at ${full.plateau} in flight, ${often(full.share)}, by something that this host does not show, while ${full.waiting.toFixed(0)} more wait for it: perhaps the window or queue of the far end`;
    case 'thread': {
      const thread = seen.threads.find((each) => each.name === full.thread && each.process === full.process);
      const whose = full.process === null ? 'of the kernel' : `of ${full.process}`;
      const serves = thread && thread.serves.length > 0 ? `, which serves ${namesOf(thread.serves.map(name))},` : '';
      return `the thread ${full.thread} (${thread?.what ?? ''}) ${whose}${serves} looks full: on a CPU or waiting for one ${full.readyPercent.toFixed(0)} % of the time; to widen it: ${thread?.what === 'I/O thread' ? 'an I/O thread for each disk, or several for one' : 'spread the work over more devices or threads'}`;
    }
    case 'io.max': {
      const device = find(full.device);
      const throttle = seen.throttles.find(
        (each) =>
          each.kind === 'io.max' && each.cgroup === full.cgroup && each.device === full.device && each.key === full.key,
      );
      const rate = throttle?.kind === 'io.max' ? throttle.perSecond : 0;
      const show = (value: number): string => (full.key.endsWith('bps') ? renderBytes(value) : value.toFixed(0));
      return `cgroup ${full.cgroup} looks held back by io.max on ${device ? label(device) : full.device}: ${show(rate)} of ${full.key}=${show(full.limit)} a second; to widen it: raise ${full.key} in /sys/fs/cgroup${full.cgroup}/io.max`;
    }
    case 'cpu.max':
      return `cgroup ${full.cgroup} looks held back by cpu.max "${full.quota}": its tasks were stopped for ${(100 * full.stoppedShare).toFixed(0)} % of the time; to widen it: raise /sys/fs/cgroup${full.cgroup}/cpu.max`;
    case 'network':
      return networkSentence(full, seen, name);
    case 'cpu':
      return `the CPUs of this host look full: ${full.busyPercent.toFixed(0)} % busy; to widen it: less work on them, or more CPUs`;
    case 'xen-ring':
      return `the ring of ${full.vbd} looks full`;
    default:
      return unreachable(full);
  }
}

const limitWords: Readonly<Record<Extract<Full, { kind: 'limit' }>['what'], string>> = {
  ...{
    ring: 'its ring',
    tags: 'its tags',
    'hardware-queue': 'one of its hardware queues',
    lun: 'the depth of its LUN',
  },
  ...{ adapter: 'the queue of its adapter', session: 'the window of its session', scheduler: 'its I/O scheduler' },
};

function sharedBy(
  { sharers }: Extract<Full, { kind: 'limit' }>,
  device: ObservedDevice | undefined,
  name: (id: string) => string,
): string {
  const users = device?.users ?? [];
  return [
    ...(sharers.length > 0 ? [`, shared with ${namesOf(sharers.map(name))}`] : []),
    ...(users.length > 1
      ? [`, for ${users.length} users: ${namesOf(users)}`]
      : users.length === 1
        ? [`, for ${users[0] ?? ''}`]
        : []),
  ].join('');
}

function networkSentence(
  { how, address }: Extract<Full, { kind: 'network' }>,
  { paths }: Seen,
  name: (id: string) => string,
): string {
  const path = paths.find((each) => each.address === address);
  if (!path) return `the path to ${address} looks full`;
  const who = path.devices.length > 0 ? ` of ${namesOf(path.devices.map(name))}` : '';
  const on = path.interface === null ? '' : ` on ${path.interface}`;
  const rate = (bytes: number | null): string => `${renderBytes(bytes ?? 0)} a second`;
  const moved = Math.max(path.sentPerSecond ?? 0, path.receivedPerSecond ?? 0);
  const subject = `the path to ${address}${who}`;
  const times = (ns: number | null): string => renderDuration(ns ?? 0);
  switch (how) {
    case 'shaper':
      return `${subject} looks saturated: ${path.shaper?.kind ?? ''}${on} lets ${rate(path.shaper?.perSecond ?? 0)} through, and ${rate(path.shaper?.sentPerSecond ?? 0)} go out; to widen it: raise that rate (tc)`;
    case 'interface':
      return `${subject} looks saturated: ${rate(moved)}${on}, whose speed is ${rate(path.interfacePerSecond)}; to widen it: a faster link, or a second path`;
    case 'resent':
      return `${subject} loses packets: ${(100 * (path.resentShare ?? 0)).toFixed(1)} % of its segments are sent again; look for drops on the way, and for a wrong MTU`;
    case 'window':
      return `${subject} looks held back by the far end's receive window, for ${(100 * (path.windowShare ?? 0)).toFixed(0)} % of its busy time; to widen it: receive buffers there (net.ipv4.tcp_rmem)`;
    case 'queued':
      return `${subject} looks saturated: the round trip is ${times(path.rttNs)}, at its least ${times(path.leastRttNs)}, at ${rate(moved)}; to widen it: find the narrow link on the way`;
    default:
      return unreachable(how);
  }
}
