// One run's hold on the host: the lock, the journal under /run, and the way in for `recover`.

import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  BusyError,
  errnoOf,
  HostError,
  LayerliftError,
  PrivilegeError,
  type Problem,
  ResidueError,
} from '../lib/errors.ts';
import type { Host } from './host.ts';
import { type Journal, openJournal, type Outstanding, readJournal } from './journal.ts';
import { liveHost, type LiveOptions } from './live.ts';
import { tellStep, unwind } from './unwind.ts';

/** Gone with the kernel objects that the journals describe: a reboot ends both. */
export const stateFolder = '/run/layerlift';

export interface Session {
  readonly host: Host;
  readonly journal: Journal;
  /** Call once, after everything is unwound: forgets the journal and frees the lock. */
  readonly close: (outcome: { clean: boolean }) => void;
}

/** Takes the lock and opens a journal. Throws BusyError while another run holds the host or left something behind. */
export function openSession(run: string, options: Omit<LiveOptions, 'journal'>): Session {
  const release = takeLock();
  try {
    const left = leftovers();
    if (left.length > 0) {
      throw new BusyError(
        `run ${left.join(', ')} was interrupted and left changes on this host`,
        'run `layerlift recover` first',
      );
    }
    const folder = join(stateFolder, run);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const journal = openJournal(join(folder, 'journal.ndjson'));
    const startedAt = new Date().toISOString();
    journal.append({ type: 'header', version: 1, run, bootId: bootId(), pid: process.pid, startedAt });
    const close = ({ clean }: { clean: boolean }): void => {
      journal.close();
      if (clean) rmSync(folder, { recursive: true, force: true });
      release();
    };
    return { host: liveHost({ ...options, journal }), journal, close };
  } catch (failure) {
    release();
    throw failure;
  }
}

export interface Recovery {
  readonly run: string;
  readonly undone: number;
  /** The machine was rebooted since: nothing of that run can be left. */
  readonly endedByReboot: boolean;
}

/** Unwinds every interrupted run. Throws ResidueError, after trying all, when something could not be undone. */
export async function recoverAll(onUndo: (line: string) => void): Promise<readonly Recovery[]> {
  const release = takeLock();
  try {
    const recoveries: Recovery[] = [];
    const residue: Problem[] = [];
    for (const run of leftovers()) {
      const folder = join(stateFolder, run);
      const path = join(folder, 'journal.ndjson');
      const old = tryRead(path, residue);
      if (old === 'damaged') continue;
      const endedByReboot = old !== undefined && old.header.bootId !== bootId();
      const outstanding: readonly Outstanding[] = old === undefined || endedByReboot ? [] : old.outstanding;
      const journal = openJournal(path);
      const report = await unwind(outstanding, journal, (entry) => onUndo(tellStep(entry.step).undo ?? ''));
      journal.close();
      residue.push(...report.residue);
      if (report.residue.length === 0) rmSync(folder, { recursive: true, force: true });
      recoveries.push({ run, undone: report.undone, endedByReboot });
    }
    if (residue.length > 0) throw new ResidueError(residue);
    return recoveries;
  } finally {
    release();
  }
}

/** A damaged journal must not keep the others from being recovered. */
function tryRead(path: string, residue: Problem[]): ReturnType<typeof readJournal> | 'damaged' {
  try {
    return readJournal(path);
  } catch (failure) {
    if (!(failure instanceof LayerliftError)) throw failure;
    residue.push(...failure.problems);
    return 'damaged';
  }
}

/** Runs that have a journal here, oldest first. Needs no lock to look. */
export function leftovers(): readonly string[] {
  try {
    return readdirSync(stateFolder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort();
  } catch (failure) {
    if (errnoOf(failure) === 'ENOENT') return [];
    throw failure;
  }
}

/** The kernel's lock goes with the open file: it is free again the moment that the agent dies, however it dies. */
function takeLock(): () => void {
  let fd: number;
  try {
    mkdirSync(stateFolder, { recursive: true, mode: 0o700 });
    fd = openSync(join(stateFolder, 'lock'), 'a', 0o600);
  } catch (cause) {
    const code = errnoOf(cause);
    if (code === 'EACCES' || code === 'EPERM')
      throw new PrivilegeError(`cannot write in ${stateFolder}`, 'run as root');
    throw new HostError(`cannot make ${stateFolder}: ${code ?? String(cause)}`, undefined, { cause });
  }
  try {
    execFileSync('flock', ['-n', '-x', '3'], { stdio: ['ignore', 'ignore', 'ignore', fd] });
  } catch (cause) {
    closeSync(fd);
    if (errnoOf(cause) === 'ENOENT') throw new HostError('flock is not installed', 'install util-linux', { cause });
    throw new BusyError('another layerlift run holds this host', 'wait for its end, or stop it with SIGINT');
  }
  return () => closeSync(fd);
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}
