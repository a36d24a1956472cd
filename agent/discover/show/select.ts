// Of a whole host, what was asked for: a device with all that stands on it and below it, or a user with all that is below.

import { UsageError } from '../../lib/errors.ts';
import type { Device, Discovered, User } from '../document.ts';

/** A word of the command line, and where its path leads if it is a link on this host. */
export interface Asked {
  readonly word: string;
  readonly real?: string;
}

/** Throws UsageError naming what was not found, and what there is. */
export function narrowed(found: Discovered, asked: readonly Asked[]): Discovered {
  if (asked.length === 0) return found;
  const wanted = asked.map((each) => ({ each, hit: hitOf(found, each.word) ?? hitOf(found, each.real ?? '') }));
  const lost = wanted.flatMap(({ each, hit }) => (hit ? [] : [each.word]));
  if (lost.length > 0)
    throw new UsageError(`nothing on this host is called ${lost.map((word) => `"${word}"`).join(', ')}`, known(found));
  const byId = new Map(found.devices.map((device) => [device.id, device]));
  const above = parentsOf(found.devices);
  const devices = new Set<string>();
  const users = new Set<string>();
  for (const { hit } of wanted) {
    if (!hit) continue;
    if (hit.kind === 'user') {
      users.add(hit.user.id);
      hit.user.below.forEach((id) =>
        reach(id, { into: devices, next: (at) => byId.get(at)?.below.map((edge) => edge.id) ?? [] }),
      );
      continue;
    }
    const up = new Set<string>();
    reach(hit.device.id, { into: devices, next: (at) => byId.get(at)?.below.map((edge) => edge.id) ?? [] });
    reach(hit.device.id, { into: up, next: (at) => above.get(at) ?? [] });
    for (const id of up) devices.add(id);
    for (const user of found.users) if (user.below.some((id) => up.has(id))) users.add(user.id);
  }
  return {
    ...found,
    devices: found.devices
      .filter(({ id }) => devices.has(id))
      .map((device) => ({ ...device, below: device.below.filter(({ id }) => devices.has(id)) })),
    users: found.users
      .filter(({ id }) => users.has(id))
      .map((user) => ({ ...user, below: user.below.filter((id) => devices.has(id)) })),
  };
}

type Hit = { readonly kind: 'user'; readonly user: User } | { readonly kind: 'device'; readonly device: Device };

function hitOf({ users, devices }: Discovered, word: string): Hit | undefined {
  if (word === '') return undefined;
  const ids = /^\d+$/.test(word)
    ? ['qemu', 'xen', 'process'].map((kind) => `${kind}:${word}`)
    : [word, `mount:${word}`];
  const user =
    ids.map((id) => users.find((each) => each.id === id)).find(Boolean) ?? users.find(({ name }) => name === word);
  if (user) return { kind: 'user', user };
  const names = namesOf(word);
  const device =
    devices.find(({ id, number }) => names.includes(id) || number === word) ??
    devices.find(({ name }) => names.includes(name));
  return device && { kind: 'device', device };
}

/** A path below /dev as the kernel, device-mapper and LVM would have it. */
function namesOf(word: string): readonly string[] {
  const rest = /^\/dev\/(.+)$/.exec(word)?.[1];
  if (rest === undefined) return [word];
  const mapped = /^mapper\/(.+)$/.exec(rest)?.[1];
  const [, group, volume] = /^([^/]+)\/([^/]+)$/.exec(rest) ?? [];
  return [
    rest.replaceAll('/', '!'),
    ...(mapped === undefined ? [] : [mapped]),
    ...(group === undefined || volume === undefined
      ? []
      : [`${group.replaceAll('-', '--')}-${volume.replaceAll('-', '--')}`]),
  ];
}

function known({ users, devices }: Discovered): string {
  const names = [...users.map(({ name }) => name), ...devices.map(({ id }) => id)];
  const most = 12;
  return names.length === 0
    ? 'nothing was found'
    : `there are ${names.slice(0, most).join(', ')}${names.length > most ? ` and ${names.length - most} more` : ''}`;
}

function reach(start: string, { into, next }: { into: Set<string>; next: (id: string) => readonly string[] }): void {
  const open = [start];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (into.has(id)) continue;
    into.add(id);
    open.push(...next(id));
  }
}

/** The devices directly above each device. */
export function parentsOf(devices: readonly Device[]): ReadonlyMap<string, readonly string[]> {
  const above = new Map<string, string[]>();
  for (const { id, below } of devices) {
    for (const edge of below) {
      const own = above.get(edge.id);
      if (own) own.push(id);
      else above.set(edge.id, [id]);
    }
  }
  return above;
}
