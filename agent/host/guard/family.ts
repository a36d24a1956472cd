// Which other block devices hold the same bytes as the guarded one.

import { basename, dirname } from 'node:path';
import { type Eyes, type Member } from './look.ts';

/** Identifiers that are unique in the world; others repeat from disk to disk, such as those without a serial. */
const worldWide = /^(naa|eui|uuid)\.[0-9a-f]{16,}$/i;

/**
 * The device itself, its partitions, the disk that it is a partition of, and every other path to the same disk (equal
 * world-wide names), with their partitions. The device itself comes first.
 */
export async function familyOf(eyes: Eyes, device: Member): Promise<readonly Member[]> {
  const disk = await diskOf(eyes, device.name);
  const family = [device];
  if (disk === device.name) family.push(...(await partitionsOf(eyes, disk)));
  else family.push(...(await memberNamed(eyes, disk)));
  for (const twin of await twinsOf(eyes, disk)) {
    family.push(...(await memberNamed(eyes, twin)), ...(await partitionsOf(eyes, twin)));
  }
  return family;
}

/** The kernel's name of the whole disk that a device is, or is a partition of. */
export async function diskOf(eyes: Eyes, name: string): Promise<string> {
  if ((await eyes.read(`/sys/class/block/${name}/partition`)) === undefined) return name;
  // A partition's folder lies in that of its disk.
  return basename(dirname((await eyes.linkOf(`/sys/class/block/${name}`)) ?? name));
}

async function partitionsOf(eyes: Eyes, disk: string): Promise<readonly Member[]> {
  const found: Member[] = [];
  for (const entry of await eyes.list(`/sys/class/block/${disk}`)) {
    if ((await eyes.read(`/sys/class/block/${disk}/${entry}/partition`)) === undefined) continue;
    found.push(...(await memberNamed(eyes, entry)));
  }
  return found;
}

async function memberNamed(eyes: Eyes, name: string): Promise<readonly Member[]> {
  const number = (await eyes.read(`/sys/class/block/${name}/dev`))?.trim();
  return number ? [{ name, number }] : [];
}

async function twinsOf(eyes: Eyes, disk: string): Promise<readonly string[]> {
  const own = await worldWideName(eyes, disk);
  if (own === undefined) return [];
  const twins: string[] = [];
  for (const other of await eyes.list('/sys/block')) {
    if (other !== disk && (await worldWideName(eyes, other)) === own) twins.push(other);
  }
  return twins;
}

async function worldWideName(eyes: Eyes, disk: string): Promise<string | undefined> {
  for (const file of ['wwid', 'device/wwid']) {
    const text = (await eyes.read(`/sys/block/${disk}/${file}`))?.trim();
    if (text !== undefined && worldWide.test(text)) return text.toLowerCase();
  }
  return undefined;
}
