// The way to each far end: its interface, the queue of packets on it (tc(8)), and the sockets (ss(8)).

import * as z from 'zod';
import { median } from '../../lib/numbers.ts';
import type { ObservedPath } from '../document.ts';
import type { Look } from '../series.ts';
import type { Watch, WatchedAddress } from '../watch.ts';

export function pathsBetween(looks: readonly Look[], watch: Watch): readonly ObservedPath[] {
  const [from, to] = [looks[0], looks.at(-1)];
  if (!from || !to || to.atMs <= from.atMs) return [];
  return watch.addresses.map((address) => pathOf(looks, { from, to, address, watch }));
}

interface Span {
  readonly from: Look;
  readonly to: Look;
  readonly address: WatchedAddress;
  readonly watch: Watch;
}

function pathOf(looks: readonly Look[], { from, to, address: { address, devices }, watch }: Span): ObservedPath {
  const name = /\bdev (\S+)/.exec(to.texts.get(`route ${address}`) ?? '')?.[1];
  const seconds = (to.atMs - from.atMs) / 1000;
  const rate = (at: number): number | null => {
    const [a, b] = [from, to].map((look) => interfaceBytes(look, name)?.[at]);
    return a === undefined || b === undefined ? null : Math.max(0, b - a) / seconds;
  };
  const megabits = watch.speeds.get(name ?? '');
  const [queueBefore, queueNow] = [from, to].map((look) => queueOn(look, name));
  const grown = (pick: (queue: PacketQueue) => number): number =>
    queueBefore && queueNow ? Math.max(0, pick(queueNow) - pick(queueBefore)) / seconds : 0;
  return {
    ...{ address, interface: name ?? null, devices: [...devices] },
    ...{ sentPerSecond: rate(8), receivedPerSecond: rate(0) },
    interfacePerSecond: megabits === undefined ? null : megabits * 125_000,
    shaper:
      queueNow?.perSecond === undefined
        ? null
        : { kind: queueNow.kind, perSecond: queueNow.perSecond, sentPerSecond: grown(({ bytes }) => bytes) },
    droppedPerSecond: queueNow ? grown(({ drops }) => drops) : null,
    ...socketsBetween(looks, address),
  };
}

/** Fields of a line of /proc/net/dev: received bytes first, sent ones ninth. */
function interfaceBytes(look: Look, name: string | undefined): readonly number[] | undefined {
  const lines = (look.texts.get('/proc/net/dev') ?? '').split('\n').map((line) => line.trim());
  const own = lines.find((line) => name !== undefined && line.startsWith(`${name}:`));
  return own === undefined || name === undefined
    ? undefined
    : own
        .slice(name.length + 1)
        .trim()
        .split(/\s+/)
        .map(Number);
}

const rated = z.union([z.number(), z.object({ rate: z.number() })]).optional();
const qdiscs = z.array(
  z.looseObject({
    kind: z.string(),
    root: z.boolean().optional(),
    bytes: z.number().default(0),
    drops: z.number().default(0),
    options: z.looseObject({ rate: rated.catch(undefined) }).optional(),
  }),
);

interface PacketQueue {
  readonly kind: string;
  readonly bytes: number;
  readonly drops: number;
  /** Bytes; tc prints rates in JSON so. */
  readonly perSecond: number | undefined;
}

/** The slowest of those on the interface that have a rate; else its root. */
function queueOn(look: Look, name: string | undefined): PacketQueue | undefined {
  const text = look.texts.get(`tc ${name ?? ''}`);
  if (text === undefined) return undefined;
  let parsed: z.output<typeof qdiscs>;
  try {
    parsed = qdiscs.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
  const queues = parsed.map(({ kind, bytes, drops, root, options }) => {
    const rate = typeof options?.rate === 'object' ? options.rate.rate : options?.rate;
    return { kind, bytes, drops, root, perSecond: rate !== undefined && rate > 0 ? rate : undefined };
  });
  const slowest = queues
    .filter(({ perSecond }) => perSecond !== undefined)
    .sort((a, b) => (a.perSecond ?? 0) - (b.perSecond ?? 0));
  return slowest[0] ?? queues.find(({ root }) => root === true);
}

type Sockets = Pick<ObservedPath, 'sockets' | 'resentShare' | 'rttNs' | 'leastRttNs' | 'windowShare'>;

interface Socket {
  readonly key: string;
  readonly line: string;
}

function socketsIn(look: Look, address: string): readonly Socket[] {
  const bare = address.replace(/[[\]]/g, '');
  return (look.texts.get('ss') ?? '').split('\n').flatMap((line) => {
    const [, , , local = '', peer = ''] = line.trim().split(/\s+/);
    return peer.replace(/[[\]]/g, '') === bare ? [{ key: `${local} ${peer}`, line }] : [];
  });
}

function numberIn(line: string, pattern: RegExp): number | undefined {
  const text = pattern.exec(line)?.[1];
  return text === undefined ? undefined : Number(text);
}

/** Longer idle, a socket's round trip is of long ago. */
const staleMs = 1000;

function socketsBetween(looks: readonly Look[], address: string): Sockets {
  const [from, to] = [looks[0], looks.at(-1)].map((look) => (look ? socketsIn(look, address) : []));
  const now = to ?? [];
  const grown = (pattern: RegExp): number =>
    now.reduce((sum, { key, line }) => {
      const before = from?.find((socket) => socket.key === key);
      const [a, b] = [before === undefined ? 0 : (numberIn(before.line, pattern) ?? 0), numberIn(line, pattern) ?? 0];
      return sum + Math.max(0, b - a);
    }, 0);
  const segments = grown(/\bsegs_out:(\d+)/);
  const busyMs = grown(/\bbusy:(\d+)ms/);
  const all = looks.flatMap((look) => socketsIn(look, address));
  const busy = all.filter(({ line }) => (numberIn(line, /\blastsnd:(\d+)/) ?? 0) < staleMs);
  const rtts = busy.flatMap(({ line }) => numberIn(line, /\brtt:([\d.]+)\//) ?? []);
  const least = all.flatMap(({ line }) => numberIn(line, /\bminrtt:([\d.]+)/) ?? []);
  return {
    sockets: now.length,
    resentShare: segments > 0 ? grown(/\bretrans:\d+\/(\d+)/) / segments : null,
    rttNs: rtts.length > 0 ? median(rtts) * 1e6 : null,
    leastRttNs: least.length > 0 ? Math.min(...least) * 1e6 : null,
    windowShare: busyMs > 0 ? Math.min(1, grown(/\brwnd_limited:(\d+)ms/) / busyMs) : null,
  };
}
