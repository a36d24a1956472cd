// `--destroy`: the device that a run may overwrite, and the serial that says that it is the right one (pure).

import { UsageError } from '../lib/errors.ts';

export interface Destroy {
  readonly device: string;
  readonly serial: string;
}

/** `DEVICE=SERIAL`, split at the first `=`. Throws UsageError. */
export function parseDestroy(text: string | undefined): Destroy | undefined {
  if (text === undefined) return undefined;
  if (typeof text !== 'string') throw new UsageError('--destroy is given more than once');
  const match = /^(\/dev\/[^=]+)=(.+)$/.exec(text);
  const [, device, serial] = match ?? [];
  if (device !== undefined && serial !== undefined) return { device, serial };
  throw new UsageError(
    `--destroy: "${text}" is not a device and its serial`,
    'expected DEVICE=SERIAL, such as /dev/sdb=S3YJNX0K, as `lsblk -d -o NAME,SERIAL,WWN` shows them',
  );
}
