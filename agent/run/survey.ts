// Measures the media before a plan can be made. Reads only, needs no root.

import { readBlockDevice } from '../host/kernel/block-device.ts';
import { sectorBytes } from '../lib/units.ts';
import type { Geometry, Medium } from '../stack/provider.ts';
import type { StackLayer } from '../stack/raise.ts';

const ground = { kind: 'measures', bytes: 2 ** 31, blockBytes: 512 } as const;

/** Throws NeedError when the device of the profile does not exist. */
export async function surveyMedia(layers: readonly StackLayer[]): Promise<Geometry> {
  const medium = mediumOf(layers) ?? ground;
  if (medium.kind === 'device') {
    const { sectors, blockBytes } = await readBlockDevice(medium.path);
    return { sectors, blockBytes };
  }
  return { sectors: Math.floor(medium.bytes / sectorBytes), blockBytes: medium.blockBytes };
}

/** The real device that a profile would use, if it has one. `writable`: the profile lets it be written, which alone is not enough. */
export function realDeviceOf(layers: readonly StackLayer[]): Extract<Medium, { kind: 'device' }> | undefined {
  const medium = mediumOf(layers);
  return medium?.kind === 'device' ? medium : undefined;
}

function mediumOf(layers: readonly StackLayer[]): Medium | undefined {
  return layers.find(({ deployed }) => deployed.medium)?.deployed.medium;
}
