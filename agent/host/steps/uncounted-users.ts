// Modules whose users the kernel does not count: unloading one takes away what others have made with it.

import type { Kernel } from '../port.ts';

const users: Readonly<Record<string, (kernel: Kernel) => Promise<boolean>>> = {
  // `rtnl_link_unregister` deletes all interfaces of the kind, in all network namespaces (drivers/net/veth.c, veth_exit).
  veth: hasInterface('veth'),
};

/** Has somebody else come to use a module that could be unloaded all the same? What cannot be told counts as yes. */
export async function hasUncountedUsers(module: string, kernel: Kernel): Promise<boolean> {
  return (await users[module]?.(kernel).catch(() => true)) ?? false;
}

function hasInterface(kind: string): (kernel: Kernel) => Promise<boolean> {
  return async ({ run }) => {
    const said = await run(['lsns', '--type', 'net', '--noheadings', '--raw', '--output', 'PID,NSFS']);
    for (const line of said.split('\n').filter((one) => one.trim() !== '')) {
      const [pid = '0', file = ''] = line.split(' ');
      // Without a process it is known by the file on which it is mounted.
      const namespace = pid === '0' || pid === '' ? file : `/proc/${pid}/ns/net`;
      const links = await run(['nsenter', `--net=${namespace}`, 'ip', '-o', 'link', 'show', 'type', kind]);
      if (links.trim() !== '') return true;
    }
    return false;
  };
}
