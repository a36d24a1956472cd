// Network and media of a way as providers have them: settings with the place that each was read at, and what cannot be said.

import type { Device } from '../document.ts';
import type { Activity } from './counters.ts';
import { type Cloned, type LayerClone, type Line, line, nothing, origin, value, whole, within } from './values.ts';

export function networkOf(way: readonly Device[]): LayerClone {
  const path = way.find((device) => device.layer === 'network');
  if (!path) return nothing;
  const clone = path.kind === 'nvme-tcp' ? nvmePath(path) : path.kind === 'iscsi' ? iscsiPath(path) : undefined;
  if (!clone)
    return {
      cloned: undefined,
      open: [`network: ${path.kind} of ${path.name} has no counterpart: its queues, CPU and round trip are missing`],
    };
  const rtt = Number(value(way[way.indexOf(path) + 1], 'minrtt ms'));
  const delay: Line = {
    key: 'delay',
    value: `${Math.round(rtt * 1000)}us`,
    origin: 'ss: the least round trip of its sockets in 5 minutes',
  };
  return {
    cloned: { ...clone, lines: [...(rtt > 0 ? [delay] : []), ...clone.lines] },
    open: [
      ...(rtt > 0
        ? []
        : [
            'network: the round trip was not measured (ss, as root, with --with-tools where tcp_diag is not loaded): the path is as quick as veth',
          ]),
      'network: jitter, loss, rate and MTU of the path are not cloned',
      ...(path.kind === 'iscsi' ? ["network: the target's window is not seen from here; 64 stands for it"] : []),
      ...(way.some(({ kind }) => kind === 'nvme multipath') ? ['network: one path of several is cloned'] : []),
    ],
  };
}

function nvmePath(path: Device): Cloned {
  const queues = whole(value(path, 'queue_count'));
  const size = whole(value(path, 'sqsize'));
  return {
    provider: 'nvme-tcp-netns',
    lines: [
      ...line(queues, 'queues', `${origin(path, 'queue_count')}, without the admin queue`, (count) =>
        within(count - 1, 1, 128),
      ),
      ...line(size, 'queueSize', `${origin(path, 'sqsize')}, which counts from 0`, (count) =>
        within(count + 1, 16, 1024),
      ),
    ],
  };
}

function iscsiPath(path: Device): Cloned {
  const from = (name: string): readonly [number | undefined, string] => [whole(value(path, name)), origin(path, name)];
  const [commands, ofCommands] = from('can_queue');
  const [depth, ofDepth] = from('queue_depth');
  const [first, ofFirst] = from('first_burst_len');
  const [most, ofMost] = from('max_burst_len');
  const [immediate, ofImmediate] = from('immediate_data');
  const [waits, ofWaits] = from('initial_r2t');
  return {
    provider: 'iscsi-netns',
    lines: [
      ...line(depth, 'queueDepth', ofDepth, (count) => within(count, 1, 4096)),
      // The kernel keeps 15 commands of a session for itself, of a power of two (drivers/scsi/libiscsi.c).
      ...line(commands, 'cmdsMax', `${ofCommands}, and the 15 that the kernel keeps`, (count) =>
        within(2 ** Math.round(Math.log2(count + 15)), 16, 4096),
      ),
      ...line(immediate, 'immediateData', ofImmediate, (is) => `${is === 1}`),
      ...line(waits, 'initialR2T', ofWaits, (is) => `${is === 1}`),
      ...line(first, 'firstBurst', ofFirst, (bytes) => `${within(Math.min(bytes, most ?? bytes), 512, mostBurst)}B`),
      ...line(most, 'maxBurst', ofMost, (bytes) => `${within(bytes, 512, mostBurst)}B`),
    ],
  };
}

/** Bytes (RFC 7143, 13.13). */
const mostBurst = 16_776_192;

export function mediaOf(
  way: readonly Device[],
  { activity, scratch }: { readonly activity: ReadonlyMap<string, Activity>; readonly scratch: string | undefined },
): LayerClone {
  if (scratch !== undefined)
    return {
      cloned: {
        provider: 'device',
        lines: [{ key: 'device', value: JSON.stringify(scratch), origin: 'named by --scratch: only read' }],
      },
      open: [],
    };
  // Of what is far away only this end of the path counts.
  const leaf = way.findLast((device) => device.number !== undefined);
  const far = way.at(-1);
  const remote = far?.layer === 'media' && far.number === undefined;
  const seen = leaf && activity.get(leaf.id);
  const least = 1_000;
  // The path is a layer of its own, and has the round trip already.
  const rttNs = networkOf(way).cloned ? 1e6 * (Number(value(far, 'minrtt ms')) || 0) : 0;
  const latencyUs = seen ? Math.max(least, seen.latencyNs - rttNs) / 1000 : undefined;
  const range = seen
    ? `over ${seen.seconds.toFixed(0)} s, ${seen.inFlight.toFixed(1)} in flight on average; not seen above that`
    : '';
  const depth = remote ? undefined : leaf?.limit;
  return {
    cloned: {
      provider: 'model',
      lines: [
        ...(leaf && latencyUs !== undefined
          ? [{ key: 'latency', value: `${Math.round(latencyUs)}us`, origin: `measured at ${leaf.id} ${range}` }]
          : []),
        ...(leaf && depth ? [{ key: 'depth', value: within(depth.inFlight, 1, 10_240), origin: depth.from }] : []),
      ],
    },
    open: [
      ...(latencyUs === undefined
        ? [`media: ${leaf?.id ?? 'the media'} did too little during the look: its latency is the default, not its own`]
        : []),
      ...(remote ? ['media: they are behind the network: their latency holds all that the target adds'] : []),
      'media: one latency for all I/Os: tails, write cache, bandwidth and the layout of several disks are not cloned',
    ],
  };
}
