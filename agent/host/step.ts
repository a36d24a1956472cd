// A step: one change to the host as plain data, so that another process can undo it after a crash.

import { quote, word, words } from '../lib/shell-words.ts';
import type { DmDevice } from './dm/dm.ts';
import { type Domain, vbdPaths, xenState } from '../lib/xen.ts';
import { type DmTable, showTable } from './dm/table.ts';
import type { Claim } from './guard/device-guard.ts';

interface Common {
  /** Why the run needs this change; shown by `plan` and kept in the journal. */
  readonly why: string;
}

/** How to see that a step is in effect: a path that exists exactly then, or the life of an object it sits on. */
export type Witness = { readonly path: string } | { readonly parent: string };

export interface ModuleStep extends Common {
  readonly kind: 'module';
  readonly name: string;
  readonly params?: Readonly<Record<string, string>>;
}
export interface MkdirStep extends Common {
  readonly kind: 'mkdir';
  readonly path: string;
}
export interface WriteStep extends Common {
  readonly kind: 'write';
  readonly path: string;
  readonly value: string;
  /** `prior`: put back what was there; `never`: the object goes away anyway; else the value that undoes it. */
  readonly restore: 'prior' | 'never' | { readonly value: string };
}
export interface LinkStep extends Common {
  readonly kind: 'link';
  readonly path: string;
  readonly target: string;
  /** Make the link inside this network namespace: nvmet opens its socket in the namespace of the caller. */
  readonly netns?: string;
}
export interface ExecStep extends Common {
  readonly kind: 'exec';
  readonly argv: readonly string[];
  /** Absent only when the thing vanishes with its parent. */
  readonly undo?: readonly string[];
  readonly witness: Witness;
  /** It moves much data: given minutes. */
  readonly slow?: true;
}
export interface CgroupStep extends Common {
  readonly kind: 'cgroup';
  readonly path: string;
}
export interface ControllersStep extends Common {
  readonly kind: 'controllers';
  /** The cgroup whose children get these controllers. */
  readonly path: string;
  readonly enable: readonly string[];
}
export interface DmCreateStep extends Common, DmDevice {
  readonly kind: 'dm-create';
  /** The device that is not ours and that this one claims for the run: looked at before and after. */
  readonly claim?: Claim;
}
export interface DmSwapStep extends Common {
  readonly kind: 'dm-swap';
  readonly name: string;
  readonly table: DmTable;
}
/** Starts counting on a device of ours; the counters go away with it. */
export interface DmStatsStep extends Common {
  readonly kind: 'dm-stats';
  readonly name: string;
}
export interface NvmeConnectStep extends Common {
  readonly kind: 'nvme-connect';
  readonly address: string;
  readonly port: number;
  readonly nqn: string;
  /** Ours alone: it marks the controller as made by this run. */
  readonly hostnqn: string;
  readonly hostid: string;
  readonly netns?: string;
  readonly queues: number;
  readonly queueSize: number;
}
export interface LoopStep extends Common {
  readonly kind: 'loop';
  readonly index: number;
  readonly path: string;
}
/** A VDUSE device: its daemon makes it, but it outlives a daemon that is killed (drivers/vdpa/vdpa_user). */
export interface VduseStep extends Common {
  readonly kind: 'vduse';
  readonly name: string;
}
/** A virtual block device of Xen, its backend in domain 0. */
export interface XenVbdStep extends Common {
  readonly kind: 'xen-vbd';
  /** The domain of ours that has the frontend; left out: domain 0 as well. */
  readonly domain?: Domain;
  readonly readOnly?: true;
  /** Of its disk, such as `xvdp`. */
  readonly name: string;
  /** Its number in xenstore. */
  readonly id: number;
  /** The device that its backend opens. */
  readonly path: string;
  /** Ours alone; kept with it in xenstore. */
  readonly mark: string;
}
/** What a guest's domain is made of, in a folder: an initramfs, the programs that it runs, its configuration. */
export interface XenFilesStep extends Common {
  readonly kind: 'xen-files';
  /** The folder: ours alone, in memory. */
  readonly path: string;
  /** Modules that a domain loads, each with its parameters; `optional`: left out where the kernel has none of that name. */
  readonly modules: readonly { readonly name: string; readonly params: string; readonly optional?: true }[];
  /** Text of each configuration, by its file's name. */
  readonly configs: Readonly<Record<string, string>>;
}
/** A domain of ours, made paused; its step gives the domain's number. */
export interface XenDomainStep extends Common {
  readonly kind: 'xen-domain';
  readonly name: string;
  readonly config: string;
}
/** The kernel threads that serve a guest's ring, in the cgroup of the guest, so that their work is charged to it. */
export interface RingThreadsStep extends Common {
  readonly kind: 'ring-threads';
  /** What their names begin with, such as `3.xvda-`. */
  readonly prefix: string;
  readonly cgroup: string;
}
export interface SpawnStep extends Common {
  readonly kind: 'spawn';
  readonly name: string;
  readonly argv: readonly string[];
  /** Every process that it starts lives and dies in this cgroup. */
  readonly cgroup: string;
  /** Left alive when the agent dies: I/O of others is in its hands, and ends only with it. */
  readonly survives?: true;
}

