// Profile -> what to raise: each layer's chosen providers, configured; and what they need of the host.

import { InternalError } from '../lib/errors.ts';
import type { Need } from '../host/needs/needs.ts';
import type { XenRing } from '../lib/xen.ts';
import type { Layer, Role } from '../lib/layer.ts';
import type { Choice, LayerChoice, Profile } from '../profile/profile.ts';
import type { Configured } from '../stack/provider.ts';
import { writeDuration } from '../lib/units.ts';
import type { StackLayer } from '../stack/raise.ts';
import { findProvider, providersFor } from '../stack/registry.ts';

/** The needs of every run, whatever its stack. */
export const commonNeeds: readonly Need[] = [
  { kind: 'root' },
  { kind: 'capabilities' },
  { kind: 'native' },
  { kind: 'tool', name: 'fio', debianPackage: 'fio' },
  { kind: 'tool', name: 'modprobe', debianPackage: 'kmod' },
  { kind: 'tool', name: 'setpriv', debianPackage: 'util-linux' },
  { kind: 'tool', name: 'flock', debianPackage: 'util-linux' },
  { kind: 'module', name: 'dm_mod', forWhat: 'junctions' },
  { kind: 'cgroup2', controllers: ['cpuset', 'cpu', 'io', 'memory'] },
  { kind: 'file-size' },
];

/** Needs of the guests of a profile, whatever their stack. */
export function needsOfGuests({ guests }: Pick<Profile, 'guests'>): readonly Need[] {
  return guests.some(({ ioWeight }) => ioWeight !== undefined) ? [{ kind: 'io-weight' }] : [];
}

/** Every need of a run over these layers with so many guests. */
export function needsOf(layers: readonly StackLayer[], guests: number): readonly Need[] {
  const ofLayers = layers.flatMap(({ deployed, stub }) => [...deployed.needs, ...(stub?.needs ?? [])]);
  // A provider does not know how many guests it will serve.
  return [...commonNeeds, ...ofLayers].map((need) =>
    need.kind === 'xvd-names' || need.kind === 'xen-memory' ? { ...need, count: guests } : need,
  );
}

/** The ring of Xen's among them; undefined where there is none. */
export function xenRingOf(layers: readonly StackLayer[]): XenRing | undefined {
  return layers.find(({ deployed }) => deployed.xenRing)?.deployed.xenRing;
}

/** Each layer of a profile with its providers configured: once for a run, and all else is asked of the outcome. */
export function configuredLayers(profile: Profile): readonly StackLayer[] {
  const chosen = profile.stack.map(stackLayer);
  // Something must lie beneath: a stack without media stands on the media stub, which is then no part of the experiment.
  const ends = chosen.flatMap(({ stub }) => stub?.endsIo ?? [])[0];
  return chosen[0]?.layer === 'media'
    ? chosen
    : [{ layer: 'media', deployed: ground(ends?.latencyNs ?? 0) }, ...chosen];
}

function stackLayer({ layer, deployed, stub }: LayerChoice): StackLayer {
  const base = { layer, deployed: configure(layer, 'deployed', deployed) };
  return stub === null ? base : { ...base, stub: configure(layer, 'stub', stub) };
}

function configure(layer: Layer, role: Role, { provider: name, settings }: Choice): Configured {
  // A knob is tried against itself: then the second form of its layer is what is deployed there, with another setting.
  const provider = findProvider(layer, role, name) ?? findProvider(layer, 'deployed', name);
  if (!provider) throw new InternalError(`provider ${name} of ${layer} is not registered`);
  return { ...provider.configure(settings), ...(provider.reads ? { reads: provider.reads } : {}) };
}

function ground(latencyNs: number): Configured {
  const provider = providersFor('media', 'stub')[0];
  if (!provider) throw new InternalError('the media layer has no stub');
  return provider.configure(provider.settings.parse(latencyNs > 0 ? { latency: writeDuration(latencyNs) } : {}));
}
