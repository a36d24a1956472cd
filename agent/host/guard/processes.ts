// Programs that have a device open without a claim: QEMU, tapdisk, nbd servers, databases, a dd that was forgotten.

import { mapBounded } from '../../lib/map-bounded.ts';
import { processes } from './file-systems.ts';
import { blind, type Eyes, type Finding, type LookUp, type Member, memberAt, user } from './look.ts';

/** The inode of the initial pid namespace (include/linux/proc_ns.h, PROC_PID_INIT_INO). */
const initialPidNamespace = 'pid:[4026531836]';
const atOnce = 64;

/** `own` is the agent's pid: what it has open is part of the guard. */
export function openFiles(own: number): LookUp {
  return async (eyes, family) => {
    if ((await eyes.linkOf('/proc/self/ns/pid')) !== initialPidNamespace) {
      return [blind('from within a pid namespace the host’s processes cannot be seen')];
    }
    const ways = [...family, ...(await genericNodes(eyes, family))];
    const pids = (await processes(eyes)).filter((pid) => pid !== `${own}`);
    const found = (await mapBounded(pids, atOnce, (pid) => ofProcess(eyes, ways, pid))).flatMap((one) => one ?? []);
    const hidden = found.filter(({ kind }) => kind === 'blind');
    const others = hidden.length > 1 ? `, nor that of ${hidden.length - 1} others` : '';
    const users = found.filter(({ kind }) => kind === 'user');
    return [...users, ...hidden.slice(0, 1).map(({ what }) => blind(`${what}${others}`))];
  };
}

/**
 * The nodes by which programs send a disk commands of their own, such as QEMU for a SCSI disk that is passed through: no
 * claim keeps them out, and what they send is in no counter.
 */
async function genericNodes(eyes: Eyes, family: readonly Member[]): Promise<readonly Member[]> {
  const found = await Promise.all(
    family.map(async ({ name }) => {
      const scsi = `/sys/class/block/${name}/device/scsi_generic`;
      const nvme = '/sys/class/nvme-generic';
      const nodes = [
        ...(await eyes.list(scsi)).map((node) => ({ node, file: `${scsi}/${node}/dev` })),
        ...(/^nvme\d+n\d+$/.test(name) ? [name.replace('nvme', 'ng')] : []).map((node) => ({
          node,
          file: `${nvme}/${node}/dev`,
        })),
      ];
      const numbers = await Promise.all(nodes.map(({ file }) => eyes.read(file)));
      return nodes.flatMap(({ node }, i) => (numbers[i] ? [{ name: node, number: `c${numbers[i].trim()}` }] : []));
    }),
  );
  return found.flat();
}

async function ofProcess(eyes: Eyes, family: readonly Member[], pid: string): Promise<Finding | undefined> {
  try {
    for (const fd of await eyes.list(`/proc/${pid}/fd`)) {
      const member = await memberAt(eyes, family, `/proc/${pid}/fd/${fd}`);
      if (member) return user(`process ${pid} (${await nameOf(eyes, pid)}) has ${member.name} open`);
    }
  } catch {
    return blind(`what process ${pid} (${await nameOf(eyes, pid)}) has open may not be read`);
  }
  return undefined;
}

/** Locks on the device's node, whoever holds them: QEMU takes some of its own (F_OFD_SETLK) on every image. */
export function locks(nodes: readonly string[]): LookUp {
  return async (eyes) => {
    const held = parseLocks((await eyes.read('/proc/locks')) ?? '').filter(({ inode }) => nodes.includes(inode));
    return held.map(({ kind, pid }) => user(`a lock on it is held (${kind}${pid > 0 ? `, process ${pid}` : ''})`));
  };
}

export interface Lock {
  readonly kind: string;
  /** -1: it belongs to an open file, not to a process. */
  readonly pid: number;
  /** `major:minor:inode` of the file that is locked, the first two in hexadecimal. */
  readonly inode: string;
}

/** Lines such as `1: OFDLCK ADVISORY  READ -1 00:05:345 100 101`; one that waits has `->` after its number. */
export function parseLocks(text: string): readonly Lock[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\d+: (?:-> )?(\S+)\s+\S+\s+\S+\s+(-?\d+) ([0-9a-f]+:[0-9a-f]+:\d+) /.exec(line);
    return match ? [{ kind: match[1] ?? '', pid: Number(match[2]), inode: match[3] ?? '' }] : [];
  });
}

/** Servers that open what they export only when a client comes. */
const lazyServers = new Set(['nbd-server', 'nbdkit']);

export const lazyExports: LookUp = async (eyes, family) => {
  const found: Finding[] = [];
  for (const pid of await processes(eyes)) {
    const name = await nameOf(eyes, pid);
    if (!lazyServers.has(name)) continue;
    const argv = ((await eyes.read(`/proc/${pid}/cmdline`)) ?? '').split('\0');
    const config = argv[argv.findIndex((word) => word === '-C' || word === '--config-file') + 1];
    const file = config?.startsWith('/') ? config : '/etc/nbd-server/config';
    const exported = name === 'nbd-server' ? pathsOfNbdConfig((await eyes.read(file)) ?? '') : [];
    for (const path of [...argv.map((word) => word.replace(/^[\w-]+=/, '')), ...exported]) {
      const member = await memberAt(eyes, family, path);
      if (member) found.push(user(`process ${pid} (${name}) exports ${member.name}`));
    }
  }
  return found;
};

/** The `exportname` lines of nbd-server's configuration. */
export function pathsOfNbdConfig(text: string): readonly string[] {
  return [...text.matchAll(/^\s*exportname\s*=\s*(\S.*?)\s*$/gm)].map((match) => match[1] ?? '');
}

async function nameOf(eyes: Eyes, pid: string): Promise<string> {
  return (await eyes.read(`/proc/${pid}/comm`).catch(() => undefined))?.trim() ?? '?';
}
