// Asks the kernel which device is below a loop device: a path may be gone, or lead elsewhere in another mount namespace.

import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { deviceNumberOf } from '../formats/device-number.ts';
import { readText } from './files.ts';
import { ioctl } from './ioctl.ts';
import { nativeFailure } from './libc.ts';
import { errnoOf } from '../../lib/errors.ts';

const loopGetStatus64 = 0x4c05; // LOOP_GET_STATUS64, include/uapi/linux/loop.h
/** struct loop_info64: the 64 bits of lo_rdevice come third. */
const [infoBytes, rdeviceAt] = [232, 16];

/**
 * `major:minor` of the device beneath; undefined where a file or nothing is. lo_rdevice is st_rdev of what was opened
 * (drivers/block/loop.c, loop_get_status), 0 for a file. Throws Node's error when the loop device cannot be asked.
 */
export async function loopStandsOn(name: string): Promise<string | undefined> {
  if (nativeFailure() !== undefined) return standsOnByPath(name);
  try {
    const file = await open(`/dev/${name}`, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const info = Buffer.alloc(infoBytes);
      await ioctl(file.fd, loopGetStatus64, info);
      const rdevice = Number(info.readBigUInt64LE(rdeviceAt));
      return rdevice === 0 ? undefined : deviceNumberOf(rdevice);
    } finally {
      await file.close();
    }
  } catch (failure) {
    // It was given up meanwhile.
    if (errnoOf(failure) === 'ENXIO') return undefined;
    throw failure;
  }
}

/** Without the native module, by what sysfs calls it. Throws Node's error where no such path is left: then nobody can tell. */
async function standsOnByPath(name: string): Promise<string | undefined> {
  const path = (await readText(`/sys/block/${name}/loop/backing_file`))?.trim();
  if (path === undefined) return undefined;
  const found = await stat(path);
  return found.isBlockDevice() ? deviceNumberOf(found.rdev) : undefined;
}
