// Small file access for sysfs, procfs, configfs and cgroupfs.

import { constants, readdirSync, readFileSync } from 'node:fs';
import { lstat, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errnoOf, HostError } from '../../lib/errors.ts';

/**
 * Counter files, which never wait for a device: read synchronously. A trip through libuv's threads takes ten times the CPU,
 * and a slice reads a hundred of them at each border. Any other file may wait for a device, which must not hold up the agent.
 */
const answersAtOnce =
  /^\/(proc\/(stat|diskstats|uptime|vmstat|cpuinfo|self\/(stat|cgroup)|pressure\/\w+|\d+\/(task\/\d+\/)?(comm|schedstat)|\d+\/task|2\/task\/2\/children)$|sys\/fs\/cgroup(\/|$)|sys\/(block|class\/block|dev\/block)\/[^/]+\/(stat|inflight)$|sys\/bus\/xen-backend\/devices(\/[^/]+\/statistics\/\w+)?$)/;

/** Undefined where the file does not exist (or has just gone). */
export async function readText(path: string): Promise<string | undefined> {
  try {
    return answersAtOnce.test(path) ? readFileSync(path, 'utf8') : await readFile(path, 'utf8');
  } catch (failure) {
    if (isAbsent(failure)) return undefined;
    throw failure;
  }
}

/** Empty where the folder does not exist. */
export async function listFolder(path: string): Promise<readonly string[]> {
  try {
    return answersAtOnce.test(path) ? readdirSync(path) : await readdir(path);
  } catch (failure) {
    if (isAbsent(failure)) return [];
    throw failure;
  }
}

export async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (failure) {
    if (isAbsent(failure)) return false;
    throw failure;
  }
}

/** Makes a folder of configfs or cgroupfs. Throws HostError naming the path and the kernel's answer. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (cause) {
    throw new HostError(`cannot make ${path}: ${errnoOf(cause) ?? String(cause)}`, undefined, { cause });
  }
}

/** Writes an attribute. Throws HostError naming the path, the value and the kernel's answer. */
export async function writeAttribute(path: string, value: string): Promise<void> {
  try {
    // Write-only attributes refuse to be opened for reading too; creating or cutting makes no sense for any.
    await writeFile(path, value, { flag: constants.O_WRONLY });
  } catch (cause) {
    throw new HostError(`cannot write "${value.trim()}" to ${path}: ${errnoOf(cause) ?? String(cause)}`, undefined, {
      cause,
    });
  }
}

/** Writes a file of the run's own, with the folders above it. */
export async function writeScratch(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

/** ESRCH: what /proc says of a process that ends between open and read. */
const absent = ['ENOENT', 'ENODEV', 'ENXIO', 'ENOTDIR', 'ESRCH'];

/** Whether what was looked for does not exist, or has just gone. */
export function isAbsent(failure: unknown): boolean {
  return absent.includes(errnoOf(failure) ?? '');
}
