// What `observe` has seen of Xen's block devices, as rows and as a sentence on which of them look capped (pure).

import { type Vbd, vbdLimit } from '../knobs/xen.ts';
import { renderDuration } from '../lib/units.ts';
import { plain } from './plain.ts';
import { renderTable } from './table.ts';

/** A vbd over a while. What its host does not count is undefined. */
export interface ObservedVbd {
  readonly vbd: Pick<Vbd, 'name' | 'order' | 'rings' | 'offered' | 'protocol'>;
  /** The device that its backend has opened. */
  readonly device: string | undefined;
  /** I/Os a second that came through its ring. */
  readonly iosPerSecond: number | undefined;
  /** How often a second its backend had no request left (oo_req). */
  readonly outOfRequestsPerSecond: number | undefined;
  /** Mean over the while, at the device beneath. */
  readonly inFlight: number | undefined;
  readonly latencyNs: number | undefined;
}

/** From this share of its limit on, a ring counts as full: a mean never reaches the limit itself. */
const fullShare = 0.85;
/** So few may come from a burst. */
const fewOut = 1;

export function looksCapped({ vbd, inFlight, outOfRequestsPerSecond }: ObservedVbd): boolean {
  return (inFlight ?? 0) >= fullShare * vbdLimit(vbd) || (outOfRequestsPerSecond ?? 0) > fewOut;
}

/** What a tired operator can act on. */
export function sentenceOf(seen: readonly ObservedVbd[]): string {
  if (seen.length === 0) return 'no vbd is connected on this host: there is no ring to observe';
  const capped = seen.filter(looksCapped);
  if (capped.length === 0) {
    return `no ring looks capped: ${seen.length === 1 ? 'the vbd has' : `all ${seen.length} vbds have`} room in flight`;
  }
  return capped.map(capOf).join('\n');
}

function capOf({ vbd, inFlight, outOfRequestsPerSecond: out }: ObservedVbd): string {
  const evidence = [
    ...(inFlight === undefined ? [] : [`${inFlight.toFixed(1)} in flight on average`]),
    ...(out !== undefined && out > fewOut ? [`out of requests ${out.toFixed(0)} times a second`] : []),
  ];
  const { order, rings, offered, name } = vbd;
  const wider =
    order < offered.order
      ? `a guest with xen_blkfront.max_ring_page_order=${offered.order} would get ${vbdLimit({ order: offered.order, rings })}`
      : rings < offered.rings
        ? `a guest with ${offered.rings} CPUs and xen_blkfront.max_queues=${offered.rings} would get ${vbdLimit({ order, rings: offered.rings })}`
        : 'the backend offers no more: xen_blkback max_ring_page_order, max_queues';
  return `${plain(name)} looks capped by its ring: ${evidence.join(', ')}, of at most ${vbdLimit(vbd)}; ${wider}`;
}

export function observedText(seen: readonly ObservedVbd[], seconds: number): string {
  const number = (value: number | undefined, digits = 0): string => (value === undefined ? '-' : value.toFixed(digits));
  const rows = seen.map((one) => [
    `  ${plain(one.vbd.name)}`,
    plain(one.device ?? '-'),
    `${one.vbd.rings} x ${vbdLimit({ ...one.vbd, rings: 1 })}`,
    `${vbdLimit(one.vbd)}`,
    number(one.iosPerSecond),
    number(one.outOfRequestsPerSecond),
    number(one.inFlight, 1),
    one.latencyNs === undefined ? '-' : renderDuration(one.latencyNs),
    looksCapped(one) ? 'full' : 'room',
  ]);
  const head = ['  vbd', 'device', 'rings', 'limit', 'I/O a second', 'oo_req', 'in flight', 'latency', 'ring'];
  const table = rows.length > 0 ? [...renderTable(head, rows, [2, 3, 4, 5, 6, 7]), ''] : [];
  const notes =
    rows.length > 0
      ? [
          `over ${seconds.toFixed(0)} s; oo_req: times a second that the backend had no request left;`,
          'in flight and latency: at the device beneath the ring',
        ]
      : [];
  return `${[sentenceOf(seen), '', ...table, ...notes].join('\n').trimEnd()}\n`;
}
