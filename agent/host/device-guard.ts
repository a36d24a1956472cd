// Is a device in use? Each check looks on its own; none is enough alone. Every holder found is named.

import { closeSync, constants, openSync } from 'node:fs';
import { errnoOf, type Problem } from '../lib/errors.ts';
import { type BlockDevice, relatives } from './block-device.ts';
import { listFolder, readText } from './files.ts';

/** Empty when nothing was found that uses the device or one of its partitions. Needs root to be complete. */
export async function findHolders(device: BlockDevice): Promise<readonly Problem[]> {
  const family = await relatives(device);
  const numbers = new Set(family.map(({ number }) => number));
  const found = [
    ...(await mountsOf(numbers)),
    ...(await swapsOf(family.map(({ name }) => name))),
    ...(await holdersOf(family.map(({ name }) => name))),
  ];
  // Seen by the kernel, whoever it is: mount, md, LVM, swap, bcache (open(2), O_EXCL on a block device).
  if (found.length === 0 && isClaimed(device.path)) found.push('it is claimed for exclusive use by somebody');
  return found.map((message) => ({
    message: `${device.path} is in use: ${message}`,
    hint: 'layerlift measures only devices that nobody uses',
  }));
}

/** Over every mount namespace: a container may have mounted what the host has not. */
async function mountsOf(numbers: ReadonlySet<string>): Promise<string[]> {
  const points = new Set<string>();
  const seen = new Set<string>();
  for (const pid of (await listFolder('/proc')).filter((name) => /^\d+$/.test(name))) {
    const text = await readText(`/proc/${pid}/mountinfo`).catch(() => undefined);
    if (text === undefined || seen.has(text)) continue;
    seen.add(text);
    for (const { number, point } of parseMountinfo(text)) if (numbers.has(number)) points.add(point);
  }
  return [...points].map((point) => `mounted at ${point}`);
}

/** Fields of proc(5), mountinfo: the third is `major:minor`, the fifth the mount point with octal escapes. */
export function parseMountinfo(text: string): readonly { number: string; point: string }[] {
  return text.split('\n').flatMap((line) => {
    const fields = line.split(' ');
    const [number, point] = [fields[2], fields[4]];
    if (number === undefined || point === undefined) return [];
    return [
      {
        number,
        point: point.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))),
      },
    ];
  });
}

async function swapsOf(names: readonly string[]): Promise<string[]> {
  const text = (await readText('/proc/swaps')) ?? '';
  return names
    .filter((name) => text.split('\n').some((line) => line.startsWith(`/dev/${name} `)))
    .map((name) => `${name} is swap`);
}

async function holdersOf(names: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    names.map(async (name) =>
      (await listFolder(`/sys/class/block/${name}/holders`)).map((holder) => `${holder} stands on ${name}`),
    ),
  );
  return found.flat();
}

function isClaimed(path: string): boolean {
  try {
    closeSync(openSync(path, constants.O_RDONLY | constants.O_EXCL));
    return false;
  } catch (failure) {
    return errnoOf(failure) === 'EBUSY';
  }
}
