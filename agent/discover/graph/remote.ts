// Devices that are reached over a network: sessions of iSCSI, controllers of NVMe over fabrics, and how far away the other end is.

import * as z from 'zod';
import { type Parameter, parametersOf } from '../document.ts';
import { count, type Look, readFields, readJson, word } from '../look.ts';
import { foldersBelow, type Snapshot } from '../snapshot.ts';
import type { Draft } from './context.ts';

const controller = {
  ...{ transport: word, address: word, subsysnqn: word, model: word, queue_count: count, sqsize: count, kato: count },
  ...{ ctrl_loss_tmo: word, reconnect_delay: word, state: word, numa_node: word },
};
const subsystem = { iopolicy: word, subsysnqn: word };

export type Controller = ReturnType<typeof readController>;

/** Of an NVMe controller such as `nvme0` (Documentation/ABI, drivers/nvme/host/sysfs.c). */
export function readController(look: Look, name: string) {
  return readFields(look, `/sys/class/nvme/${name}`, controller);
}

/** How a multipath head spreads its I/O, by the NQN of its subsystem. */
export function iopolicyOf(look: Look, nqn: string | undefined): Parameter | undefined {
  for (const name of foldersBelow(look.snapshot, '/sys/class/nvme-subsystem')) {
    const folder = `/sys/class/nvme-subsystem/${name}`;
    const { iopolicy, subsysnqn } = readFields(look, folder, subsystem);
    if (nqn !== undefined && subsysnqn === nqn && iopolicy !== undefined)
      return { name: 'iopolicy', value: iopolicy, from: `${folder}/iopolicy` };
  }
  return undefined;
}

const session = {
  ...{ targetname: word, state: word, recovery_tmo: word, first_burst_len: count, max_burst_len: count },
  ...{ immediate_data: word, initial_r2t: word, max_outstanding_r2t: count, tpgt: word, ifacename: word },
};
const connection = {
  ...{ address: word, port: word, persistent_address: word, persistent_port: word, max_recv_dlength: count },
  ...{ max_xmit_dlength: count, header_digest: word, data_digest: word },
};

export interface Session {
  readonly target: string;
  readonly address: string;
  readonly parameters: readonly Parameter[];
}

/** Of `session7`, with its only connection: Linux has no more than one each. */
export function readSession(look: Look, name: string): Session {
  const folder = `/sys/class/iscsi_session/${name}`;
  const own = readFields(look, folder, session);
  const wire = `/sys/class/iscsi_connection/connection${name.replace('session', '')}:0`;
  const line = readFields(look, wire, connection);
  const address = line.address ?? line.persistent_address;
  const { max_recv_dlength, max_xmit_dlength, header_digest, data_digest } = line;
  const sizes = { max_recv_dlength, max_xmit_dlength, header_digest, data_digest };
  return {
    target: own.targetname ?? name,
    address: address === undefined ? 'unknown' : `${address}:${line.port ?? line.persistent_port ?? '3260'}`,
    parameters: [...parametersOf(folder, own), ...parametersOf(wire, sizes)],
  };
}

/** The far end of a path, as a thing of its own: what is behind it cannot be seen from here. */
export function remoteDraft(
  look: Look,
  { id, name, address, kind }: { id: string; name: string; address: string; kind: string },
): Draft {
  return {
    ...{ id, name, kind, layer: 'media', below: [], limit: null },
    parameters: [{ name: 'address', value: address, from: 'its session' }, ...roundTrip(look, address)],
    notes: ['what is behind it cannot be seen from here'],
  };
}

interface Socket {
  readonly minRttMs: number | undefined;
  readonly rttMs: number | undefined;
  readonly deviationMs: number | undefined;
  readonly idleMs: number | undefined;
}

/** By ss(8): the least round trip is the network's; the smoothed one also holds the CPUs of both ends, and is stale on an idle socket. */
export function roundTrip(look: Look, address: string): readonly Parameter[] {
  const sockets = socketsTo(look, address);
  if (sockets.length === 0) return [];
  const known = (pick: (socket: Socket) => number | undefined): readonly number[] =>
    sockets.flatMap((socket) => pick(socket) ?? []);
  const least = known(({ minRttMs }) => minRttMs);
  const busy = sockets.filter(({ idleMs }) => idleMs !== undefined && idleMs < 1000);
  const rtts = busy.flatMap(({ rttMs }) => rttMs ?? []);
  const values = {
    sockets: sockets.length,
    'minrtt ms': least.length > 0 ? Math.min(...least) : undefined,
    'rtt ms of busy sockets': rtts.length > 0 ? mean(rtts).toFixed(3) : undefined,
    'rtt deviation ms':
      rtts.length > 0 ? mean(busy.flatMap(({ deviationMs }) => deviationMs ?? [])).toFixed(3) : undefined,
    mtu: mtuTowards(look, address),
  };
  return parametersOf('ss', values);
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / Math.max(1, values.length);

/** Lines of ss by their peer: looked for anew for each target, they took longer than all else on a host of a thousand. */
const byPeer = new WeakMap<Snapshot, ReadonlyMap<string, readonly string[]>>();

function linesTo({ snapshot }: Look, address: string): readonly string[] {
  const known = byPeer.get(snapshot) ?? linesByPeer(snapshot);
  byPeer.set(snapshot, known);
  return known.get(address.replace(/[[\]]/g, '')) ?? [];
}

function linesByPeer({ answers }: Snapshot): ReadonlyMap<string, readonly string[]> {
  const lines = new Map<string, string[]>();
  for (const line of (answers.get('ss') ?? '').split('\n')) {
    const peer = line.trim().split(/\s+/)[4]?.replace(/[[\]]/g, '');
    if (peer === undefined) continue;
    const own = lines.get(peer);
    if (own) own.push(line);
    else lines.set(peer, [line]);
  }
  return lines;
}

function socketsTo(look: Look, address: string): readonly Socket[] {
  return linesTo(look, address).map((line) => {
    const value = (pattern: RegExp): number | undefined => {
      const text = pattern.exec(line)?.[1];
      return text === undefined ? undefined : Number(text);
    };
    return {
      minRttMs: value(/\bminrtt:([\d.]+)/),
      rttMs: value(/\brtt:([\d.]+)\//),
      deviationMs: value(/\brtt:[\d.]+\/([\d.]+)/),
      idleMs: value(/\blastsnd:(\d+)/),
    };
  });
}

const addresses = z.array(
  z.object({ ifname: z.string(), mtu: z.number(), addr_info: z.array(z.object({ local: z.string().optional() })) }),
);

/** Of the interface that the first socket to it goes out of. */
function mtuTowards(look: Look, address: string): number | undefined {
  const local = linesTo(look, address)[0]?.trim().split(/\s+/)[3]?.replace(/:\d+$/, '').replace(/[[\]]/g, '');
  const found = readJson(look, 'ip addr', addresses);
  return found?.find(({ addr_info }) => addr_info.some((each) => each.local === local))?.mtu;
}
