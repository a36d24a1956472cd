// Does I/O really take the way that an arm asks for? The lanes beneath the junctions count it, whatever their tables say.

import { deviceName } from '../host/formats/device-name.ts';
import { parseDiskStat } from '../host/formats/disk-stat.ts';
import type { Host } from '../host/host.ts';
import type { Arm, Form, Layer } from '../lib/layer.ts';
import { sum } from '../lib/numbers.ts';
import { formIn, type Junction } from '../stack/junction.ts';

/** Sectors moved since the device was made, by device; those without counters are left out. */
export type LaneSectors = ReadonlyMap<string, number>;

/** The wanted lane moves less than `little` of what passes the junction, another more than `most` of what all lanes move. */
const [little, most] = [0.1, 0.5];

export interface Passage {
  readonly from: LaneSectors;
  readonly to: LaneSectors;
  /** Sectors that passed a junction meanwhile, by its own count; undefined where it gave none. */
  readonly passed?: (layer: Layer, guest: number) => number | undefined;
}

export async function readLanes(host: Pick<Host, 'read'>, junctions: readonly Junction[]): Promise<LaneSectors> {
  const devices = [...new Set(junctions.flatMap(({ lanes }) => Object.values(lanes).map(({ device }) => device)))];
  const entries = await Promise.all(
    devices.map(async (device) => {
      const stat = parseDiskStat(await host.read(`/sys/block/${deviceName(device)}/stat`));
      return stat === undefined ? [] : [[device, stat.sectorsRead + stat.sectorsWritten] as const];
    }),
  );
  return new Map(entries.flat());
}

/**
 * The junctions whose I/O took another way than `arm` asks for between two readings, as sentences. A lane that several
 * forms stand on counts for each of them, and for what a form does by itself, such as the first copy of a RAID: that alone
 * says nothing while the wanted lane moves what passes the junction. A form on the very lane of the wanted one is the same
 * way. A device that counts nothing at all says nothing.
 */
export function astray(junctions: readonly Junction[], arm: Arm, { from, to, passed }: Passage): readonly string[] {
  return junctions.flatMap(({ layer, guest, lanes }) => {
    const deviceOf = (form: Form): string => lanes[form]?.device ?? '';
    const moved = (form: Form): number => (to.get(deviceOf(form)) ?? 0) - (from.get(deviceOf(form)) ?? 0);
    const wanted = formIn(arm, layer);
    const others = (Object.keys(lanes) as Form[]).filter((form) => deviceOf(form) !== deviceOf(wanted));
    const all = sum([wanted, ...others].map(moved));
    const counted = passed?.(layer, guest);
    const through = counted ?? all;
    if (through === 0) return [];
    // A stub may be the lane that the deployed form stands on, and counts its I/O too; never the other way round.
    const isDeployed = others.includes('deployed') && counted !== undefined && moved('deployed') > most * counted;
    if (!isDeployed && moved(wanted) > little * through) return [];
    const other = isDeployed ? 'deployed' : others.find((form) => moved(form) > most * all);
    if (other === undefined) return [];
    const whose = guest > 0 ? ` of guest ${guest}` : '';
    return [`${arm.id} asks for ${layer}${whose} ${wanted}, but its I/O goes through ${other}`];
  });
}
