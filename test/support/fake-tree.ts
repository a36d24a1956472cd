// A host's files in memory, for what only looks. A file that is an error is there and cannot be read.

import type { Host } from '../../agent/host/host.ts';

export type Tree = Readonly<Record<string, string | Error>>;

export function fakeTree(files: Tree): Pick<Host, 'read' | 'list'> {
  const folders = new Map<string, Set<string>>();
  for (const path of Object.keys(files)) {
    // A key of xenstore stands below `xenstore:` in place of the root.
    const [scheme, ...parts] = path.split('/');
    for (const [i, part] of parts.entries()) {
      const folder = `${scheme}/${parts.slice(0, i).join('/')}`;
      folders.set(folder, (folders.get(folder) ?? new Set()).add(part));
    }
  }
  return {
    read: (path) => {
      const content = files[path];
      return content instanceof Error ? Promise.reject(content) : Promise.resolve(content);
    },
    list: (path) => Promise.resolve([...(folders.get(path) ?? [])]),
  };
}

export function refused(path: string): Error {
  return Object.assign(new Error(`EACCES: permission denied, open '${path}'`), { code: 'EACCES' });
}

/** A disk with hardware queues; everything else about it is up to the caller. */
export function disk(name: string, tags: string, { queues = 1, reserved = '0' } = {}): Tree {
  const folder = `/sys/block/${name}`;
  const each = Array.from({ length: queues }, (_, i) => [
    [`${folder}/mq/${i}/nr_tags`, `${tags}\n`],
    [`${folder}/mq/${i}/nr_reserved_tags`, `${reserved}\n`],
  ]);
  return { [`${folder}/size`]: '2097152\n', ...(Object.fromEntries(each.flat()) as Tree) };
}

/** Disks of one SCSI host, from sda on. */
export function scsiHost(number: number, driver: string, names: readonly string[], canQueue: string): Tree {
  const host = `/sys/class/scsi_host/host${number}`;
  const disks = names.map((name, lun) => ({
    ...disk(name, canQueue),
    [`/sys/block/${name}/device/scsi_device/${number}:0:1:${lun}/uevent`]: '',
    [`/sys/block/${name}/device/queue_depth`]: `${canQueue}\n`,
    [`/sys/block/${name}/queue/scheduler`]: 'none [mq-deadline]\n',
    [`/sys/block/${name}/queue/nr_requests`]: `${2 * Math.min(128, Number(canQueue))}\n`,
    [`/sys/block/${name}/queue/rotational`]: '0\n',
    [`/sys/block/${name}/queue/wbt_lat_usec`]: '2000\n',
  }));
  return {
    [`${host}/proc_name`]: `${driver}\n`,
    [`${host}/can_queue`]: `${canQueue}\n`,
    [`${host}/nr_hw_queues`]: '1\n',
    ...(Object.assign({}, ...disks) as Tree),
  };
}

/** The host on which four guests share an adapter of 64 commands. */
export const founding: Tree = {
  ...scsiHost(2, 'tcm_loopback', ['sda', 'sdb', 'sdc', 'sdd'], '64'),
  '/sys/module/tcm_loop/parameters/can_queue': '64\n',
  '/sys/module/tcm_loop/parameters/cmd_per_lun': '64\n',
};
