// File systems and swap on a device, over every mount namespace.

import { errnoOf } from '../../lib/errors.ts';
import { parseMountinfo, unescaped } from '../formats/mountinfo.ts';
import { type Eyes, type Finding, type LookUp, memberAt, memberOf, user } from './look.ts';

/** A container may have mounted what the host has not; a process in a chroot sees a part of its namespace only. */
export const mounts: LookUp = async (eyes, family) => {
  const found = new Map<string, Finding>();
  const seen = new Set<string>();
  for (const pid of await processes(eyes)) {
    const view = `${await quietLink(eyes, `/proc/${pid}/ns/mnt`)} ${await quietLink(eyes, `/proc/${pid}/root`)}`;
    if (view !== ' ' && seen.has(view)) continue;
    const text = await eyes.read(`/proc/${pid}/mountinfo`).catch(noneOfTheDead);
    if (text === undefined) continue;
    seen.add(view);
    for (const mount of parseMountinfo(text)) {
      const member =
        memberOf(family, mount.number) ??
        (mount.number.startsWith('0:') && mount.source.startsWith('/')
          ? await memberAt(eyes, family, `/proc/${pid}/root${mount.source}`)
          : undefined);
      if (member) found.set(mount.point, user(`mounted at ${mount.point}`));
    }
  }
  return [...found.values()];
};

/** Each device of a btrfs, of which mountinfo names only one. */
export const btrfs: LookUp = async (eyes, family) => {
  const found: Finding[] = [];
  for (const id of await eyes.list('/sys/fs/btrfs')) {
    for (const name of await eyes.list(`/sys/fs/btrfs/${id}/devices`)) {
      if (family.some((member) => member.name === name)) found.push(user(`${name} is part of the btrfs ${id}`));
    }
  }
  return found;
};

export const swaps: LookUp = async (eyes, family) => {
  const found: Finding[] = [];
  for (const path of parseSwaps((await eyes.read('/proc/swaps')) ?? '')) {
    const member = await memberAt(eyes, family, path);
    if (member) found.push(user(`${member.name} is swap`));
  }
  return found;
};

/** Paths of proc(5), swaps. */
export function parseSwaps(text: string): readonly string[] {
  const lines = text.split('\n').slice(1);
  return lines.flatMap((line) => (line.startsWith('/') ? [unescaped(line.split(/\s/)[0] ?? '')] : []));
}

export async function processes(eyes: Eyes): Promise<readonly string[]> {
  return (await eyes.list('/proc')).filter((name) => /^\d+$/.test(name));
}

/** A process that has ended and waits for its parent has no mounts any more: reading them gives EINVAL. */
function noneOfTheDead(failure: unknown): undefined {
  if (errnoOf(failure) === 'EINVAL') return undefined;
  throw failure;
}

async function quietLink(eyes: Eyes, path: string): Promise<string> {
  return (await eyes.linkOf(path).catch(() => undefined)) ?? '';
}
