// Is a device free to be used? Every look-up looks on its own, and none is enough alone. Whatever is found is named, and
// what cannot be seen counts as found.

import { setTimeout as delay } from 'node:timers/promises';
import { errnoOf, NeedError, type Problem, reasonOf } from '../../lib/errors.ts';
import type { Opened } from '../kernel/nodes.ts';
import { type Kernel, kernelHere } from '../port.ts';
import { familyOf } from './family.ts';
import { btrfs, mounts, swaps } from './file-systems.ts';
import { type Identity, identityOf, isCalled } from './identity.ts';
import { busy } from './idle.ts';
import { arrays, holders, loops, xenBackends } from './kernel-users.ts';
import { blind, type Eyes, type Finding, type LookUp, type Member, user } from './look.ts';
import { lazyExports, locks, openFiles } from './processes.ts';
import { signaturesOn } from './signatures.ts';
import { targets } from './targets.ts';
import { xenstore } from './xenstore.ts';

/** A device as it was when the user's choice was understood: plain data, kept with the step that claims it. */
export interface Claim {
  /** As the user wrote it. */
  readonly path: string;
  /** `major:minor`. */
  readonly number: string;
  /** The kernel's name. */
  readonly name: string;
  readonly sectors: number;
  /** Present only where it is to be written: the serial that the caller gave for it. */
  readonly destroy?: { readonly serial: string };
}

/** The part of the kernel port that the guard asks. It changes nothing. */
export type GuardKernel = Eyes & Pick<Kernel, 'inodeOf' | 'openExclusively'>;

export interface Watch {
  /** How long no I/O may come. */
  readonly idleMs: number;
  /** Who claims it now: nobody, so that it can be tried; the agent's own open file; our device-mapper device of this name. */
  readonly claimed: 'by nobody' | 'by our file' | { readonly by: string };
}

/** How long nobody may have sent an I/O before a device counts as unused. */
export const idleBeforeMs = 5_000;
const lookDeadlineMs = 30_000;

/** Empty when nothing was found that speaks against using the device. Changes nothing; needs root. */
export async function findProblems(
  claim: Claim,
  watch: Watch,
  kernel: GuardKernel = kernelHere,
): Promise<readonly Problem[]> {
  const family = await familyOf(kernel, claim);
  const seen = await lookAll(claim, { watch, kernel, family });
  const idle = await looked((eyes, members) => busy(eyes, members, { ms: watch.idleMs }), kernel, family);
  const found = [...seen, ...idle];
  // Asked last, as the kernel tells only that somebody is there, not who (open(2), O_EXCL on a block device).
  if (found.length === 0 && watch.claimed === 'by nobody') found.push(...exclusive(claim, kernel));
  const identity = await identityOf(kernel, claim.name);
  const marks = claim.destroy === undefined ? [] : await carried(kernel, claim);
  return [...problemsOf(claim, found), ...changed(claim, identity), ...marks];
}

/** Who uses the device beside our device-mapper device `by`, as all look-ups but that at its I/O, which is ours, see it. */
export async function findUsers(
  claim: Claim,
  by: string,
  kernel: GuardKernel = kernelHere,
): Promise<readonly Problem[]> {
  const family = await familyOf(kernel, claim);
  const watch: Watch = { idleMs: 0, claimed: { by } };
  const seen = await lookAll(claim, { watch, kernel, family });
  return problemsOf(claim, seen);
}

/** Each thing that was found once, whichever look-ups found it. */
function problemsOf(claim: Claim, found: readonly Finding[]): readonly Problem[] {
  return [...new Map(found.map((one) => [one.what, problemOf(claim, one)])).values()];
}

interface Looking {
  readonly watch: Watch;
  readonly kernel: GuardKernel;
  readonly family: readonly Member[];
}

async function lookAll(claim: Claim, { watch, kernel, family }: Looking): Promise<readonly Finding[]> {
  const inodes = await Promise.all([claim.path, `/dev/${claim.name}`].map((path) => kernel.inodeOf(path)));
  const looks = lookUps(
    watch,
    inodes.flatMap((inode) => inode ?? []),
  );
  return (await Promise.all(looks.map((look) => looked(look, kernel, family)))).flat();
}

