// Plan -> what to raise: each layer's chosen providers, configured; and what they need of the host.

import { InternalError } from '../lib/errors.ts';
import type { Need } from '../host/needs/needs.ts';
import type { XenRing } from '../lib/xen.ts';
import type { Layer, Role } from '../lib/layer.ts';
import type { Choice, LayerChoice, Profile } from '../profile/profile.ts';
import type { Configured, Geometry } from '../stack/provider.ts';
import type { StackLayer, StackPlan } from '../stack/raise.ts';
import { findProvider, providersFor } from '../stack/registry.ts';

/** What every run needs, whatever its stack. */
const commonNeeds: readonly Need[] = [
  { kind: 'root' },
  { kind: 'capabilities' },
  { kind: 'tool', name: 'fio', debianPackage: 'fio' },
  { kind: 'tool', name: 'modprobe', debianPackage: 'kmod' },
  { kind: 'tool', name: 'setpriv', debianPackage: 'util-linux' },
  { kind: 'tool', name: 'flock', debianPackage: 'util-linux' },
  { kind: 'module', name: 'dm_mod', forWhat: 'junctions' },
  { kind: 'cgroup2', controllers: ['cpuset', 'cpu', 'io', 'memory'] },
];

export function stackPlan(
  profile: Profile,
  geometry: Geometry,
  host: Pick<StackPlan, 'cpus' | 'writable' | 'claim'>,
): StackPlan {
  return { layers: profileLayers(profile), geometry, guests: profile.guests.length, ...host };
}

/** Every need of a run with this profile; without one, those of any run. */
export function needsOf(profile: Profile | undefined): readonly Need[] {
  if (!profile) return commonNeeds;
  const ofLayers = profileLayers(profile).flatMap(({ deployed, stub }) => [...deployed.needs, ...(stub?.needs ?? [])]);
  // A provider does not know how many guests it will serve.
  const count = profile.guests.length;
  return [...commonNeeds, ...ofLayers].map((need) =>
    need.kind === 'xvd-names' || need.kind === 'xen-memory' ? { ...need, count } : need,
  );
}

/** The ring of Xen's that a profile raises; undefined where it raises none. */
export function xenRingOf(profile: Profile): XenRing | undefined {
  return profileLayers(profile).find(({ deployed }) => deployed.xenRing)?.deployed.xenRing;
}

function profileLayers(profile: Profile): readonly StackLayer[] {
  const chosen = profile.stack.map(stackLayer);
  // Something must lie beneath: a stack without media stands on the media stub, which is then no part of the experiment.
  return chosen[0]?.layer === 'media' ? chosen : [{ layer: 'media', deployed: ground() }, ...chosen];
}

function stackLayer({ layer, deployed, stub }: LayerChoice): StackLayer {
  const base = { layer, deployed: configure(layer, 'deployed', deployed) };
  return stub === null ? base : { ...base, stub: configure(layer, 'stub', stub) };
}

function configure(layer: Layer, role: Role, { provider: name, settings }: Choice): Configured {
  const provider = findProvider(layer, role, name);
  if (!provider) throw new InternalError(`provider ${name} of ${layer} is not registered`);
  return provider.configure(settings);
}

function ground(): Configured {
  const provider = providersFor('media', 'stub')[0];
  if (!provider) throw new InternalError('the media layer has no stub');
  return provider.configure(provider.settings.parse({}));
}
