// Prints Xen's block devices that `observe` saw: a row each, and a sentence on which of them look capped (pure).

import { type OtherBackend, type Vbd, vbdLimit } from '../knobs/xen.ts';
import { renderDuration } from '../lib/units.ts';
import { plain } from './formats/plain.ts';
import { renderTable } from './formats/table.ts';

/** A vbd over a while. What its host does not count is undefined. */
export interface ObservedVbd {
  readonly vbd: Pick<Vbd, 'name' | 'order' | 'rings' | 'offered' | 'protocol'>;
  /** The device that its backend has opened. */
  readonly device: string | undefined;
  /** Connected vbds on that device, this one among them. */
  readonly sharing: number;
  /** I/Os a second that came through its ring. */
  readonly iosPerSecond: number | undefined;
  /** How often a second its backend had no request left (oo_req). */
  readonly outOfRequestsPerSecond: number | undefined;
  /** Mean over the while, at the device beneath. */
  readonly inFlight: number | undefined;
  readonly latencyNs: number | undefined;
}

/** All that `observe` saw on a host. */
export interface SeenRings {
  /** Connected all the while. */
  readonly vbds: readonly ObservedVbd[];
  /** With the state of their backend in xenstore. */
  readonly unconnected: readonly Pick<Vbd, 'name' | 'state'>[];
  readonly otherBackends: readonly OtherBackend[];
}

/** From this share of its limit on, a ring counts as full: a mean never reaches the limit itself. */
const fullShare = 0.85;
/** So few may come from a burst. */
const fewOut = 1;

/** `maybe`: by one of its rings, or because others are in flight at the same device; `unknown`: nothing that tells is counted. */
export type Room = 'full' | 'maybe' | 'room' | 'unknown';

export function roomOf({ vbd, inFlight, outOfRequestsPerSecond, sharing }: ObservedVbd): Room {
  if ((outOfRequestsPerSecond ?? 0) > fewOut) return 'full';
  // A ring may be full without its backend ever running out: that alone tells of no room.
  if (inFlight === undefined) return 'unknown';
  if (inFlight >= fullShare * vbdLimit(vbd)) return sharing > 1 ? 'maybe' : 'full';
  // A load on one CPU has one ring, however many there are.
  return inFlight >= fullShare * vbdLimit({ ...vbd, rings: 1 }) ? 'maybe' : 'room';
}

/** One sentence that an operator can act on. */
export function sentenceOf({ vbds, unconnected, otherBackends }: SeenRings): string {
  const having = (room: Room): readonly ObservedVbd[] => vbds.filter((one) => roomOf(one) === room);
  const [full, maybe, unknown] = [having('full'), having('maybe'), having('unknown')];
  return [
    ...full.map(capOf),
    ...maybe.map(perhapsOf),
    ...(full.length + maybe.length + unknown.length === 0 ? roomSentence(vbds.length, otherBackends) : []),
    ...(unknown.length > 0
      ? [`cannot tell of ${namesOf(unknown.map(({ vbd }) => vbd.name))}: nothing counts what is in flight beneath`]
      : []),
    ...(unconnected.length > 0
      ? [`not connected: ${namesOf(unconnected.map(({ name, state }) => `${name} (state ${state ?? 'none'})`))}`]
      : []),
    ...otherBackends.map(
      ({ name, disks }) =>
        `${disks} ${disks === 1 ? 'disk is' : 'disks are'} served by ${plain(name)}, which is not counted here`,
    ),
  ].join('\n');
}

function roomSentence(vbds: number, otherBackends: SeenRings['otherBackends']): readonly string[] {
  if (vbds > 0) return [`no ring looks capped: ${vbds === 1 ? 'the vbd has' : `all ${vbds} vbds have`} room in flight`];
  return otherBackends.length > 0 ? [] : ['no vbd is connected on this host: there is no ring to observe'];
}

/** Enough to find them by. */
const mostNames = 10;

function namesOf(names: readonly string[]): string {
  const more = names.length - mostNames;
  return `${names.slice(0, mostNames).map(plain).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function capOf(one: ObservedVbd): string {
  const { vbd, outOfRequestsPerSecond: out } = one;
  const evidence = [
    ...inFlightOf(one),
    ...(out !== undefined && out > fewOut ? [`out of requests ${out.toFixed(0)} times a second`] : []),
  ];
  return `${plain(vbd.name)} looks capped by its ring: ${evidence.join(', ')}, of at most ${vbdLimit(vbd)}; ${widerOf(vbd)}`;
}

function perhapsOf(one: ObservedVbd): string {
  const { vbd, inFlight = 0 } = one;
  const [seen = ''] = inFlightOf(one);
  // Where all rings together may be full, others in flight at the device are the reason for the doubt.
  if (inFlight >= fullShare * vbdLimit(vbd))
    return `${plain(vbd.name)} may be capped by its ring, if most of it is its own: ${seen}, of at most ${vbdLimit(vbd)}; ${widerOf(vbd)}`;
  const each = vbdLimit({ ...vbd, rings: 1 });
  return `${plain(vbd.name)} may be capped by one of its ${vbd.rings} rings, if its load comes from one CPU: ${seen}, of at most ${each} in each ring; ${widerOf(vbd)}`;
}

function inFlightOf({ inFlight, sharing }: ObservedVbd): readonly string[] {
  if (inFlight === undefined) return [];
  const whose = sharing > 1 ? `, on a device that ${sharing} vbds share` : '';
  return [`${inFlight.toFixed(1)} in flight on average${whose}`];
}

function widerOf({ order, rings, offered }: ObservedVbd['vbd']): string {
  if (order < offered.order) {
    const wider = vbdLimit({ order: offered.order, rings });
    return `a guest with xen_blkfront.max_ring_page_order=${offered.order} would get ${wider}`;
  }
  if (rings < offered.rings) {
    const wider = vbdLimit({ order, rings: offered.rings });
    return `a guest with ${offered.rings} CPUs and xen_blkfront.max_queues=${offered.rings} would get ${wider}`;
  }
  return 'the backend offers no more: xen_blkback max_ring_page_order, max_queues';
}

const roomWords: Readonly<Record<Room, string>> = { full: 'full', maybe: 'maybe', room: 'room', unknown: '-' };

/** A row each; empty without vbds. */
export function ringsTable(seen: SeenRings, seconds: number): readonly string[] {
  const number = (value: number | undefined, digits = 0): string => (value === undefined ? '-' : value.toFixed(digits));
  const rows = seen.vbds.map((one) => [
    `  ${plain(one.vbd.name)}`,
    plain(one.device ?? '-'),
    `${one.vbd.rings} x ${vbdLimit({ ...one.vbd, rings: 1 })}`,
    `${vbdLimit(one.vbd)}`,
    number(one.iosPerSecond),
    number(one.outOfRequestsPerSecond),
    number(one.inFlight, 1),
    one.latencyNs === undefined ? '-' : renderDuration(one.latencyNs),
    roomWords[roomOf(one)],
  ]);
  const head = ['  vbd', 'device', 'rings', 'limit', 'I/O a second', 'oo_req', 'in flight', 'latency', 'ring'];
  if (rows.length === 0) return [];
  return [
    ...renderTable(head, rows, [2, 3, 4, 5, 6, 7]),
    '',
    `over ${seconds.toFixed(0)} s; oo_req: times a second that the backend had no request left;`,
    'in flight and latency: at the device beneath the ring',
  ];
}
