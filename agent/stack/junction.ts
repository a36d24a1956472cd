// A junction: our dm-linear device above a layer. It points at the layer's deployed lane or at its stub's.

import { linearTable, type DmTable } from '../host/dm/table.ts';
import type { Host } from '../host/host.ts';
import { InternalError } from '../lib/errors.ts';
import type { Arm, Form, Layer, Role } from '../lib/layer.ts';
import type { Lane } from './provider.ts';

export interface Junction {
  readonly layer: Layer;
  /** 0 for a shared junction, else the guest's number. */
  readonly guest: number;
  /** The device-mapper names that switch together: the junction itself, then its twin where it has one. */
  readonly devices: readonly string[];
  readonly sectors: number;
  readonly lanes: Lanes;
}

/** Both roles always; the fixed delays only at the media, and only once the cap probe has raised them. */
export type Lanes = Readonly<Record<Role, Lane> & Partial<Record<Form, Lane>>>;

/** The present targets of a set of junctions; the set grows with the stack, a target changes with each switch. */
export type Setting = Map<string, Form>;

export function roleIn(arm: Arm, layer: Layer): Role {
  return arm.stubbed.includes(layer) ? 'stub' : 'deployed';
}

/** Where an arm points the junctions of a layer. */
export function formIn(arm: Arm, layer: Layer): Form {
  return layer === 'media' && arm.media !== undefined ? arm.media : roleIn(arm, layer);
}

/** Throws InternalError when the junction has no lane of this form. */
export function junctionTable(junction: Pick<Junction, 'lanes' | 'sectors'>, form: Form): DmTable {
  const lane = junction.lanes[form];
  if (!lane) throw new InternalError(`a junction is to point at ${form}, which was not raised`);
  return linearTable(lane.device, junction.sectors);
}

/** The junctions that must be swapped to get from a setting to an arm. */
export function differing(junctions: readonly Junction[], setting: Setting, arm: Arm): readonly Junction[] {
  return junctions.filter((junction) => setting.get(keyOf(junction)) !== formIn(arm, junction.layer));
}

/**
 * Points every junction as the arm asks, all at once: each swap waits for its own I/O in flight, and waits overlap.
 * Throws HostError when the kernel refuses a table, or does not answer within the deadline of a step; the setting then says which were swapped.
 */
export async function switchTo(
  host: Host,
  stack: { junctions: readonly Junction[]; setting: Setting; turn?: (turned: boolean) => Promise<void> },
  arm: Arm,
): Promise<void> {
  await stack.turn?.(arm.turned === true);
  const kept = stack.junctions.flatMap((one) => one.lanes[stack.setting.get(keyOf(one)) ?? 'deployed']?.cachedIn ?? []);
  const swaps = differing(stack.junctions, stack.setting, arm).map(async (junction) => {
    const form = formIn(arm, junction.layer);
    const table = junctionTable(junction, form);
    const why = `${arm.id}: ${junction.layer} ${form}`;
    await Promise.all(junction.devices.map((name) => host.apply({ kind: 'dm-swap', name, table, why })));
    stack.setting.set(keyOf(junction), form);
  });
  const outcomes = await Promise.allSettled(swaps);
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
  // Else what one arm has written would be a load of the next.
  if (swaps.length === 0) return;
  const why = `${arm.id}: what the page cache has kept until now`;
  await Promise.all(kept.map((device) => host.apply({ kind: 'write-out', device, why })));
}

export function keyOf(junction: Pick<Junction, 'layer' | 'guest'>): string {
  return `${junction.layer}.${junction.guest}`;
}
