// Reads sysfs of a block device by its resolved number, never by the spelling of its path.

import { realpathSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { errnoOf, NeedError } from '../../lib/errors.ts';
import { deviceNumberOf } from '../formats/device-number.ts';
import { readText } from './files.ts';

export interface BlockDevice {
  /** As the user wrote it. */
  readonly path: string;
  /** `major:minor`. */
  readonly number: string;
  /** Kernel name, such as `sda1`. */
  readonly name: string;
  readonly sectors: number;
  readonly blockBytes: number;
}

/** Throws NeedError when there is no such block device. */
export async function readBlockDevice(path: string): Promise<BlockDevice> {
  const number = deviceNumber(path);
  const folder = `/sys/dev/block/${number}`;
  const real = realpathSync(folder);
  // A partition has its queue in the disk's folder above.
  const disk = (await readText(`${real}/partition`)) === undefined ? real : dirname(real);
  return {
    path,
    number,
    name: basename(real),
    sectors: Number((await readText(`${folder}/size`))?.trim() ?? 0),
    blockBytes: Number((await readText(`${disk}/queue/logical_block_size`))?.trim() ?? 512),
  };
}

function deviceNumber(path: string): string {
  try {
    const stat = statSync(path);
    if (!stat.isBlockDevice())
      throw new NeedError([
        { message: `${path} is not a block device`, hint: 'name a disk or partition, as in `lsblk -p`' },
      ]);
    return deviceNumberOf(stat.rdev);
  } catch (failure) {
    if (failure instanceof NeedError) throw failure;
    const reason = errnoOf(failure) === 'ENOENT' ? 'there is no such device' : (errnoOf(failure) ?? String(failure));
    throw new NeedError([
      { message: `cannot use ${path}: ${reason}`, hint: '`lsblk -p` lists the devices of this host' },
    ]);
  }
}
