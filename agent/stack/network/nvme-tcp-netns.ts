import * as z from 'zod';
import { duration, wholeNumber } from '../../profile/settings.ts';
import { nvmePort, pathAddresses } from '../names.ts';
import { defineProvider, type Site } from '../provider.ts';
import { connect, nvmeNeeds, raiseNamespace, raiseTarget, nvmetMarks } from './nvmet-target.ts';

const queueSettings = {
  queues: wholeNumber(1, 128).default(1).describe('I/O queues of the initiator'),
  queueSize: wholeNumber(16, 1024).default(128).describe('entries of each queue'),
};

// Packets, not bytes: netem's own default of 1000 would drop under load and look like loss (tc-netem(8)).
const netemLimitPackets = 100_000;

interface Shape {
  readonly delay: number;
  readonly jitter: number;
  readonly loss: number;
  readonly rateMbit?: number | undefined;
}

/** NVMe/TCP between two namespaces of our own, across a veth pair that can be shaped. */
export const nvmeTcpNetns = defineProvider({
  layer: 'network',
  name: 'nvme-tcp-netns',
  roles: ['deployed'],
  about: 'NVMe/TCP to a target in a network namespace over veth, shaped by netem',
  marks: [...nvmetMarks, { folder: '/sys/class/net', name: /^ll[0-9a-f]{6}[ht]$/ }],
  settings: z
    .strictObject({
      delay: duration({ max: 10_000_000_000 }).default(0).describe('added to the round trip, half on each way'),
      jitter: duration({ max: 10_000_000_000 })
        .default(0)
        .describe('varies the delay by up to this; at most the delay'),
      loss: z.number().min(0).max(50).default(0).describe('packets lost on each way, per cent'),
      rateMbit: z.number().positive().max(1_000_000).optional().meta({
        description: 'rate of each way, Mbit a second',
        values: 'above 0, at most 1000000',
      }),
      ...queueSettings,
    })
    .refine((s) => s.jitter <= s.delay, { path: ['jitter'], error: 'expected a jitter no larger than the delay' }),
  configure: ({ queues, queueSize, ...shape }) => ({
    needs: [
      ...nvmeNeeds,
      { kind: 'tool', name: 'tc', debianPackage: 'iproute2' },
      { kind: 'module', name: 'veth', forWhat: 'the pair of network interfaces' },
      ...(netemArguments(shape)
        ? [{ kind: 'module', name: 'sch_netem', forWhat: 'network delay, loss and rate' } as const]
        : []),
    ],
    lanes: 'one',
    raise: async (site) => {
      const netem = netemArguments(shape);
      // Before the link: it can be unloaded only after the link, and the qdiscs on it, are gone.
      if (netem) await site.host.apply({ kind: 'module', name: 'sch_netem', why: 'network delay, loss and rate' });
      const ends: Ends = {
        initiator: await raiseNamespace(site, 'ini', "the initiator's own network"),
        target: await raiseNamespace(site, 'net', "the target's own network"),
      };
      await raiseVeth(site, ends);
      await shapeVeth(site, ends, netem ?? []);
      const address = pathAddresses.target;
      await raiseTarget(site, { part: 'net', index: 0, netns: ends.target, address });
      const [nqn, netns] = [site.names.nqn('net'), ends.initiator];
      return connect(site, { part: 'net', address, port: nvmePort, nqn, netns, label: 'veth', queues, queueSize });
    },
  }),
});

/** The namespace of each end. The host's own has neither: whoever is there, or behind it, finds no way to the target. */
interface Ends {
  readonly initiator: string;
  readonly target: string;
}

async function raiseVeth(site: Site, ends: Ends): Promise<void> {
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

/** What one direction gets; undefined when nothing is shaped. */
export function netemArguments({ delay, jitter, loss, rateMbit }: Shape): readonly string[] | undefined {
  const halfUs = (ns: number): string => `${Math.round(ns / 2_000)}us`;
  const out = [
    ...(delay > 0 ? ['delay', halfUs(delay), ...(jitter > 0 ? [halfUs(jitter)] : [])] : []),
    ...(loss > 0 ? ['loss', `${loss}%`] : []),
    ...(rateMbit === undefined ? [] : ['rate', `${rateMbit}mbit`]),
  ];
  return out.length > 0 ? [...out, 'limit', `${netemLimitPackets}`] : undefined;
}
