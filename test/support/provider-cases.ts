// Every provider in every role that it has, from the registry itself: a profile for each pair of forms that shows them.

import { stringify } from 'yaml';
import { type Layer, layers, type Role } from '../../agent/lib/layer.ts';
import type { Provider } from '../../agent/stack/provider.ts';
import { defaultStub, providersFor } from '../../agent/stack/registry.ts';

/** A stock kernel, one with VDUSE, domain 0 of Xen. */
export type Machine = 'stock' | 'vduse' | 'xen';

export interface ProviderCase {
  readonly name: string;
  readonly machine: Machine;
  /** Each provider with its defaults, or what stands for them; the rest are other settings and tables of these. */
  readonly isUsual: boolean;
  readonly shows: readonly { readonly role: Role; readonly provider: string }[];
  /** The layer that is switched. */
  readonly layer: Layer;
  readonly guests: number;
  readonly load: LoadKind;
  /** The text of a profile. */
  readonly profile: string;
}

/**
 * `kept`: what is written as deployed is there only so; it is verified before and after the switches, which are under reads.
 * `writes`: guests write and verify throughout. `filled`: each form has its own data, which guests read and verify throughout.
 * `deployed`: so much as deployed; the stub keeps none, and is only read. `reads`: neither form keeps any.
 */
export type LoadKind = 'kept' | 'writes' | 'filled' | 'deployed' | 'reads';

/**
 * Settings by which I/O takes another way than with the defaults: a case each. `past: false`: what the form shows is not what
 * lies beneath it, so that there is no way past it, and what is beneath it is switched. `load`: where what is written stays above
 * the lanes for longer than anybody looks, it is only read.
 */
const ways: Readonly<Record<string, readonly Omit<Form, 'provider'>[]>> = {
  vduse: [
    {
      settings: {
        queues: 2,
        iothreads: 1,
        cpuMax: 'max 100000',
        aio: 'threads',
        poolThreads: 8,
        cache: 'directsync',
        discard: 'unmap',
      },
    },
    { settings: { format: 'qcow2', clusterSize: '4KiB', aio: 'io_uring', throttle: { iops: 2000, bps: '64MiB' } } },
    { settings: { format: 'qcow2', iothreads: 1, cache: 'writethrough' }, past: false },
    { settings: { cache: 'unsafe', aio: 'io_uring', iothreads: 1 }, load: 'reads' },
  ],
  loop: [{ settings: { directIo: false, depth: 16 }, load: 'reads' }],
  md: [
    { settings: { level: 'raid0', chunk: '64KiB' } },
    { settings: { level: 'raid5', stripeCache: '2MiB', bitmapRegion: '1MiB' } },
    { settings: { level: 'raid6', prepare: 'degrade' } },
    { settings: { level: 'raid10', legs: 4, bitmapRegion: '1MiB' } },
  ],
  multipath: [{ settings: { paths: 3, selector: 'round-robin', grouping: 'failover', delays: ['0ms', '5ms'] } }],
};

const machines: Readonly<Record<string, Machine>> = { vduse: 'vduse', 'xen-vbd': 'xen', 'xen-domu': 'xen' };

/** How the lab boots each. */
export const bootOf: Readonly<Record<Machine, { readonly kernel?: '6.12'; readonly xen?: true }>> = {
  ...{ stock: {}, vduse: { kernel: '6.12' }, xen: { xen: true } },
};

/** The machine on which all of these providers can be raised. */
export function machineFor(names: readonly string[]): Machine {
  return names.map((name) => machines[name]).find((machine) => machine !== undefined) ?? 'stock';
}

/** What the lab has for providers that stand on something of others: a disk and a target. */
export const scratch = { disk: '/dev/vda', mebibytes: 16, port: 4422, nqn: 'nqn.2014-08.org.example:disk' } as const;
const size = `${scratch.mebibytes}MiB`;
const ofTheLab: Readonly<Record<string, object>> = {
  device: { device: scratch.disk },
  remote: { device: scratch.disk },
  'nvme-tcp-remote': { address: '127.0.0.1', port: scratch.port, nqn: scratch.nqn, size },
};

interface Form {
  readonly provider: string;
  readonly settings: object;
  readonly past?: false;
  readonly load?: LoadKind;
  readonly isUsual?: false;
}

