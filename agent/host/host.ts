// The port to the machine. Two implementations: live (journaled) and dry (prints what it would do).

import type { Domain } from '../lib/xen.ts';
import type { Child, Console } from './child.ts';
import type { Reads } from './reads.ts';
import type { Step } from './step.ts';
import type { SpawnStep } from './steps/spawn.ts';

/** Something that a step brings about: at a known path, or under a name that only the kernel knows. */
export type Sought =
  | { readonly path: string }
  | {
      /** As messages and plans call it: `the namespace of nqn...`. */
      readonly what: string;
      /** Gives its node, from nothing but what it reads; undefined while it is not there. */
      readonly look: (reads: Reads) => Promise<string | undefined>;
    };

export interface Host extends Reads {
  /** The only door: changes the host, journaled, with its inverse. Gives the device node for a dm-create. */
  readonly apply: (step: Exclude<Step, SpawnStep>) => Promise<string>;
  readonly spawn: (step: SpawnStep) => Promise<Child>;
  /** Opens the console of a domain of ours, to speak with the load in it. */
  readonly console: (domain: Domain) => Promise<Console>;
  /** Waits for a device node to appear and gives its path. Throws HostError naming what did not appear. */
  readonly find: (sought: Sought, deadlineMs?: number) => Promise<string>;
  /** The counters of a device-mapper device that a `dm-stats` step set up; undefined where there are none. */
  readonly dmCounters: (name: string) => Promise<string | undefined>;
  /** Writes a file that only this run reads, such as a job of fio, and its folder; for a plan it is not written. */
  readonly writeScratch: (path: string, text: string) => Promise<void>;
  /**
   * Waits for, asks or checks what the steps have made, and gives what that says. Where steps are only noted there is
   * nothing to ask: `look` is not run, and the answer is undefined.
   */
  readonly whenMade: <T>(look: () => Promise<T>) => Promise<T | undefined>;
  /** Runs `body`; everything that it applied is unwound when it ends, whichever way. */
  readonly scope: <T>(body: () => Promise<T>) => Promise<T>;
  /** Throws when the run has been told to stop. */
  readonly checkStop: () => void;
  /** Rejects when the run is told to stop; never resolves. */
  readonly stopped: Promise<never>;
  /** Waits; ends early by throwing when the run is told to stop. */
  readonly sleep: (ms: number) => Promise<void>;
}
