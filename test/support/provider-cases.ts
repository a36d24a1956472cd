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
  readonly shows: readonly { readonly role: Role; readonly provider: string }[];
  /** The layer that is switched. */
  readonly layer: Layer;
  readonly guests: number;
  readonly load: LoadKind;
  /** The text of a profile. */
  readonly profile: string;
}

/**
 * `writes`: guests write and verify throughout. `filled`: each form has its own data, which guests read and verify throughout.
 * `deployed`: so much as deployed; the stub keeps none, and is only read. `reads`: neither form keeps any.
 */
export type LoadKind = 'writes' | 'filled' | 'deployed' | 'reads';

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
}

/** Each deployed form with its default stub, and each other stub with the first deployed form: as few as show all. */
export function providerCases(): readonly ProviderCase[] {
  return layers.flatMap((layer) => {
    const [deployed, stubs] = [providersFor(layer, 'deployed'), providersFor(layer, 'stub')];
    const defaults = deployed.map((one) => stubs.find(({ name }) => name === defaultStub(layer, one.name)));
    const first = formOf(deployed[0]);
    const pairs = [
      ...deployed.map((one, i) => [formOf(one), formOf(defaults[i])] as const),
      ...stubs.filter((one) => !defaults.includes(one)).map((one) => [first, formOf(one)] as const),
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

type Pair = readonly [deployed: Form, stub: Form];

/** The first pair with its defaults too, which keep nothing. */
function mediaCases(pairs: readonly Pair[]): readonly ProviderCase[] {
  const [defaults] = pairs;
  const kept = pairs.map(([deployed, stub]) => caseOf('media', [keeping(deployed), keeping(stub)], 'filled'));
  return [...(defaults ? [caseOf('media', defaults, 'reads')] : []), ...kept];
}

function keeping({ provider, settings }: Form): Form {
  const more = { model: { memory: true, size }, null_blk: { memory: true } }[provider];
  return { provider, settings: { ...settings, ...more } };
}

function loadAbove([{ provider }]: Pair): LoadKind {
  return ['nvme-tcp-remote', 'remote'].includes(provider) ? 'deployed' : 'writes';
}

function caseOf(layer: Layer, [deployed, stub]: Pair, load: LoadKind): ProviderCase {
  const isDomain = deployed.provider === 'xen-domu';
  const section = (one: Pair): object => ({
    deployed: { provider: one[0].provider, ...one[0].settings },
    stub: { provider: one[1].provider, ...one[1].settings },
  });
  const beneath = { deployed: { provider: 'model', latency: '1ms', size: '64MiB', memory: true }, stub: 'none' };
  // A domain has no way past its ring: what is beneath it is switched.
  const switched = isDomain ? 'blockstack' : layer;
  const own = isDomain
    ? {
        blockstack: section([
          formOf(providersFor('blockstack', 'deployed')[0]),
          formOf(providersFor('blockstack', 'stub')[0]),
        ]),
      }
    : { [layer]: section([deployed, stub]) };
  const writes = load === 'writes';
  // What was filled from its start on is one guest's: fio's headers carry their place.
  const guests = writes ? 2 : 1;
  const shown = [
    { role: 'deployed', provider: deployed.provider } as const,
    { role: 'stub', provider: stub.provider } as const,
  ];
  return {
    name: `${layer}: ${deployed.provider}, ${isDomain ? 'no stub' : stub.provider}, ${load}`,
    machine: machines[deployed.provider] ?? 'stock',
    shows: isDomain ? shown.slice(0, 1) : shown,
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
