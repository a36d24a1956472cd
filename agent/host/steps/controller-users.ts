// Who uses a controller of a cgroup's children: that it may be switched off the kernel decides by their own children alone
// (kernel/cgroup/cgroup.c, cgroup_subtree_control_write), and what was set on them would be gone without a word.

import type { Kernel } from '../port.ts';

/** Values of a child's files while nobody has set them (Documentation: cgroup-v2). Other files do not count. */
const untouched: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  cpu: {
    'cpu.weight': /^100$/,
    'cpu.idle': /^0$/,
    'cpu.max': /^max\b/,
    'cpu.uclamp.min': /^0(\.0+)?$/,
    'cpu.uclamp.max': /^max$/,
  },
  cpuset: { 'cpuset.cpus': /^$/, 'cpuset.mems': /^$/, 'cpuset.cpus.partition': /^member$/ },
  io: { 'io.weight': /^default 100$/, 'io.bfq.weight': /^(default )?100$/, 'io.max': /^$/, 'io.latency': /^$/ },
  memory: {
    ...{ 'memory.min': /^0$/, 'memory.low': /^0$/, 'memory.high': /^max$/, 'memory.max': /^max$/ },
    ...{ 'memory.swap.high': /^max$/, 'memory.swap.max': /^max$/ },
  },
};

/** Has somebody set anything of `controller` on a child of `path` that no run has made? */
export async function isSetByOthers(kernel: Kernel, path: string, controller: string): Promise<boolean> {
  const files = Object.entries(untouched[controller] ?? {});
  for (const child of await kernel.list(path)) {
    if (/^layerlift[-_]/.test(child)) continue;
    for (const [file, asMade] of files) {
      const value = await kernel.read(`${path}/${child}/${file}`).catch(() => undefined);
      if (value !== undefined && !asMade.test(value.trim())) return true;
    }
  }
  return false;
}
