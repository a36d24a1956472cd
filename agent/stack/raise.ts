// Raises a stack bottom up: each layer in the forms that the arms need, with a junction above it.

import { linearTable } from '../host/dm/table.ts';
import type { Claim } from '../host/guard/device-guard.ts';
import type { Host } from '../host/host.ts';
import type { Need } from '../host/needs/needs.ts';
import { HostError } from '../lib/errors.ts';
import type { Arm, Layer, Role } from '../lib/layer.ts';
import { renderBytes, sectorBytes } from '../lib/units.ts';
import { junctionTable, keyOf, type Junction, roleIn, type Setting } from './junction.ts';
import type { Names } from './names.ts';
import type { Configured, Geometry, Lane, Site } from './provider.ts';

export interface StackLayer {
  readonly layer: Layer;
  readonly deployed: Configured;
  /** Absent: the layer is raised, but is no part of the experiment. */
  readonly stub?: Configured;
}

export interface StackPlan {
  /** Bottom to top. */
  readonly layers: readonly StackLayer[];
  readonly geometry: Geometry;
  readonly guests: number;
  readonly cpus: number;
  readonly writable: boolean;
  readonly claim?: Claim;
  /** Of the host, for the guests' limits; left out: none beside those of every run. */
  readonly guestNeeds?: readonly Need[];
}

export interface Stack {
  readonly junctions: readonly Junction[];
  readonly setting: Setting;
  /** One a guest: what its fio opens. */
  readonly lanes: readonly Lane[];
  /** Gives the knob that is tried its other value, or the one that it had; left out: none is tried under the load. */
  readonly turn?: (turned: boolean) => Promise<void>;
}

/** A guest's slice must be worth measuring: below this, random reads would hit the same few blocks. */
export const smallestSliceSectors = (16 * 2 ** 20) / sectorBytes;

interface Raising {
  readonly host: Host;
  readonly names: Names;
  readonly plan: StackPlan;
  readonly start: Arm;
  readonly onlyStart: boolean;
  readonly junctions: Junction[];
  readonly setting: Setting;
  /** The shared lane that was sliced; from there on there is one lane a guest. */
  fannedOut?: Lane;
}

const shortLayer: Readonly<Record<Layer, string>> = {
  media: 'media',
  network: 'net',
  blockstack: 'block',
  ring: 'ring',
};

/**
 * `start` is how the junctions point at first. `onlyStart` raises just the forms that this arm uses (a cold arm).
 * Applies everything through the host; the caller's scope unwinds it.
 */
export async function raiseStack(
  host: Host,
  names: Names,
  plan: StackPlan,
  options: { start: Arm; onlyStart: boolean },
): Promise<Stack> {
  const raising: Raising = { host, names, plan, ...options, junctions: [], setting: new Map() };
  await host.apply({ kind: 'module', name: 'dm_mod', why: 'junctions' });
  let lanes: readonly Lane[] = [];
  for (const layer of plan.layers) lanes = await raiseLayer(raising, layer, lanes);
  lanes = await fanOut(raising, lanes);
  return { junctions: raising.junctions, setting: raising.setting, lanes };
}

async function raiseLayer(raising: Raising, layer: StackLayer, beneath: readonly Lane[]): Promise<readonly Lane[]> {
  const under = layer.deployed.lanes === 'per-guest' ? await fanOut(raising, beneath) : beneath;
  // Only for the layer that it was sliced for.
  const sliced = under === beneath ? undefined : raising.fannedOut;
  const wanted = layer.stub ? roleIn(raising.start, layer.layer) : 'deployed';
  const raiseForm = async (role: Role): Promise<readonly Lane[] | undefined> => {
    const form = layer[role];
    if (!form || (role !== wanted && raising.onlyStart)) return undefined;
    // A ring may claim its lane for itself, so the path past it needs a twin to stand on.
    const own = role === 'stub' && layer.layer === 'ring' ? await twinsOf(raising, under) : under;
    return form.raise({ ...siteOf(raising, own), ...(sliced ? { shared: sliced } : {}) });
  };
  const deployed = await raiseForm('deployed');
  const stub = await raiseForm('stub');
  const shape = deployed ?? stub ?? [];
  const tops: Lane[] = [];
  for (const [i, lane] of shape.entries()) {
    const lanes = { deployed: deployed?.[i] ?? lane, stub: stub?.[i] ?? lane };
    const guest = raising.fannedOut ? i + 1 : 0;
    // Nothing of ours can stand above a ring whose other end is in a domain.
    if (lane.domain) {
      tops.push(lane);
      continue;
    }
    const top = await raiseJunction(raising, { layer: layer.layer, guest, lanes }, wanted);
    tops.push(lane.ringThreads === undefined ? top : { ...top, ringThreads: lane.ringThreads });
  }
  return tops;
}

