// Checks the capabilities of root that a run needs. Whoever starts it may take the rest away (capabilities(7)); a lack is told
// before anything is touched, not met half-way.

import { readText } from '../kernel/files.ts';
import type { Problem } from '../../lib/errors.ts';

/** Bits of include/uapi/linux/capability.h, each with what it is needed for. */
const needed: Readonly<Record<string, { readonly bit: number; readonly forWhat: string }>> = {
  dac_override: { bit: 1, forWhat: 'to make cgroups, and to see what processes of other users have open' },
  net_admin: { bit: 12, forWhat: 'to make links and to shape them' },
  sys_module: { bit: 16, forWhat: 'to load modules, and to unload those' },
  sys_ptrace: { bit: 19, forWhat: 'to see whose disk a device is' },
  sys_admin: { bit: 21, forWhat: 'for device-mapper, NVMe, loop devices and namespaces' },
};

/** As `setpriv` and `capsh` call them. */
export const neededCapabilities: readonly string[] = Object.keys(needed);

/** Undefined where this process may do all that a run does. */
export async function unmetPrivilege(read = readText): Promise<Problem | undefined> {
  if (process.getuid?.() !== 0) return { message: 'root is needed', hint: 'run as root' };
  return judgePrivilege((await read('/proc/self/status')) ?? '', (await read('/proc/self/uid_map')) ?? '');
}

/** From /proc/PID/status and uid_map of a process of user 0. */
export function judgePrivilege(status: string, uidMap: string): Problem | undefined {
  // In a user namespace of its own, root has every capability there and none on the host (user_namespaces(7)).
  if (!/^\s*0\s+0\s+4294967295\s*$/.test(uidMap))
    return { message: 'this is root of a user namespace, not of the host', hint: 'run as root of the host' };
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  const missing = Object.entries(needed).filter(([, { bit }]) => ((effective >> BigInt(bit)) & 1n) === 0n);
  if (missing.length === 0) return undefined;
  const each = missing.map(([name, { forWhat }]) => `CAP_${name.toUpperCase()} (${forWhat})`);
  return {
    message: `root lacks ${each.join(', ')}`,
    hint: `a run needs ${neededCapabilities.map((name) => `cap_${name}`).join(', ')}`,
  };
}
