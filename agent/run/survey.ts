// What must be known of the host before a plan can be made: the measures of the media. Reads only, needs no root.

import { readBlockDevice } from '../host/kernel/block-device.ts';
import type { Profile } from '../profile/profile.ts';
import { sectorBytes } from '../lib/units.ts';
import { isRecord } from '../lib/record.ts';
import type { Geometry } from '../stack/provider.ts';

const groundBytes = 2 ** 31;
const groundBlockBytes = 512;

/** Throws NeedError when the device of the profile does not exist. */
export async function surveyMedia(profile: Profile): Promise<Geometry> {
  const [bottom] = profile.stack;
  const settings = isRecord(bottom?.deployed.settings) ? bottom.deployed.settings : {};
  if (typeof settings['device'] === 'string') {
    const { sectors, blockBytes } = await readBlockDevice(settings['device']);
    return { sectors, blockBytes };
  }
  const [size, block] = [settings['size'], settings['blockSize']];
  return {
    sectors: Math.floor((typeof size === 'number' ? size : groundBytes) / sectorBytes),
    blockBytes: typeof block === 'number' ? block : groundBlockBytes,
  };
}

export interface RealDevice {
  readonly path: string;
  /** Whether the profile lets it be written, which alone is not enough. */
  readonly writable: boolean;
}

/** The real device that a profile would use, if it has one. */
export function realDeviceOf(profile: Profile): RealDevice | undefined {
  const media = profile.stack.find(({ layer }) => layer === 'media');
  const settings = media?.deployed.provider === 'device' ? media.deployed.settings : undefined;
  if (!isRecord(settings) || typeof settings['device'] !== 'string') return undefined;
  return { path: settings['device'], writable: settings['access'] === 'rw' };
}
