// What is to be looked at on a host, from what stands there: devices and where each is counted, processes, cgroups, far ends.

import { isSide } from '../discover/clone/path.ts';
import type { Device, Discovered } from '../discover/document.ts';
import type { Snapshot } from '../discover/snapshot.ts';

export interface WatchedDevice {
  readonly device: Device;
  /** Names of the guests, mounts and others that stand on it. */
  readonly users: readonly string[];
  /** The block device whose counters are its own; of a ring in a guest, the device below it. Undefined: nothing counts it. */
  readonly countedAt: string | undefined;
}

export interface WatchedProcess {
  readonly pid: string;
  readonly name: string;
  /** Disks that it serves, and the I/O thread of each where it has one. */
  readonly disks: readonly { readonly id: string; readonly ioThread: string | undefined }[];
}

/** Where a network leads, `ADDRESS:PORT`, and the devices that are reached by it. */
export interface WatchedAddress {
  readonly address: string;
  readonly devices: readonly string[];
}

export interface Watch {
  readonly found: Discovered;
  /** From the top down. */
  readonly devices: readonly WatchedDevice[];
  /** Kernel names whose counters are read. */
  readonly counted: readonly string[];
  /** Of these, those with a limit on I/Os in flight, or below one: seen at many instants. */
  readonly gauged: readonly string[];
  readonly processes: readonly WatchedProcess[];
  /** Below /sys/fs/cgroup. */
  readonly cgroups: readonly string[];
  readonly addresses: readonly WatchedAddress[];
  /** Megabits a second of interfaces, where the kernel knows. */
  readonly speeds: ReadonlyMap<string, number>;
}

export function watchOf(found: Discovered, snapshot: Snapshot): Watch {
  const byId = new Map(found.devices.map((device) => [device.id, device]));
  const users = usersByDevice(found, byId);
  const devices = topDown(found.devices).map((device): WatchedDevice => ({
    device,
    users: [...(users.get(device.id) ?? [])],
    countedAt: countedAt(byId, device),
  }));
  const limited = devices.flatMap(({ device, countedAt: at }) => (device.limit && at !== undefined ? [at] : []));
  return {
    ...{ found, devices },
    counted: [...new Set(devices.flatMap(({ countedAt: at }) => at ?? []))],
    gauged: [...new Set(limited)],
    processes: processesOf(found, byId),
    cgroups: cgroupsOf(found, snapshot),
    addresses: addressesOf(found.devices),
    speeds: speedsOf(snapshot),
  };
}

/** Itself if it is a block device; a ring or file of a process, at the next block device below. */
function countedAt(byId: ReadonlyMap<string, Device>, start: Device): string | undefined {
  const seen = new Set<string>();
  for (let device: Device | undefined = start; device && !seen.has(device.id);) {
    if (device.number !== undefined) return device.id;
    if (device.layer !== 'ring') return undefined;
    seen.add(device.id);
    const edge: Device['below'][number] | undefined = device.below.find((below) => !isSide(below));
    const next: Device | undefined = edge && byId.get(edge.id);
    // Of a file, its file system's device counts everybody's.
    const through: Device | undefined = next?.kind === 'file' ? byId.get(next.below[0]?.id ?? '') : next;
    if (through?.number !== undefined) return through.id;
    device = next;
  }
  return undefined;
}

function usersByDevice(
  { users }: Discovered,
  byId: ReadonlyMap<string, Device>,
): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const { name, below } of users) {
    const open = [...below];
    const seen = new Set<string>();
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (seen.has(id)) continue;
      seen.add(id);
      const own = found.get(id);
      if (own) own.add(name);
      else found.set(id, new Set([name]));
      for (const edge of byId.get(id)?.below ?? []) open.push(edge.id);
    }
  }
  return found;
}

/** Each after all that stand on it, as far as they do not stand on one another in a ring. */
export function topDown(devices: readonly Device[]): readonly Device[] {
  const byId = new Map(devices.map((device) => [device.id, device]));
  const above = new Map<string, number>();
  for (const { below } of devices)
    for (const { id } of new Map(below.map((edge) => [edge.id, edge])).values())
      above.set(id, (above.get(id) ?? 0) + 1);
  const order: Device[] = [];
  const done = new Set<string>();
  const open = devices.filter(({ id }) => !above.has(id)).reverse();
  const take = (): void => {
    for (let device = open.pop(); device; device = open.pop()) {
      if (done.has(device.id)) continue;
      done.add(device.id);
      order.push(device);
      for (const id of new Set(device.below.map((edge) => edge.id)).values()) {
        const left = (above.get(id) ?? 0) - 1;
        above.set(id, left);
        const next = byId.get(id);
        if (left <= 0 && next) open.push(next);
      }
    }
  };
  take();
  for (const device of devices) {
    if (done.has(device.id)) continue;
    open.push(device);
    take();
  }
  return order;
}

function processesOf({ users }: Discovered, byId: ReadonlyMap<string, Device>): readonly WatchedProcess[] {
  return users.flatMap((user) => {
    const pid = /^(?:qemu|process):(\d+)$/.exec(user.id)?.[1];
    if (pid === undefined) return [];
    const disks = user.below.map((id) => ({
      id,
      ioThread: byId.get(id)?.parameters.find(({ name }) => name === 'iothread')?.value,
    }));
    return [{ pid, name: user.name, disks }];
  });
}

/** Those with limits, from what was read of them, and those of users. */
function cgroupsOf({ users }: Discovered, { files }: Snapshot): readonly string[] {
  const limited = [...files.keys()].flatMap((path) => /^(\/sys\/fs\/cgroup\/.+)\/(io|cpu)\.max$/.exec(path)?.[1] ?? []);
  const own = users.flatMap((user) => {
    const pid = /^(?:qemu|process):(\d+)$/.exec(user.id)?.[1];
    const cgroup = /^0::(\/.+)$/m.exec(files.get(`/proc/${pid ?? ''}/cgroup`) ?? '')?.[1];
    // A limit may stand at any cgroup above.
    const parts = (cgroup ?? '').split('/').filter(Boolean);
    return parts.map((_, i) => `/sys/fs/cgroup/${parts.slice(0, parts.length - i).join('/')}`);
  });
  return [...new Set([...limited, ...own])];
}

function addressesOf(devices: readonly Device[]): readonly WatchedAddress[] {
  const found = new Map<string, string[]>();
  for (const device of devices) {
    const address = device.parameters.find(({ name, from }) => name === 'address' && from === 'its session')?.value;
    if (address === undefined || !/^(\d{1,3}(\.\d{1,3}){3}|\[?[\da-f:.]+\]?):\d{1,5}$/i.test(address)) continue;
    const reached = devices.filter(({ below }) => below.some(({ id }) => id === device.id)).map(({ id }) => id);
    found.set(address, [...(found.get(address) ?? []), ...reached]);
  }
  return [...found].map(([address, reached]) => ({ address, devices: reached }));
}

function speedsOf({ files }: Snapshot): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const [path, text] of files) {
    const name = /^\/sys\/class\/net\/([^/]+)\/speed$/.exec(path)?.[1];
    const speed = Number(text.trim());
    if (name !== undefined && speed > 0) found.set(name, speed);
  }
  return found;
}