/** `inodes`: the nodes of the device, as /proc/locks names them. */
function lookUps({ claimed }: Watch, inodes: readonly string[]): readonly LookUp[] {
  return [
    ...[
      mounts,
      btrfs,
      swaps,
      holders(typeof claimed === 'object' ? claimed.by : undefined),
      arrays,
      loops,
      targets,
      xenBackends,
      xenstore,
    ],
    ...[openFiles(process.pid), lazyExports, locks(inodes)],
  ];
}

/** A look-up that fails is no proof that nobody is there. */
async function looked(look: LookUp, eyes: Eyes, family: readonly Member[]): Promise<readonly Finding[]> {
  const done = new AbortController();
  // A file that hangs, such as one of a dead NFS server that somebody has open, must not hang the guard.
  const late = delay(lookDeadlineMs, undefined, { signal: done.signal }).then(
    () => [blind(`no answer within ${lookDeadlineMs / 1000} s`)],
    () => [],
  );
  try {
    return await Promise.race([look(eyes, family), late]);
  } catch (failure) {
    return [blind(reasonOf(failure))];
  } finally {
    done.abort();
  }
}

function problemOf({ path }: Claim, { kind, what }: Finding): Problem {
  const hint = 'layerlift uses only devices that nobody else uses';
  return kind === 'user'
    ? { message: `${path} is in use: ${what}`, hint }
    : { message: `cannot tell whether ${path} is in use: ${what}`, hint };
}

function exclusive(claim: Claim, kernel: GuardKernel): readonly Finding[] {
  try {
    claimOpen(claim, kernel).close();
    return [];
  } catch (failure) {
    if (failure instanceof NeedError) return failure.problems.map(({ message }) => blind(message));
    const code = errnoOf(failure) ?? reasonOf(failure);
    return [
      code === 'EBUSY' ? user('it is claimed for exclusive use by somebody') : blind(`it cannot be opened: ${code}`),
    ];
  }
}

/** The device, open so that nobody else can claim it. Throws Node's error, and NeedError when the path leads elsewhere by now. */
export function claimOpen({ path, number }: Claim, kernel: Pick<Kernel, 'openExclusively'>): Opened {
  const opened = kernel.openExclusively(path);
  if (opened.number === number) return opened;
  opened.close();
  throw new NeedError([{ message: `${path} leads to another device than it did before` }]);
}

/** Differences from what the device was, or from what the caller said. */
function changed({ path, sectors, destroy }: Claim, identity: Identity): readonly Problem[] {
  const problems: Problem[] = [];
  if (identity.sectors !== sectors)
    problems.push({ message: `${path} has ${identity.sectors} sectors by now, not ${sectors}` });
  if (identity.removable) problems.push({ message: `the medium of ${path} is removable`, hint: 'use a fixed disk' });
  if (destroy === undefined) return problems;
  if (identity.readOnly) problems.push({ message: `${path} is read-only, and the load writes` });
  if (identity.serials.length === 0)
    problems.push({
      message: `${path} has no serial by which it could be told from another`,
      hint: 'use another disk',
    });
  else if (!isCalled(identity, destroy.serial))
    problems.push({
      message: `the serial of ${path} is not "${destroy.serial}"`,
      hint: 'compare with `lsblk -d -o NAME,SIZE,SERIAL,WWN`',
    });
  return problems;
}

async function carried(eyes: Eyes, { path, name }: Claim): Promise<readonly Problem[]> {
  const found = await signaturesOn(eyes, `/dev/${name}`);
  if ('cannot' in found) return [{ message: `cannot tell what ${path} carries: ${found.cannot}` }];
  return found.map((signature) => ({
    message: `${path} carries data: ${signature}`,
    hint: 'if nobody needs it: wipefs --all, on this device alone',
  }));
}