export type Step =
  | ModuleStep
  | MkdirStep
  | WriteStep
  | LinkStep
  | ExecStep
  | CgroupStep
  | ControllersStep
  | DmCreateStep
  | DmSwapStep
  | DmStatsStep
  | NvmeConnectStep
  | LoopStep
  | VduseStep
  | XenVbdStep
  | XenFilesStep
  | XenDomainStep
  | RingThreadsStep
  | SpawnStep;

export type StepOf<K extends Step['kind']> = Extract<Step, { kind: K }>;

/** The text of a step and of its inverse as shell-like lines. A null undo: the change goes with its parent. */
export interface StepText {
  readonly act: string;
  readonly undo: string | null;
}

/** One region over the whole device, in nanoseconds (Documentation: device-mapper/statistics). */
export const dmStatsMessage = '@stats_create - /1 1 precise_timestamps layerlift';

const texts: { readonly [K in Step['kind']]: (step: StepOf<K>, prior: string | undefined) => StepText } = {
  // What was absent, in the order of insertion.
  module: ({ name, params = {} }, prior) => ({
    act: words(['modprobe', name, ...Object.entries(params).map(([key, value]) => `${key}=${value}`)]),
    undo: prior
      ? `${words(['rmmod', ...prior.split(' ').reverse()])}  # those that nobody else uses`
      : `rmmod ${name}  # and what it brought in; only what this run loaded`,
  }),
  mkdir: ({ path }) => ({ act: words(['mkdir', path]), undo: words(['rmdir', path]) }),
  write: ({ path, value, restore }, prior) => ({
    act: `echo ${word(value)} > ${word(path)}`,
    undo:
      restore === 'never'
        ? null
        : `echo ${restore === 'prior' ? beforeIt(prior) : word(restore.value)} > ${word(path)}`,
  }),
  link: ({ path, target, netns }) => ({
    act: words([...inNetns(netns), 'ln', '-s', target, path]),
    undo: words(['rm', path]),
  }),
  exec: ({ argv, undo }) => ({ act: words(argv), undo: undo ? words(undo) : null }),
  cgroup: ({ path }) => ({
    act: words(['mkdir', path]),
    undo: `echo 1 > ${word(`${path}/cgroup.kill`)}; rmdir ${word(path)}`,
  }),
  controllers: ({ path, enable }, prior) => {
    const turn = (sign: string, names: readonly string[]): string =>
      `echo ${word(names.map((name) => `${sign}${name}`).join(' '))} > ${word(`${path}/cgroup.subtree_control`)}`;
    return {
      act: turn('+', enable),
      undo: prior ? turn('-', prior.split(' ')) : `${turn('-', enable)}  # only those that were off`,
    };
  },
  'dm-create': ({ name, uuid, table, readOnly }) => ({
    act: `${words(['dmsetup', 'create', name, '-u', uuid, ...(readOnly ? ['--readonly'] : []), '--table'])} ${quote(showTable(table))}`,
    undo: words(['dmsetup', 'remove', '--retry', name]),
  }),
  'dm-swap': ({ name, table }) => ({
    act: `dmsetup load ${word(name)} --table ${quote(showTable(table))} && dmsetup resume ${word(name)}`,
    undo: `dmsetup resume ${word(name)}  # only if it is found suspended`,
  }),
  'dm-stats': ({ name }) => ({
    act: `dmsetup message ${word(name)} 0 ${dmStatsMessage}`,
    undo: null,
  }),
  'nvme-connect': (s) => ({
    act: words([
      ...inNetns(s.netns),
      ...['nvme', 'connect', '-t', 'tcp', '-a', s.address, '-s', `${s.port}`, '-n', s.nqn],
      ...['-q', s.hostnqn, '--hostid', s.hostid, '-i', `${s.queues}`, '-Q', `${s.queueSize}`],
    ]),
    undo: `grep -lxF ${word(s.hostnqn)} /sys/class/nvme/*/hostnqn | while read -r f; do echo 1 > "\${f%hostnqn}delete_controller"; done`,
  }),
  loop: ({ index, path }, prior) => ({
    act: words(['losetup', '--direct-io=on', `/dev/loop${index}`, path]),
    undo: `losetup -d /dev/loop${index}${prior === 'added' ? `; layerlift recover  # removes the empty /dev/loop${index}` : ''}`,
  }),
  // No program makes the ioctl (VDUSE_DESTROY_DEV) that ends it.
  vduse: ({ name }) => ({
    act: `# ${name} will appear in /dev/vduse`,
    undo: `layerlift recover  # once nothing holds /dev/vduse/${name} (fuser -v)`,
  }),
  // What the toolstack would do; the agent itself writes to xenstore, so the toolstack does not know the device afterwards.
  'xen-vbd': ({ name, id, path, domain, readOnly }) => {
    const { front, back } = vbdPaths(id, domain?.id);
    return {
      act: words([
        ...['xl', 'block-attach', domain?.name ?? '0'],
        `format=raw,vdev=${name},access=${readOnly ? 'ro' : 'rw'},target=${path}`,
      ]),
      undo: `xenstore-write ${back}/online 0 ${back}/state ${xenState.closing}; sleep 3; xenstore-rm ${front}; xenstore-rm ${back}`,
    };
  },
  'xen-files': ({ path }) => ({
    act: `# an initramfs, fio with its libraries, and the configuration of each domain, in ${word(path)}`,
    undo: words(['rm', '-r', path]),
  }),
  'xen-domain': ({ name, config }) => ({
    act: words(['xl', 'create', '-p', '-e', '-q', config]),
    undo: words(['xl', 'destroy', name]),
  }),
  'ring-threads': ({ prefix, cgroup }) => ({
    act: `pgrep ${quote(`^${prefix}`)} | while read -r p; do echo $p > ${word(`${cgroup}/cgroup.procs`)}; done`,
    undo: `pgrep ${quote(`^${prefix}`)} | while read -r p; do echo $p > /sys/fs/cgroup/cgroup.procs; done`,
  }),
  spawn: ({ argv, cgroup }) => ({
    act: `${words(argv)} &  # in ${cgroup}`,
    undo: `echo 1 > ${word(`${cgroup}/cgroup.kill`)}`,
  }),
};

/** `prior`: what was captured before the act, where it is known; then the inverse names it. */
export function renderStep<K extends Step['kind']>(step: StepOf<K>, prior?: string): StepText {
  return (texts[step.kind] as (step: StepOf<K>, prior: string | undefined) => StepText)(step, prior);
}

function beforeIt(prior: string | undefined): string {
  return prior === undefined ? '"$what_was_there"' : word(prior);
}

/** The argv prefix that runs a command in a network namespace without hiding configfs, as `ip netns exec` would. */
export function inNetns(netns: string | undefined): readonly string[] {
  return netns === undefined ? [] : ['nsenter', `--net=/run/netns/${netns}`];
}
