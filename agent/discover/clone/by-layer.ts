// What the guests' disks do in each layer of the host: the figures of the devices through which they enter it.

import { type Layer, layers } from '../../lib/layer.ts';
import { sum } from '../../lib/numbers.ts';
import type { Device, Discovered } from '../document.ts';
import { type GuestDisk, isSide } from './path.ts';

/** Of a device over a while. */
export interface Figures {
  readonly iosPerSecond: number;
  /** Mean with all that is below; null: too few I/Os. */
  readonly latencyNs: number | null;
  readonly inFlight: number | null;
}

export interface LayerFigures extends Figures {
  readonly layer: Layer;
  /** Of all its devices together; null where one of them has none. */
  readonly limit: number | null;
  /** Names of those who use the same devices, beside the owners of these disks. */
  readonly others: readonly string[];
}

/**
 * From the bottom up, without layers of which nothing is counted. `figuresOf`: of a device that is counted itself, by its id.
 * Pure.
 */
export function byLayer(
  found: Discovered,
  disks: readonly GuestDisk[],
  figuresOf: (id: string) => Figures | undefined,
): readonly LayerFigures[] {
  const entries = entriesOf(found, disks, (id) => figuresOf(id) !== undefined);
  const owners = new Set(disks.map(({ user }) => user.id));
  return layers.flatMap((layer): readonly LayerFigures[] => {
    const devices = entries.get(layer) ?? [];
    if (devices.length === 0) return [];
    const figures = devices.flatMap(({ id }) => figuresOf(id) ?? []);
    const limits = devices.flatMap(({ limit }) => limit?.inFlight ?? []);
    return [
      {
        layer,
        iosPerSecond: sum(figures.map(({ iosPerSecond }) => iosPerSecond)),
        latencyNs: meanLatency(figures),
        inFlight: together(figures.map(({ inFlight }) => inFlight)),
        limit: limits.length === devices.length ? sum(limits) : null,
        others: othersOn(found, devices, owners),
      },
    ];
  });
}

/** Ids of all devices that the figures of these disks come from. */
export function countedBelow(found: Discovered, disks: readonly GuestDisk[]): readonly string[] {
  const byNumber = new Set(found.devices.flatMap(({ id, number }) => (number === undefined ? [] : [id])));
  return [...entriesOf(found, disks, (id) => byNumber.has(id)).values()].flat().map(({ id }) => id);
}

/** Of each layer, the first devices on the ways down that are counted. */
function entriesOf(
  found: Discovered,
  disks: readonly GuestDisk[],
  isCounted: (id: string) => boolean,
): ReadonlyMap<Layer, readonly Device[]> {
  const byId = new Map(found.devices.map((device) => [device.id, device]));
  const entries = new Map<Layer, Map<string, Device>>();
  const seen = new Set<string>();
  const open = disks.flatMap(({ way }) => way.slice(0, 1).map((device) => ({ device, entered: '' })));
  for (let next = open.pop(); next; next = open.pop()) {
    const { device, entered } = next;
    const key = `${device.id} ${entered}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const layer = layerOf(device);
    const isEntry = isCounted(device.id) && !entered.split(' ').includes(layer);
    if (isEntry) entries.set(layer, new Map(entries.get(layer)).set(device.id, device));
    for (const edge of device.below) {
      const below = isSide(edge) ? undefined : byId.get(edge.id);
      if (below) open.push({ device: below, entered: isEntry ? `${entered} ${layer}` : entered });
    }
  }
  return new Map([...entries].map(([layer, devices]) => [layer, [...devices.values()]]));
}

/** A virtual disk of the host itself, below which nothing is seen, is what the clone's media are a model of. */
function layerOf({ layer, below }: Device): Layer {
  return layer === 'ring' && below.length === 0 ? 'media' : layer;
}

function othersOn(
  { users, devices }: Discovered,
  entries: readonly Device[],
  owners: ReadonlySet<string>,
): readonly string[] {
  const byId = new Map(devices.map((device) => [device.id, device]));
  const wanted = new Set(entries.map(({ id }) => id));
  return users.flatMap(({ id: user, name, below }) => {
    if (owners.has(user)) return [];
    const seen = new Set<string>();
    const open = [...below];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (wanted.has(id)) return [name];
      if (seen.has(id)) continue;
      seen.add(id);
      open.push(...(byId.get(id)?.below.map((edge) => edge.id) ?? []));
    }
    return [];
  });
}

/** Weighted by I/Os. */
function meanLatency(figures: readonly Figures[]): number | null {
  const known = figures.flatMap(({ latencyNs, iosPerSecond }) =>
    latencyNs === null ? [] : [{ latencyNs, iosPerSecond }],
  );
  const ios = sum(known.map(({ iosPerSecond }) => iosPerSecond));
  return ios > 0 ? sum(known.map(({ latencyNs, iosPerSecond }) => latencyNs * iosPerSecond)) / ios : null;
}

function together(values: readonly (number | null)[]): number | null {
  const known = values.flatMap((value) => value ?? []);
  return known.length === values.length ? sum(known) : null;
}