/** Each deployed form with its default stub, and each other stub with the first deployed form: as few as show all. */
export function providerCases(): readonly ProviderCase[] {
  const tables = Object.entries(printedTables).map(([what, settings]) => ({
    ...caseOf('blockstack', [{ provider: 'dm', settings }, formOf(providersFor('blockstack', 'stub')[0])], 'kept'),
    isUsual: false,
    name: `blockstack: dm, ${what}`,
  }));
  return [...providerPairs(), ...tables];
}

function providerPairs(): readonly ProviderCase[] {
  return layers.flatMap((layer) => {
    const [deployed, stubs] = [providersFor(layer, 'deployed'), providersFor(layer, 'stub')];
    const defaults = deployed.map((one) => stubs.find(({ name }) => name === defaultStub(layer, one.name)));
    const first = formOf(deployed[0]);
    const pairs = [
      ...deployed.flatMap((one, i) => formsOf(one).map((form) => [form, formOf(defaults[i])] as const)),
      ...stubs
        .filter((one) => !defaults.includes(one))
        .map((one) => [partnerOf(one, deployed) ?? first, formOf(one)] as const),
    ];
    return layer === 'media' ? mediaCases(pairs) : pairs.map((pair) => caseOf(layer, pair, loadAbove(pair)));
  });
}

/** With its defaults, or what stands for them where it has none. */
function formOf(provider: Provider | undefined): Form {
  if (!provider) throw new Error('a layer lacks a form');
  const settings = ofTheLab[provider.name] ?? provider.example ?? {};
  provider.settings.parse(settings);
  return { provider: provider.name, settings };
}

/** With its defaults, and each other way. */
function formsOf(provider: Provider): readonly Form[] {
  const others = (ways[provider.name] ?? []).map((one) => ({
    provider: provider.name,
    isUsual: false as const,
    ...one,
  }));
  for (const { settings } of others) provider.settings.parse(settings);
  return [formOf(provider), ...others];
}

/** The one that a stub stands for alone. */
function partnerOf(stub: Provider, deployed: readonly Provider[]): Form | undefined {
  const partner = deployed.find(({ name }) => name === stub.standsFor?.provider);
  return partner && formOf(partner);
}

type Pair = readonly [deployed: Form, stub: Form];

/** The first pair with its defaults too, which keep nothing. */
function mediaCases(pairs: readonly Pair[]): readonly ProviderCase[] {
  const [defaults] = pairs;
  const kept = pairs.map(([deployed, stub]) => caseOf('media', [keeping(deployed), keeping(stub)], 'filled'));
  return [...(defaults ? [caseOf('media', defaults, 'reads')] : []), ...kept];
}

function keeping({ provider, settings }: Form): Form {
  const more = { model: { memory: true, size }, 'scsi-debug': { memory: true, size }, null_blk: { memory: true } }[
    provider
  ];
  return { provider, settings: { ...settings, ...more } };
}

function loadAbove([{ provider, load }, stub]: Pair): LoadKind {
  if (load) return load;
  // It ends in the stub, which keeps nothing.
  if (providersFor('ring', 'stub').some(({ name, standsFor }) => name === stub.provider && standsFor)) return 'reads';
  if (isMapped(provider)) return 'kept';
  return ['nvme-tcp-remote', 'remote'].includes(provider) ? 'deployed' : 'writes';
}

/** Its blocks lie elsewhere on the medium than the stub's, or are enciphered there. */
function isMapped(provider: string): boolean {
  return provider !== 'dm' && providersFor('blockstack', 'deployed').some(({ name }) => name === provider);
}

