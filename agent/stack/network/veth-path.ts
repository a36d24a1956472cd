// The path between two network namespaces of our own: a pair of veth, which netem can shape. The host's own namespace has
// neither end: whoever is there, or behind it, finds no way to the target.

import * as z from 'zod';
import type { Mark } from '../../host/facts/traces.ts';
import type { Need } from '../../host/needs/needs.ts';
import { duration, wholeNumber } from '../../profile/settings.ts';
import { pathAddresses } from '../names.ts';
import type { Site } from '../provider.ts';

// Packets, not bytes: netem's own default of 1000 would drop under load and look like loss (tc-netem(8)).
const netemLimitPackets = 100_000;

export interface Shape {
  readonly delay: number;
  readonly jitter: number;
  readonly loss: number;
  readonly rateMbit?: number | undefined;
  /** Bytes of each end; left out: what the kernel gives a veth, 1500. */
  readonly mtu?: number | undefined;
}

/** Settings of every provider over such a path; `isShape` is to be asked of them. */
export const shapeSettings = {
  delay: duration({ max: 10_000_000_000 }).default(0).describe('added to the round trip, half on each way'),
  jitter: duration({ max: 10_000_000_000 }).default(0).describe('varies the delay by up to this; at most the delay'),
  loss: z.number().min(0).max(50).default(0).describe('packets lost on each way, per cent'),
  rateMbit: z.number().positive().max(1_000_000).optional().meta({
    description: 'rate of each way, Mbit a second',
    values: 'above 0, at most 1000000',
  }),
  // The most that veth takes is ETH_MAX_MTU (veth_setup, drivers/net/veth.c); below 576 no host need take a datagram (RFC 791).
  mtu: wholeNumber(576, 65_535).optional().describe('MTU of both ends, bytes; without it, 1500'),
};

/** For zod's `refine`. */
export const isShape = [
  (s: Pick<Shape, 'delay' | 'jitter'>): boolean => s.jitter <= s.delay,
  { path: ['jitter'], error: 'expected a jitter no larger than the delay' },
] satisfies readonly [unknown, { path: PropertyKey[]; error: string }];

export const namespaceNeeds: readonly Need[] = [
  { kind: 'tool', name: 'ip', debianPackage: 'iproute2' },
  { kind: 'tool', name: 'nsenter', debianPackage: 'util-linux' },
];

export const namespaceMarks: readonly Mark[] = [{ folder: '/run/netns', name: /^layerlift-/ }];

export const vethMarks: readonly Mark[] = [{ folder: '/sys/class/net', name: /^ll[0-9a-f]{6}[ht]$/ }];

export function vethNeeds(shape: Shape): readonly Need[] {
  return [
    { kind: 'tool', name: 'tc', debianPackage: 'iproute2' },
    { kind: 'module', name: 'veth', forWhat: 'the pair of network interfaces' },
    ...(netemArguments(shape)
      ? [{ kind: 'module', name: 'sch_netem', forWhat: 'network delay, loss and rate' } as const]
      : []),
  ];
}

/** The namespace of each end. */
export interface Ends {
  readonly initiator: string;
  readonly target: string;
}

/** A namespace with its loopback up. `why`: whose network it is. */
export async function raiseNamespace(site: Site, part: string, why: string): Promise<string> {
  const name = site.names.object(part);
  await site.host.apply({ kind: 'netns', name, why });
  await site.host.apply({
    kind: 'exec',
    argv: ['ip', '-n', name, 'link', 'set', 'lo', 'up'],
    witness: { parent: name },
    why: 'its loopback',
  });
  return name;
}

export async function raisePath(site: Site, shape: Shape): Promise<Ends> {
  const netem = netemArguments(shape);
  // Before the link: it can be unloaded only after the link, and the qdiscs on it, are gone.
  if (netem) await site.host.apply({ kind: 'module', name: 'sch_netem', why: 'network delay, loss and rate' });
  const ends: Ends = {
    initiator: await raiseNamespace(site, 'ini', "the initiator's own network"),
    target: await raiseNamespace(site, 'net', "the target's own network"),
  };
  await raiseVeth(site, ends, shape.mtu);
  await shapeVeth(site, ends, netem ?? []);
  return ends;
}

async function raiseVeth(site: Site, ends: Ends, mtu: number | undefined): Promise<void> {
  const { host, names } = site;
  const [near, far] = [names.link('h'), names.link('t')];
  await host.apply({ kind: 'module', name: 'veth', why: 'the pair of network interfaces' });
  await host.apply({
    kind: 'exec',
    argv: ['ip', '-n', ends.initiator, 'link', 'add', near, 'type', 'veth', 'peer', 'name', far, 'netns', ends.target],
    // It goes with either namespace.
    witness: { parent: ends.initiator },
    why: 'the network between initiator and target',
  });
  for (const end of ['initiator', 'target'] as const) {
    const device = end === 'initiator' ? near : far;
    for (const [argv, why] of [
      [['addr', 'add', `${pathAddresses[end]}/30`, 'dev', device], `the address of the ${end}`],
      // Before it is up, so that no connection has begun with another.
      ...(mtu === undefined
        ? []
        : [[['link', 'set', device, 'mtu', `${mtu}`], `the largest packet of the ${end}`] as const]),
      [['link', 'set', device, 'up'], `the end of the ${end}`],
    ] as const)
      await host.apply({ kind: 'exec', argv: ['ip', '-n', ends[end], ...argv], witness: { parent: near }, why });
  }
}

async function shapeVeth(site: Site, ends: Ends, netem: readonly string[]): Promise<void> {
  if (netem.length === 0) return;
  const [near, far] = [site.names.link('h'), site.names.link('t')];
  for (const [netns, device] of [
    [ends.initiator, near],
    [ends.target, far],
  ] as const) {
    await site.host.apply({
      kind: 'exec',
      argv: ['tc', '-n', netns, 'qdisc', 'add', 'dev', device, 'root', 'netem', ...netem],
      witness: { parent: near },
      why: 'shape one way of the path',
    });
  }
}

/** The shaping of one direction; undefined where there is none. */
export function netemArguments({ delay, jitter, loss, rateMbit }: Shape): readonly string[] | undefined {
  const halfUs = (ns: number): string => `${Math.round(ns / 2_000)}us`;
  const out = [
    ...(delay > 0 ? ['delay', halfUs(delay), ...(jitter > 0 ? [halfUs(jitter)] : [])] : []),
    ...(loss > 0 ? ['loss', `${loss}%`] : []),
    ...(rateMbit === undefined ? [] : ['rate', `${rateMbit}mbit`]),
  ];
  return out.length > 0 ? [...out, 'limit', `${netemLimitPackets}`] : undefined;
}
