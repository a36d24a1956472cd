import * as z from 'zod';
import { duration, wholeNumber } from '../../profile/settings.ts';
import { nvmePort } from '../names.ts';
import { defineProvider, type Site } from '../provider.ts';
import { connect, nvmeNeeds, raiseNamespace, raiseTarget } from './nvmet-target.ts';

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

/** NVMe/TCP to a target in a namespace of its own, across a veth pair that can be shaped. */
export const nvmeTcpNetns = defineProvider({
  layer: 'network',
  name: 'nvme-tcp-netns',
  roles: ['deployed'],
  about: 'NVMe/TCP to a target in a network namespace over veth, shaped by netem',
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
      const { host: hostAddress, target: targetAddress } = site.names.addresses;
      const netem = netemArguments(shape);
      // Before the link: it can be unloaded only after the link, and the qdiscs on it, are gone.
      if (netem) await site.host.apply({ kind: 'module', name: 'sch_netem', why: 'network delay, loss and rate' });
      const netns = await raiseNamespace(site, 'net');
      await raiseVeth(site, netns, { hostAddress, targetAddress });
      await shapeVeth(site, netns, netem ?? []);
      await raiseTarget(site, { part: 'net', index: 0, netns, address: targetAddress });
      const nqn = site.names.nqn('net');
      return connect(site, { address: targetAddress, port: nvmePort, nqn, label: 'veth', queues, queueSize });
    },
  }),
});

async function raiseVeth(
  site: Site,
  netns: string,
  addresses: { hostAddress: string; targetAddress: string },
): Promise<void> {
  const { host, names } = site;
  const [near, far] = [names.link('h'), names.link('t')];
  await host.apply({ kind: 'module', name: 'veth', why: 'the pair of network interfaces' });
  await host.apply({
    kind: 'exec',
    argv: ['ip', 'link', 'add', near, 'type', 'veth', 'peer', 'name', far, 'netns', netns],
    undo: ['ip', 'link', 'del', near],
    witness: { path: `/sys/class/net/${near}` },
    why: 'the network between initiator and target',
  });
  const onParent = async (argv: readonly string[], why: string): Promise<void> => {
    await host.apply({ kind: 'exec', argv, witness: { parent: near }, why });
  };
  await onParent(['ip', 'addr', 'add', `${addresses.hostAddress}/30`, 'dev', near], 'its address on the host');
  await onParent(['ip', 'link', 'set', near, 'up'], 'the host end');
  await onParent(
    ['ip', '-n', netns, 'addr', 'add', `${addresses.targetAddress}/30`, 'dev', far],
    'its address at the target',
  );
  await onParent(['ip', '-n', netns, 'link', 'set', far, 'up'], 'the target end');
}

async function shapeVeth(site: Site, netns: string, netem: readonly string[]): Promise<void> {
  if (netem.length === 0) return;
  const [near, far] = [site.names.link('h'), site.names.link('t')];
  for (const where of [['tc'], ['tc', '-n', netns]]) {
    const device = where.length === 1 ? near : far;
    await site.host.apply({
      kind: 'exec',
      argv: [...where, 'qdisc', 'add', 'dev', device, 'root', 'netem', ...netem],
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
