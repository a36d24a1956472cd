// Targets of this host that export a device to other hosts or guests, as configfs tells of them.

import { basename, dirname } from 'node:path';
import { blind, type Eyes, type Finding, type LookUp, type Member, memberAt, user } from './look.ts';

const configfs = '/sys/kernel/config';

/** Targets that export a device to other hosts or guests; nvmet, and LIO with its file back end, make no claim. */
export const targets: LookUp = async (eyes, family) => {
  const found = [...(await nvmet(eyes, family)), ...(await lio(eyes, family))];
  if ((await eyes.list(configfs)).length > 0) return found;
  const loaded: Finding[] = [];
  for (const module of ['nvmet', 'target_core_mod']) {
    if ((await eyes.read(`/sys/module/${module}/initstate`)) === undefined) continue;
    loaded.push(blind(`${module} is loaded, but configfs is not mounted at ${configfs}`));
  }
  return loaded;
};

async function nvmet(eyes: Eyes, family: readonly Member[]): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  const root = `${configfs}/nvmet/subsystems`;
  for (const nqn of await eyes.list(root)) {
    for (const id of await eyes.list(`${root}/${nqn}/namespaces`)) {
      const folder = `${root}/${nqn}/namespaces/${id}`;
      const path = await eyes.read(`${folder}/device_path`);
      const member = await memberAt(eyes, family, path);
      if (member) found.push(user(`the NVMe target ${nqn} exports ${member.name} as namespace ${id}`));
      // The device that it has opened is known by its path alone.
      else if ((await eyes.read(`${folder}/enable`))?.trim() === '1' && (await isGone(eyes, path)))
        found.push(blind(`the NVMe target ${nqn} exports ${path?.trim()} as namespace ${id}, which is not there`));
    }
  }
  return found;
}

async function lio(eyes: Eyes, family: readonly Member[]): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  const root = `${configfs}/target/core`;
  for (const adapter of await eyes.list(root)) {
    for (const store of await eyes.list(`${root}/${adapter}`)) {
      const folder = `${root}/${adapter}/${store}`;
      const info = (await eyes.read(`${folder}/info`)) ?? '';
      const what = `the SCSI target's backstore ${adapter}/${store} exports`;
      for (const path of [await eyes.read(`${folder}/udev_path`), ...pathsOfBackstore(info)]) {
        const member = await memberAt(eyes, family, path);
        if (!member) continue;
        found.push(user(`${what} ${member.name}`));
        break;
      }
      // The other back ends claim their device, or name what is no path.
      const file = fileOfBackstore(info);
      if (await isGone(eyes, file)) found.push(blind(`${what} ${file}, which is not there`));
    }
  }
  return found;
}

async function isGone(eyes: Eyes, path: string | undefined): Promise<boolean> {
  const text = path?.trim() ?? '';
  return text.startsWith('/') && !(await eyes.list(dirname(text))).includes(basename(text));
}

/** Paths in a backstore's `info`: of fileio `File: PATH  Size:`, of iblock `UDEV PATH: PATH`, of user `Config: TYPE/PATH`. */
export function pathsOfBackstore(info: string): readonly string[] {
  const udev = /UDEV PATH: (\S+)/.exec(info)?.[1];
  const config = /\bConfig: [^/]*(\/\S+)/.exec(info)?.[1];
  return [fileOfBackstore(info), udev, config].filter((path) => path !== undefined);
}

function fileOfBackstore(info: string): string | undefined {
  return /\bFile: (\S.*?)\s+Size:/.exec(info)?.[1];
}
