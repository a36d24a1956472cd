// Device-mapper without the native module: looks at sysfs, changes by dmsetup. Only what the way back needs, as a program for
// each call is too slow for a run.

import { HostError } from '../../lib/errors.ts';
import type { Kernel } from '../port.ts';

export interface DmStatus {
  readonly node: string;
  readonly suspended: boolean;
  readonly uuid: string;
}

/** The state of a device, or undefined where there is none of that name (Documentation/ABI/testing/sysfs-block-dm). */
export async function statusBySysfs(
  name: string,
  { read, list }: Pick<Kernel, 'read' | 'list'>,
): Promise<DmStatus | undefined> {
  for (const device of (await list('/sys/block')).filter((one) => one.startsWith('dm-'))) {
    const of = async (attribute: string): Promise<string> =>
      ((await read(`/sys/block/${device}/dm/${attribute}`)) ?? '').trim();
    if ((await of('name')) !== name) continue;
    return { node: `/dev/${device}`, suspended: (await of('suspended')) === '1', uuid: await of('uuid') };
  }
  return undefined;
}

/** Throws HostError, with EBUSY as the code of its cause where somebody holds the device. */
export async function dmsetup(
  verb: 'resume' | 'clear' | 'remove',
  name: string,
  { run }: Pick<Kernel, 'run'>,
): Promise<void> {
  // Without udev there may be nobody to end a wait for it.
  const argv = ['dmsetup', '--noudevsync', verb, ...(verb === 'resume' ? ['--nolockfs'] : []), name];
  try {
    await run(argv);
  } catch (failure) {
    if (!(failure instanceof HostError) || !/resource busy/i.test(failure.message)) throw failure;
    const cause = Object.assign(new Error('EBUSY', { cause: failure }), { code: 'EBUSY' });
    throw new HostError(failure.message, undefined, { cause });
  }
}
