// The needs of a run, as data: a host must meet each. All unmet needs are collected before anything is touched.

import type { Problem } from '../../lib/errors.ts';
import { unmetPrivilege } from '../facts/capabilities.ts';
import { type DebianPackage, installHint } from './packages.ts';
import { type Mount, parseMountinfo } from '../formats/mountinfo.ts';
import { nativeHint } from '../kernel/libc.ts';
import { findProgram } from '../kernel/run-command.ts';
import { type Kernel, kernelHere } from '../port.ts';
import { renderXenNeed, unmetXen, type XenNeed } from './xen-needs.ts';

export type Need =
  | { readonly kind: 'root' }
  /** Root's power is made of parts. The run may have only some of them. */
  | { readonly kind: 'capabilities' }
  /** By which the agent makes system calls that Node has no call for. */
  | { readonly kind: 'native' }
  | { readonly kind: 'tool'; readonly name: string; readonly debianPackage: DebianPackage }
  | { readonly kind: 'module'; readonly name: string; readonly forWhat: string; readonly hint?: string }
  | { readonly kind: 'configfs' }
  | { readonly kind: 'cgroup2'; readonly controllers: readonly string[] }
  /** A process that writes beyond the limit is killed by SIGXFSZ (setrlimit(2)); the journal and records grow. */
  | { readonly kind: 'file-size' }
  /** The weights of cgroups, `io.weight` (CONFIG_BLK_CGROUP_IOCOST): the root has the settings, and no weight of its own. */
  | { readonly kind: 'io-weight' }
  /** brd and its like take their settings at load: one that is there already is not ours. */
  | { readonly kind: 'module-absent'; readonly name: string; readonly forWhat: string }
  /** System calls that an administrator may have switched off. */
  | { readonly kind: 'io-uring' }
  | XenNeed;

export interface NeedState {
  readonly need: Need;
  /** Undefined: met. */
  readonly problem: Problem | undefined;
}

/** Checks each need once. Never throws for an unmet need. */
export async function checkNeeds(needs: readonly Need[], kernel: Kernel = kernelHere): Promise<readonly NeedState[]> {
  const unique = [...new Map(needs.map((need) => [JSON.stringify(need), need])).values()];
  return Promise.all(unique.map(async (need) => ({ need, problem: await unmet(need, kernel) })));
}

export function renderNeed(need: Need): string {
  switch (need.kind) {
    case 'root':
      return 'root';
    case 'capabilities':
      return 'the capabilities of root that a run needs';
    case 'native':
      return 'the native module koffi';
    case 'tool':
      return `program ${need.name}`;
    case 'module':
      return `kernel module ${need.name} (${need.forWhat})`;
    case 'configfs':
      return 'configfs at /sys/kernel/config';
    case 'cgroup2':
      return `cgroup v2 with ${need.controllers.join(', ')}`;
    case 'file-size':
      return 'files of any size';
    case 'io-weight':
      return 'weights of cgroups (io.weight)';
    case 'module-absent':
      return `kernel module ${need.name} not loaded yet (${need.forWhat})`;
    case 'io-uring':
      return 'io_uring';
    case 'xen-dom0':
    case 'xvd-names':
    case 'xen-ring-order':
    case 'xen-ring-queues':
    case 'xen-persistent-grants':
    case 'xen-kernel':
    case 'xen-memory':
    case 'xenconsoled':
      return renderXenNeed(need);
  }
}

async function unmet(need: Need, kernel: Kernel): Promise<Problem | undefined> {
  switch (need.kind) {
    case 'root':
      return process.getuid?.() === 0 ? undefined : { message: 'not root', hint: 'run as root' };
    case 'capabilities':
      // That root is needed is said on its own.
      return process.getuid?.() === 0 ? unmetPrivilege(kernel.read) : undefined;
    case 'native': {
      const failure = kernel.nativeFailure();
      return failure === undefined
        ? undefined
        : { message: `${failure}; only recover, knobs, report and doctor work without`, hint: nativeHint };
    }
    case 'tool':
      return (await isInstalled(need.name, kernel))
        ? undefined
        : { message: `program ${need.name} is not installed`, hint: await installHint(need, kernel) };
    case 'module':
      return unmetModule(need, kernel);
    case 'configfs':
      return (await mountAt('/sys/kernel/config', kernel))?.type === 'configfs'
        ? undefined
        : {
            message: 'configfs is not mounted at /sys/kernel/config',
            hint: 'modprobe configfs && mount -t configfs none /sys/kernel/config',
          };
    case 'cgroup2':
      return unmetControllers(need.controllers, kernel);
    case 'file-size':
      return unmetFileSize(kernel);
    case 'io-weight':
      return (await kernel.exists('/sys/fs/cgroup/io.cost.qos'))
        ? undefined
        : {
            message: 'this kernel has no io.weight (CONFIG_BLK_CGROUP_IOCOST)',
            hint: 'leave ioWeight out, or boot a stock distribution kernel',
          };
    case 'module-absent':
      return (await kernel.exists(`/sys/module/${need.name}`))
        ? {
            message: `module ${need.name} is loaded already, with settings that this run cannot change`,
            hint: `rmmod ${need.name} if nobody uses it, or choose another provider for ${need.forWhat}`,
          }
        : undefined;
    case 'io-uring':
      return unmetIoUring(kernel);
    case 'xen-dom0':
    case 'xvd-names':
    case 'xen-ring-order':
    case 'xen-ring-queues':
    case 'xen-persistent-grants':
    case 'xen-kernel':
    case 'xen-memory':
    case 'xenconsoled':
      return unmetXen(need, kernel);
  }
}

