// What a loop device stands on, as the kernel knows it: a path may be gone, or lead elsewhere in another mount namespace.

import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { deviceNumberOf } from '../formats/device-number.ts';
import { ioctl } from './ioctl.ts';
import { errnoOf } from '../../lib/errors.ts';

const loopGetStatus64 = 0x4c05; // LOOP_GET_STATUS64, include/uapi/linux/loop.h
/** struct loop_info64: the 64 bits of lo_rdevice come third. */
const [infoBytes, rdeviceAt] = [232, 16];

/**
 * `major:minor` of the device beneath; undefined where a file or nothing is. lo_rdevice is st_rdev of what was opened
 * (drivers/block/loop.c, loop_get_status), 0 for a file. Throws Node's error when the loop device cannot be asked.
 */
export async function loopStandsOn(name: string): Promise<string | undefined> {
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