async function raiseJunction(
  raising: Raising,
  place: Pick<Junction, 'layer' | 'guest' | 'lanes'>,
  role: Role,
): Promise<Lane> {
  const sectors = Math.min(place.lanes.deployed.sectors, place.lanes.stub.sectors);
  const { name, uuid } = raising.names.dm(`J-${shortLayer[place.layer]}${place.guest || ''}`);
  const table = junctionTable({ lanes: place.lanes, sectors }, role);
  const whose = place.guest ? ` of guest ${place.guest}` : '';
  const device = await raising.host.apply({
    kind: 'dm-create',
    name,
    uuid,
    table,
    why: `the junction above ${place.layer}${whose}`,
  });
  raising.junctions.push({ ...place, devices: [name], sectors });
  raising.setting.set(keyOf(place), role);
  return { device, sectors };
}

/** Slices a shared lane, one for each guest. Leaves lanes that are already one a guest as they are. */
async function fanOut(raising: Raising, lanes: readonly Lane[]): Promise<readonly Lane[]> {
  const [shared] = lanes;
  if (!shared || raising.fannedOut) return lanes;
  const { guests } = raising.plan;
  const sectors = sliceSectors(shared.sectors, guests);
  const slices: Lane[] = [];
  for (let guest = 1; guest <= guests; guest++) {
    const table = linearTable(shared.device, sectors, (guest - 1) * sectors);
    const device = await raising.host.apply({
      kind: 'dm-create',
      ...raising.names.dm(`slice${guest}`),
      table,
      why: `the slice of guest ${guest}`,
    });
    slices.push({ device, sectors });
  }
  raising.fannedOut = shared;
  return slices;
}

/** Whole MiB, or whole 16 MiB where there is room. Throws HostError when the guests do not fit. */
export function sliceSectors(sectors: number, guests: number): number {
  const share = Math.floor(sectors / guests);
  const grain = share >= 64 * 2048 ? 16 * 2048 : 2048;
  const slice = Math.floor(share / grain) * grain;
  if (slice >= smallestSliceSectors) return slice;
  const [has, each] = [renderBytes(sectors * sectorBytes), renderBytes(smallestSliceSectors * sectorBytes)];
  throw new HostError(
    `the device is too small for ${guests} guests: it has ${has}`,
    `each guest needs at least ${each}`,
  );
}

/** A second device with the same table as each lane's own junction, switched together with it; or a second slice. */
async function twinsOf(raising: Raising, lanes: readonly Lane[]): Promise<readonly Lane[]> {
  const twins: Lane[] = [];
  for (const [i, lane] of lanes.entries()) {
    const guest = i + 1;
    const at = raising.junctions.findIndex((junction) => junction.guest === guest && junction.layer === 'blockstack');
    const below = raising.junctions[at];
    const { name, uuid } = raising.names.dm(`twin${guest}`);
    const table = below
      ? junctionTable(below, raising.setting.get(keyOf(below)) ?? 'deployed')
      : linearTable(raising.fannedOut?.device ?? lane.device, lane.sectors, i * lane.sectors);
    const device = await raising.host.apply({
      kind: 'dm-create',
      name,
      uuid,
      table,
      why: `the way past the ring of guest ${guest}`,
    });
    if (below) raising.junctions[at] = { ...below, devices: [...below.devices, name] };
    twins.push({ device, sectors: lane.sectors });
  }
  return twins;
}

function siteOf({ host, names, plan }: Raising, under: readonly Lane[]): Site {
  const { geometry, guests, cpus, writable, claim } = plan;
  return { host, names, under, geometry, guests, cpus, writable, ...(claim ? { claim } : {}) };
}
