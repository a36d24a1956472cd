// One run's hold on the host: the lock, the journal under /run, the watchdog, and the live host.

import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { BusyError, errnoOf, NeedError, OutputError } from '../../lib/errors.ts';
import { stateFolder } from '../../lib/state-folder.ts';
import { faultPoint } from '../kernel/fault.ts';
import type { Host } from '../host.ts';
import { type Journal, openJournal } from '../journal/journal.ts';
import { forgetRemains, forgetRun, hasJournal, journalPathOf, leftovers, runFolderOf } from '../journal/leftovers.ts';
import { liveHost, type LiveOptions } from '../live.ts';
import { takeLock } from './lock.ts';
import { isAnythingHanging } from '../kernel/deadline.ts';
import { markPrograms } from '../kernel/programs.ts';
import { startWatchdog, type Watchdog } from './watchdog.ts';

export interface Session {
  readonly host: Host;
  readonly journal: Journal;
  /** Reasons to doubt that the host is restored whatever comes: the watchdog may die with the agent. */
  readonly caveats: readonly { readonly kind: 'watchdog-inside' }[];
  /** Call once, after everything is unwound: forgets the journal, dismisses the watchdog, frees the lock. */
  readonly close: (outcome: { clean: boolean }) => void;
}

export interface SessionOptions extends Omit<LiveOptions, 'journal'> {
  /** The command that restores the host if this process dies; without it nobody does so unaided. */
  readonly restore?: readonly string[];
  /** It is known that the watchdog may die with the agent; else a run is refused where it would. */
  readonly withoutWatchdog?: boolean;
  readonly onWatchdogLost?: (note: string) => void;
  /** How the watchdog is started; left out: as a process of its own. */
  readonly watch?: typeof startWatchdog;
  /** The folder of all runs; left out: that of this host. */
  readonly state?: string;
}

/** Takes the lock and opens a journal. Throws BusyError while another run holds the host or left something behind. */
export async function openSession(
  run: string,
  { restore, withoutWatchdog, onWatchdogLost, watch = startWatchdog, state = stateFolder, ...live }: SessionOptions,
): Promise<Session> {
  const release = await takeLock('run', { state });
  let watchdog: Watchdog | undefined;
  const free = (): void => {
    watchdog?.dismiss();
    // A change that hangs in the kernel holds the lock for as long as it may take effect: until its thread is gone.
    if (!isAnythingHanging()) release();
  };
  try {
    forgetRemains(state);
    const left = leftovers(state).filter((name) => hasChanges(name, state));
    if (left.length > 0) {
      throw new BusyError(
        `run ${left.join(', ')} was interrupted and left changes on this host`,
        'run `layerlift recover` first',
      );
    }
    // Before the journal: from its first line on there is somebody to clear it away.
    if (restore) watchdog = await watch(restore, onWatchdogLost ?? (() => undefined));
    const mayDie = watchdog?.isOutside === false;
    if (mayDie && withoutWatchdog !== true) {
      throw new NeedError([
        {
          message:
            'the watchdog cannot leave the cgroup of this run: whatever ends that ends both, and nobody restores the host',
          hint: 'start layerlift from a shell or by systemd-run; or say that this is known, by --without-watchdog',
        },
      ]);
    }
    if (mayDie) onWatchdogLost?.(isInside);
    const journal = beginJournal(run, state);
    const forgetPrograms = await markPrograms(runFolderOf(run, state));
    const close = ({ clean }: { clean: boolean }): void => {
      journal.close();
      forgetPrograms();
      try {
        if (clean) forgetRun(run, state);
      } finally {
        free();
      }
    };
    return {
      host: liveHost({ ...live, journal }),
      journal,
      caveats: mayDie ? [{ kind: 'watchdog-inside' }] : [],
      close,
    };
  } catch (failure) {
    free();
    throw failure;
  }
}

const isInside =
  'the watchdog cannot leave the cgroup of this run: whatever ends that ends both, and only `layerlift recover` restores the host then';

/** A run that was cut off before its journal, or after all was undone, is forgotten here. */
function hasChanges(run: string, state: string): boolean {
  if (hasJournal(run, state)) return true;
  forgetRun(run, state);
  return false;
}

function beginJournal(run: string, state: string): Journal {
  const folder = runFolderOf(run, state);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    faultPoint('run folder made');
    const journal = openJournal(journalPathOf(run, state));
    const startedAt = new Date().toISOString();
    journal.append({ type: 'header', version: 1, run, bootId: bootId(), pid: process.pid, startedAt });
    return journal;
  } catch (failure) {
    // Nothing was changed yet: a folder without a header would only ask for a recovery.
    rmSync(folder, { recursive: true, force: true });
    if (failure instanceof OutputError) throw failure;
    throw new OutputError(`cannot begin the journal in ${folder}: ${errnoOf(failure) ?? String(failure)}`, undefined, {
      cause: failure,
    });
  }
}

/** The kernel draws a new one at each boot. */
export function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}
