// Which disk this is, by what it says of itself rather than by its number, which another disk may get after it.

import { diskOf } from './family.ts';
import type { Eyes } from './look.ts';

export interface Identity {
  readonly sectors: number;
  /** The medium can be taken out and another put in. */
  readonly removable: boolean;
  readonly readOnly: boolean;
  /** Serial numbers and world-wide names of the disk; of LVM and RAID volumes their uuid. */
  readonly serials: readonly string[];
}

const serialFiles = ['serial', 'device/serial', 'wwid', 'device/wwid', 'dm/uuid', 'md/uuid', 'device/vpd_pg80'];

export async function identityOf(eyes: Eyes, name: string): Promise<Identity> {
  const disk = await diskOf(eyes, name);
  const own = async (file: string): Promise<string> => (await eyes.read(`/sys/class/block/${name}/${file}`)) ?? '';
  const ofDisk = async (file: string): Promise<string> =>
    (await eyes.read(`/sys/class/block/${disk}/${file}`).catch(() => undefined)) ?? '';
  const texts = await Promise.all(serialFiles.map(ofDisk));
  return {
    sectors: Number((await own('size')).trim()),
    removable: (await ofDisk('removable')).trim() === '1',
    readOnly: (await own('ro')).trim() === '1' || (await ofDisk('ro')).trim() === '1',
    serials: [...new Set(texts.map(plain).filter((text) => text !== ''))],
  };
}

/** Whether a person who read `given` from lsblk means this disk: a serial as it is, a world-wide name with any prefix. */
export function isCalled(identity: Pick<Identity, 'serials'>, given: string): boolean {
  const wanted = withoutPrefix(given.trim());
  return wanted !== '' && identity.serials.some((serial) => withoutPrefix(serial) === wanted);
}

// Page 0x80 of the vital product data has four bytes before the text (SPC-4, 7.8.5).
function plain(text: string): string {
  const body = text.startsWith('\0\u0080') || text.startsWith('\0\ufffd') ? text.slice(4) : text;
  return body.replaceAll(/[^\x20-\x7e]/g, '').trim();
}

function withoutPrefix(serial: string): string {
  return /^(naa\.|eui\.|uuid\.|0x)/i.test(serial)
    ? serial.replace(/^(naa\.|eui\.|uuid\.|0x)/i, '').toLowerCase()
    : serial;
}
