// May this run write to a real device? Only with three consents: the profile's `access: rw`, a load that writes, and
// `--destroy` with the device and its serial. What the device carries and who uses it, the guard finds out.

import { readBlockDevice } from '../host/kernel/block-device.ts';
import type { Claim } from '../host/guard/device-guard.ts';
import { ProfileError, UsageError } from '../lib/errors.ts';
import type { StackLayer } from '../stack/raise.ts';
import type { Destroy } from './destroy-option.ts';
import { realDeviceOf } from './survey.ts';

export interface Asked {
  /** The profile's path, for messages. */
  readonly at: string;
  /** Whether the load writes. */
  readonly writes: boolean;
  readonly destroy: Destroy | undefined;
}

/**
 * The profile's real device with what the caller consented to; undefined where it has none. Throws ProfileError or
 * UsageError when consent is missing or goes to something else, NeedError when there is no such device.
 */
export async function claimFor(
  layers: readonly StackLayer[],
  { at, writes, destroy }: Asked,
): Promise<Claim | undefined> {
  const real = realDeviceOf(layers);
  const readOnly = layers.some(({ deployed }) => deployed.reads === 'only');
  if (writes && (readOnly || real?.writable === false)) {
    throw new ProfileError([
      {
        at,
        message: `workload: it writes, but ${real?.path ?? 'the remote target'} is used for reading only`,
        hint: 'use rw: randread or read; writing works on model disks, and on a device with access: rw and --destroy',
      },
    ]);
  }
  if (destroy && (!real || !writes)) {
    const why = real ? 'the load only reads' : 'the profile has no real device';
    throw new UsageError(`--destroy ${destroy.device}: ${why}`, 'leave it out');
  }
  if (!real) return undefined;
  const { path, number, name, sectors } = await readBlockDevice(real.path);
  const claim = { path, number, name, sectors };
  if (!writes) return claim;
  if (!destroy) {
    throw new UsageError(
      `this run would overwrite ${path}`,
      `if that is meant: --destroy ${path}=SERIAL, with its serial as in \`lsblk -d -o NAME,SERIAL,WWN\``,
    );
  }
  const named = await readBlockDevice(destroy.device);
  if (named.number !== number)
    throw new UsageError(
      `--destroy names ${destroy.device}, but the profile's device is ${path}`,
      'nothing is written',
    );
  return { ...claim, destroy: { serial: destroy.serial } };
}
