// What kind of machine `doctor` runs on, and on Xen what a ring of its own would need. Reads, and asks the hypervisor.

import { isXenfsMounted, readMachine, renderMachine } from '../host/machine.ts';
import { listAny } from '../host/look.ts';
import { isInstalled, checkNeeds } from '../host/needs.ts';
import { runCommand } from '../host/run-command.ts';
import type { Problem } from '../lib/errors.ts';
import { findFreeXvdNames, grantsOfRing, xvdNames } from '../lib/xen.ts';

export interface HostLine {
  readonly what: string;
  /** Undefined: it is as it should be. */
  readonly problem?: Problem | undefined;
}

export interface HostKind {
  /** As a noun. */
  readonly machine: string;
  /** Empty unless this is domain 0 of Xen. */
  readonly xen: readonly HostLine[];
}

export async function readHostKind(): Promise<HostKind> {
  const machine = await readMachine();
  const xen = machine.kind === 'xen' && machine.control ? await xenLines() : [];
  return { machine: renderMachine(machine), xen };
}

async function xenLines(): Promise<readonly HostLine[]> {
  const [xenfs, xl, names, grants, needs] = await Promise.all([
    isXenfsMounted(),
    isInstalled('xl'),
    findFreeXvdNames(listAny).catch(() => []),
    grantLine(),
    checkNeeds([
      { kind: 'xen-dom0' },
      { kind: 'module', name: 'xen_blkback', forWhat: "the host's end of a ring" },
      { kind: 'module', name: 'xen_blkfront', forWhat: "the guest's end of a ring" },
    ]),
  ]);
  const [store, back, front] = needs.map(({ problem }) => problem);
  const unless = (met: boolean, message: string, hint: string): Problem | undefined =>
    met ? undefined : { message, hint };
  return [
    {
      what: 'xenfs at /proc/xen',
      problem: unless(xenfs, 'xenfs is not mounted at /proc/xen', 'modprobe xenfs && mount -t xenfs xenfs /proc/xen'),
    },
    { what: 'xenstored', problem: store },
    {
      what: 'toolstack xl (for people: layerlift itself speaks to xenstored)',
      problem: unless(xl, 'program xl is not installed', 'apt-get install xen-utils-common'),
    },
    { what: 'kernel module xen_blkback', problem: back },
    { what: 'kernel module xen_blkfront', problem: front },
    {
      what: `disk names: ${names.length} of ${xvdNames.length} from xvda to xvdz are free`,
      problem: unless(names.length > 0, 'no disk name from xvda to xvdz is free', 'xl block-list 0'),
    },
    grants,
  ];
}

const grantsPerFrame = 512; // of version 1, 8 bytes each (xen/include/public/grant_table.h)

/** A vbd that gets no grants waits for them: slow, and no error. */
async function grantLine(): Promise<HostLine> {
  const text = await runCommand(['xenhypfs', 'cat', '/params/gnttab_max_frames'], { deadlineMs: 5_000 }).catch(
    () => '',
  );
  const frames = Number(text.trim());
  if (!(frames > 0)) return { what: 'grants: their limit is not known (xenhypfs does not tell)' };
  const each = grantsOfRing(0);
  const rings = Math.floor((frames * grantsPerFrame) / each);
  return {
    what: `grants: ${frames} frames of ${grantsPerFrame}, enough for ${rings} rings of one page (${each} each)`,
  };
}