export async function isInstalled(name: string, { exists }: Pick<Kernel, 'exists'> = kernelHere): Promise<boolean> {
  return (await findProgram(name, exists)) !== undefined;
}

/** 0: for all; 1: for who may; 2: for nobody (Documentation/admin-guide/sysctl/kernel.rst). Older kernels have no such file. */
async function unmetIoUring(kernel: Kernel): Promise<Problem | undefined> {
  const path = '/proc/sys/kernel/io_uring_disabled';
  if ((await kernel.read(path))?.trim() !== '2') return undefined;
  const hint = 'sysctl -w kernel.io_uring_disabled=0, or choose another aio';
  return { message: `io_uring is switched off on this host: ${path} is 2`, hint };
}

async function unmetModule(
  need: { name: string; forWhat: string; hint?: string },
  kernel: Kernel,
): Promise<Problem | undefined> {
  if (await kernel.exists(`/sys/module/${need.name.replaceAll('-', '_')}`)) return undefined;
  const found = kernel.run(['modprobe', '-n', '-q', need.name]).then(
    () => true,
    () => false,
  );
  if (await found) return kept(need, kernel);
  const hint = need.hint ?? 'this kernel is built without it: boot a stock distribution kernel, or use the lab';
  return { message: `kernel module ${need.name} is missing (${need.forWhat})`, hint };
}

/** A command that does nothing, in place of the one that would load the module. */
const doesNothing = /^(\/(usr\/)?bin\/)?(true|false|:)$/;

/** An `install` line of modprobe.d can keep a module out, and modprobe then says that all is well (modprobe.d(5)). */
async function kept(need: { name: string; forWhat: string }, kernel: Kernel): Promise<Problem | undefined> {
  const shown = await kernel.run(['modprobe', '--show-depends', need.name]).catch(() => '');
  const commands = shown.split('\n').flatMap((line) => /^install (.*)$/.exec(line.trim())?.[1]?.trim() ?? []);
  const idle = commands.find((command) => doesNothing.test(command));
  if (idle === undefined) return undefined;
  return {
    message: `kernel module ${need.name} is kept out by modprobe.d (${need.forWhat}): \`install ${need.name} ${idle}\``,
    hint: `take the line out for the run: \`modprobe --showconfig | grep "^install ${need.name.replaceAll('-', '_')} "\` shows it`,
  };
}

/** What a run writes is far below. */
const enoughBytes = 2 ** 33;

async function unmetFileSize(kernel: Kernel): Promise<Problem | undefined> {
  const limits = (await kernel.read('/proc/self/limits')) ?? '';
  const soft = Number(/^Max file size\s+(\d+)/m.exec(limits)?.[1] ?? Infinity);
  if (soft >= enoughBytes) return undefined;
  return {
    message: `files may not grow beyond ${soft} bytes (RLIMIT_FSIZE): a run that reaches that is killed`,
    hint: 'ulimit -f unlimited; for a unit, LimitFSIZE=infinity',
  };
}

/** The one that counts for this process. */
async function mountAt(point: string, kernel: Kernel): Promise<Mount | undefined> {
  return parseMountinfo((await kernel.read('/proc/self/mountinfo')) ?? '').findLast((one) => one.point === point);
}

async function unwritableCgroups(kernel: Kernel): Promise<Problem | undefined> {
  if (!(await mountAt('/sys/fs/cgroup', kernel))?.isReadOnly) return undefined;
  return {
    message: 'cgroups cannot be changed from here: /sys/fs/cgroup is mounted read-only',
    hint: 'a unit with ProtectControlGroups= or a container does that: start layerlift from a shell, or by systemd-run',
  };
}

async function unmetControllers(wanted: readonly string[], kernel: Kernel): Promise<Problem | undefined> {
  const offered = (await kernel.read('/sys/fs/cgroup/cgroup.controllers'))?.trim().split(/\s+/);
  if (!offered)
    return {
      message: 'cgroup v2 is not mounted at /sys/fs/cgroup',
      hint: 'boot with systemd.unified_cgroup_hierarchy=1',
    };
  const missing = wanted.filter((name) => !offered.includes(name));
  if (missing.length === 0) return unwritableCgroups(kernel);
  return {
    message: `cgroup v2 lacks the controllers ${missing.join(', ')}`,
    hint: 'they may be bound to cgroup v1: boot with cgroup_no_v1=all',
  };
}
