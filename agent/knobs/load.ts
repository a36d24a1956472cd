// The side that drives the stack: what may cap the load before it reaches the ring. The load's own depth
// (iodepth x numjobs) is in the profile, not on the host.

import { byCommand } from './change.ts';
import { readsAtOnce } from './disk.ts';
import { type Knob, knobOf, type Reader } from './knob.ts';
import { fileSource } from './parameters.ts';
import { mapBounded } from '../lib/map-bounded.ts';
import { listSource } from './source.ts';

const layer = 'load';
const cgroups = '/sys/fs/cgroup';
const aioMax = '/proc/sys/fs/aio-max-nr';

export const asyncEvents = fileSource('asynchronous I/O', [
  {
    ...{ id: 'aio.max', layer, name: 'fs.aio-max-nr', scope: 'host', defaultValue: 65_536, path: aioMax },
    limitOf: (count) => count,
    change: byCommand('sysctl -w fs.aio-max-nr=N', 'live'),
  },
]);

/** Rates that cgroups v2 set on disks (Documentation/admin-guide/cgroup-v2.rst, io.max). */
export const cgroupLimits = listSource('cgroups', cgroupsWithIo, readLimits);

async function cgroupsWithIo(reader: Reader): Promise<readonly string[]> {
  const found: string[] = [];
  let folders: readonly string[] = [cgroups];
  while (folders.length > 0) {
    const looked = await mapBounded(folders, readsAtOnce, async (folder) => {
      const entries = await reader.list(folder);
      if (entries.includes('io.max')) found.push(folder);
      return entries.filter((entry) => !isControlFile(entry)).map((entry) => `${folder}/${entry}`);
    });
    folders = looked.flat();
  }
  return found.sort();
}

// The kernel's own files in a cgroup; whatever else is there is a cgroup (that a name like these is kept from others is
// cgroup-v2.rst's word: "Interface files").
function isControlFile(entry: string): boolean {
  return /^(cgroup|cpu|cpuset|io|memory|pids|hugetlb|rdma|misc|dmem|irq)\./.test(entry);
}

async function readLimits(reader: Reader, folder: string): Promise<readonly Knob[]> {
  const where = `${folder}/io.max`;
  const lines = ((await reader.read(where)) ?? '').split('\n').filter((line) => /=\d/.test(line));
  return lines.map((line) =>
    knobOf(where, line.trim(), {
      ...{ id: 'cg.iomax', layer, name: 'io.max', device: folder.slice(cgroups.length + 1), scope: 'cgroup' },
      defaultValue: 'max',
      change: byCommand(`echo "${line.split(' ')[0] ?? ''} rbps=max wbps=max riops=max wiops=max" >${where}`, 'live'),
    }),
  );
}
