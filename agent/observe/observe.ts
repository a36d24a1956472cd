// From readings of a host to what is full or slow there. Pure.

import type { Missing } from '../discover/snapshot.ts';
import { throttlesBetween } from './decode/cgroups.ts';
import { ratesBetween } from './decode/disks.ts';
import { cpuBetween, pressureBetween } from './decode/host.ts';
import { pathsBetween } from './decode/network.ts';
import { threadsBetween } from './decode/threads.ts';
import type { Full, Observed } from './document.ts';
import { devicesBetween, fewestLooks } from './judge/devices.ts';
import { fullOf } from './judge/full.ts';
import type { Series } from './series.ts';
import { sayingsOf } from './show/sentences.ts';
import type { Watch } from './watch.ts';

export interface XenPart {
  readonly seen: Observed['xen'];
  /** Names of the vbds whose rings are full. */
  readonly full: readonly string[];
  /** What is said of them. */
  readonly says: readonly string[];
}

/** Throws nothing: what is damaged or missing is left out and said. */
export function observedOf(series: Series, watch: Watch, xen?: XenPart): Observed {
  const { looks, ticks, cost } = series;
  const [from, to] = [looks[0], looks.at(-1)];
  const ms = from && to ? to.atMs - from.atMs : 0;
  const seen = {
    devices: [...devicesBetween(series, watch)],
    threads: [...threadsBetween(looks, watch)],
    throttles: [...throttlesBetween(looks, watch)],
    paths: [...pathsBetween(looks, watch)],
    cpu: cpuBetween(looks),
  };
  const full: readonly Full[] = [
    ...(xen?.full ?? []).map((vbd) => ({ kind: 'xen-ring', vbd }) as const),
    ...fullOf(seen, series, watch),
  ];
  const { host, missing } = watch.found;
  const counted = from && to ? ratesBetween(from, to, watch.counted).size : 0;
  const doc: Omit<Observed, 'says'> = {
    version: 2,
    kind: 'layerlift-observed',
    ...{ host, seconds: ms / 1000, full: [...full], counted, ...seen },
    ...{ pressure: pressureBetween(looks, watch), xen: xen?.seen ?? null },
    cost: { cpuPercent: ms > 0 ? (100 * cost.cpuMs) / ms : 0, ...cost, looks: ticks.length },
    missing: [...missing, ...series.missing, ...unseen(series, watch)],
  };
  return { ...doc, says: sayingsOf(doc, xen?.says ?? []).join('\n') };
}

/** What a user might take for seen, and is not. */
function unseen({ looks, ticks }: Series, watch: Watch): readonly Missing[] {
  const last = looks.at(-1);
  const some = (pattern: RegExp): boolean => [...(last?.texts.keys() ?? [])].some((key) => pattern.test(key));
  return [
    ...(watch.gauged.length > 0 && ticks.length < fewestLooks
      ? [{ what: 'how often limits were reached', why: `only ${ticks.length} looks at what is in flight: look longer` }]
      : []),
    ...(some(/^\/proc\/2\/task/) ? [] : [{ what: 'threads of the kernel', why: 'this kernel does not list them' }]),
    ...(watch.addresses.length > 0 && !some(/^ss$/)
      ? [
          {
            what: 'sockets: round trips and segments sent again',
            why: 'ss is not there, or would load the module tcp_diag: --with-tools',
          },
        ]
      : []),
    ...watch.devices
      .filter(({ countedAt, users, device }) => countedAt === undefined && users.length > 0 && device.kind !== 'file')
      .filter(({ device }) => !/target$|server$|pool$|peer$/.test(device.kind))
      .map(({ device }) => ({ what: `I/O of ${device.name}`, why: 'nothing on this host counts it' })),
  ];
}
