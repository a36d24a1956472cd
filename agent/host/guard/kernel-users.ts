// Kernel drivers that stand on a device: those that say so in `holders`, and those that only open it.

import { deviceNumberOfHex } from '../formats/device-number.ts';
import { reasonOf } from '../../lib/errors.ts';
import { blind, type Eyes, type Finding, type LookUp, memberOf, user } from './look.ts';

/** device-mapper, md, bcache and every other driver that links itself as a holder. `ours` is our own claim on the device. */
export function holders(ours: string | undefined): LookUp {
  return async (eyes, family) => {
    const found: Finding[] = [];
    let held = false;
    for (const { name } of family) {
      for (const holder of await eyes.list(`/sys/class/block/${name}/holders`)) {
        if (holder === ours) held = true;
        else found.push(user(`${holder}${await calledBy(eyes, holder)} stands on ${name}`));
      }
    }
    if (ours !== undefined && !held) found.push(blind('our own claim is not in effect'));
    return found;
  };
}

async function calledBy(eyes: Eyes, holder: string): Promise<string> {
  const name = (await eyes.read(`/sys/class/block/${holder}/dm/name`))?.trim();
  return name ? ` (${name})` : '';
}

/** md arrays that are inactive hold nothing, but will take their members back when they start. */
export const arrays: LookUp = async (eyes, family) =>
  parseMdstat((await eyes.read('/proc/mdstat')) ?? '').flatMap(({ array, members }) =>
    family
      .filter(({ name }) => members.includes(name))
      .map(({ name }) => user(`${name} is part of the RAID array ${array}`)),
  );

/** Lines such as `md0 : active raid1 sdb1[1] sda1[0](F)` (drivers/md/md.c, md_seq_show). */
export function parseMdstat(text: string): readonly { readonly array: string; readonly members: readonly string[] }[] {
  return text.split('\n').flatMap((line) => {
    const array = /^(md\S*) : /.exec(line)?.[1];
    return array === undefined ? [] : [{ array, members: [...line.matchAll(/(\S+)\[\d+\]/g)].map(([, n]) => n ?? '') }];
  });
}

/** A loop device opens what it stands on without a claim. Its path is no proof: it may lead elsewhere, or be gone. */
export const loops: LookUp = async (eyes, family) => {
  const found: Finding[] = [];
  for (const loop of (await eyes.list('/sys/block')).filter((name) => name.startsWith('loop'))) {
    if ((await eyes.read(`/sys/block/${loop}/loop/backing_file`)) === undefined) continue;
    try {
      const number = await eyes.loopOn(loop);
      const member = number === undefined ? undefined : memberOf(family, number);
      if (member) found.push(user(`${loop} stands on ${member.name}`));
    } catch (failure) {
      found.push(blind(`what ${loop} stands on cannot be asked: ${reasonOf(failure)}`));
    }
  }
  return found;
};

/** blkback opens without a claim; sysfs has the number in hexadecimal (drivers/block/xen-blkback/xenbus.c). */
export const xenBackends: LookUp = async (eyes, family) => {
  const root = '/sys/bus/xen-backend/devices';
  const found: Finding[] = [];
  for (const device of (await eyes.list(root)).filter((name) => name.startsWith('vbd-'))) {
    const number = deviceNumberOfHex(await eyes.read(`${root}/${device}/physical_device`));
    const member = memberOf(family, number ?? 'none');
    const domain = device.split('-')[1] ?? '?';
    if (member) found.push(user(`Xen domain ${domain} has ${member.name} as its disk (${device})`));
  }
  return found;
};
