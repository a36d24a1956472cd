// Why device-mapper refuses: an error number in words, with what to do, and what the kernel wrote to its log about it.

import { getSystemErrorMap } from 'node:util';
import { errnoOf } from '../../lib/errors.ts';
import type { Kernel } from '../port.ts';

interface Explained {
  readonly why: string;
  readonly hint?: string;
}

/** What a table that cannot be loaded, or a message that is not taken, has run into (drivers/md/dm-*.c). */
const known: Readonly<Record<string, Explained>> = {
  EBUSY: { why: 'it, or a device that it stands on, is held by somebody else' },
  EINVAL: { why: 'the kernel refuses the table', hint: '`dmesg` says why' },
  EACCES: { why: 'root is needed' },
  EPERM: { why: 'root is needed' },
  ENOKEY: {
    why: 'the key is not in a keyring that root sees here',
    hint: '`keyctl show @s` lists them; write the key in hexadecimal digits: any of the same length costs the same',
  },
  ENODATA: {
    why: 'the pool has no such thin device',
    hint: 'make it by a message to its pool: `messages: [create_thin 1]` at the device of the pool',
  },
  ENODEV: {
    why: 'there is no such device, or nothing that handles it',
    hint: 'a hardware handler of multipath wants paths that are SCSI disks',
  },
  ENXIO: { why: 'there is no such device', hint: '`dmesg` says which' },
  ENOENT: {
    why: 'something that it names is not there',
    hint: 'an algorithm that this kernel does not have, or a device',
  },
  ENOMEM: { why: 'the kernel has too little memory for it' },
  ENOSPC: { why: 'its metadata or its data device is full', hint: 'make them larger' },
  EEXIST: { why: 'there is one of that name or number already' },
  EOPNOTSUPP: { why: 'the target does not know the message, or what is beneath cannot do it' },
  EIO: { why: 'what it stands on failed an I/O', hint: '`dmesg` says which' },
  EILSEQ: { why: 'what is beneath does not hold what the target wants to find there' },
};

/** An error number never stands alone. */
export function explainErrno(cause: unknown): Explained {
  const code = errnoOf(cause);
  if (code === undefined) return { why: String(cause) };
  const { why, hint } = known[code] ?? { why: meaningOf(code), hint: '`dmesg` may say why' };
  return { why: `${code}: ${why}`, ...(hint === undefined ? {} : { hint }) };
}

function meaningOf(code: string): string {
  const found = [...getSystemErrorMap().values()].find(([name]) => name === code);
  return found?.[1] ?? 'the kernel refuses it';
}

/** Older lines of the log are about something else. */
const recentS = 3;

/** What device-mapper wrote to the kernel's log in the last moments: undefined where it did not, or cannot be asked. */
export async function lastWords({ run, read }: Pick<Kernel, 'run' | 'read'>): Promise<string | undefined> {
  const log = await run(['dmesg']).catch(() => '');
  const now = Number((await read('/proc/uptime'))?.split(' ')[0] ?? NaN);
  const lines = log.split('\n').flatMap((line) => {
    const [, at = '', text = ''] = /^(?:<\d+>)?\[\s*(\d+\.\d+)\] device-mapper: (.*)$/.exec(line) ?? [];
    // "ioctl: error adding target to table" comes after what the target itself says.
    return text === '' || !(now - Number(at) < recentS) || /error adding target/.test(text) ? [] : [text.trim()];
  });
  return lines.at(-1)?.replace(/^table: \d+:\d+: /, '');
}