/** Tables as people have them: printed by dmsetup on another host, of LUKS, LVM and multipathd. */
const printedTables: Readonly<Record<string, object>> = {
  'a linear volume': {
    devices: [{ name: 'root', table: '# the root volume\nvg-root: 0 41943040 linear 254:3 2048\n' }],
  },
  LUKS2: {
    devices: [
      {
        name: 'luks',
        table: 'luks-0: 0 209682432 crypt aes-xts-plain64 :64:logon:cryptsetup:0000-d0 0 259:3 32768 1 allow_discards',
      },
    ],
  },
  adiantum: {
    devices: [
      {
        name: 'crypt',
        table: `0 {sectors} crypt xchacha12,aes-adiantum-plain64 ${'0123456789abcdef'.repeat(4)} 0 {below} 0 1 sector_size:4096`,
      },
    ],
  },
  'a volume on multipath': {
    devices: [
      {
        name: 'mpath',
        table: 'mpatha: 0 {sectors} multipath 1 queue_if_no_path 1 alua 1 1 service-time 0 2 1 8:16 1 8:16 1',
      },
      { name: 'lv', table: 'vg-lv: 0 104857600 linear 253:0 2048' },
    ],
  },
  'a raid10 of LVM': {
    devices: [
      ...[0, 1, 2, 3].flatMap((i) => [
        { name: `m${i}`, table: `0 2048 linear {below} ${2048 * i}` },
        { name: `i${i}`, table: `0 12288 linear {below} ${8192 + 12288 * i}` },
      ]),
      {
        name: 'r10',
        table: '0 24576 raid raid10 4 128 nosync region_size 1024 4 {m0} {i0} {m1} {i1} {m2} {i2} {m3} {i3}',
      },
    ],
  },
  'a thin volume': {
    scope: 'shared',
    side: [{ name: 'meta', size: '4MiB' }],
    devices: [
      {
        name: 'pool',
        table: '0 {sectors} thin-pool {meta} {below} 128 0 1 skip_block_zeroing',
        messages: ['create_thin {guest}'],
      },
    ],
    volumes: [{ name: 'thin', table: '0 {sectors} thin {pool} {guest}' }],
    prepare: 'fill',
  },
};

function caseOf(layer: Layer, [deployed, stub]: Pair, load: LoadKind): ProviderCase {
  const isDomain = deployed.provider === 'xen-domu';
  const noWayPast = isDomain || deployed.past === false;
  const section = (one: Pair): object => ({
    deployed: { provider: one[0].provider, ...one[0].settings },
    stub: { provider: one[1].provider, ...one[1].settings },
  });
  // Whoever is to be filled takes its time: one guest of half the size shows it too.
  const room = load === 'kept' ? '32MiB' : '64MiB';
  const beneath = { deployed: { provider: 'model', latency: '1ms', size: room, memory: true }, stub: 'none' };
  // A domain has no way past its ring: what is beneath it is switched.
  const switched = noWayPast ? 'blockstack' : layer;
  const own = noWayPast
    ? {
        blockstack: section([
          formOf(providersFor('blockstack', 'deployed')[0]),
          formOf(providersFor('blockstack', 'stub')[0]),
        ]),
        ...(isDomain
          ? {}
          : { [layer]: { deployed: { provider: deployed.provider, ...deployed.settings }, stub: 'none' } }),
      }
    : { [layer]: section([deployed, stub]) };
  const writes = load === 'writes' || load === 'kept';
  // What was filled from its start on is one guest's: fio's headers carry their place.
  const guests = load === 'writes' ? 2 : 1;
  const shown = [
    { role: 'deployed', provider: deployed.provider } as const,
    { role: 'stub', provider: stub.provider } as const,
  ];
  return {
    name: `${layer}: ${[deployed.provider, ...wordsOf(deployed)].join(' ')}, ${noWayPast ? 'no stub' : stub.provider}, ${load}`,
    machine: machines[deployed.provider] ?? 'stock',
    isUsual: deployed.isUsual !== false,
    shows: noWayPast ? shown.slice(0, 1) : shown,
    layer: switched,
    guests,
    load,
    profile: stringify({
      version: 1,
      name: 'providers',
      ...(isDomain ? { guest: 'domU' } : {}),
      guests,
      workload: { rw: writes || (load === 'filled' && deployed.provider !== 'device') ? 'randwrite' : 'randread' },
      stack: { ...(writes ? { media: beneath } : {}), ...own },
    }),
  };
}

/** What tells one way from another. */
function wordsOf({ provider, settings }: Form): readonly string[] {
  if (!(ways[provider] ?? []).some((way) => way.settings === settings)) return [];
  return Object.entries(settings).map(
    ([key, value]) => `${key}=${typeof value === 'object' ? JSON.stringify(value) : value}`,
  );
}
