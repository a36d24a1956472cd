// The port to the machine. Two implementations: live (journaled) and dry (prints what it would do).

import type { Domain } from '../lib/xen.ts';
import type { Child, Console } from './child.ts';
import type { Step } from './step.ts';
import type { SpawnStep } from './steps/spawn.ts';

/** Something that a step brings about under a name that only the kernel knows. */
export type Sought =
  | { readonly kind: 'node'; readonly path: string }
  | { readonly kind: 'nvme-namespace'; readonly nqn: string; readonly hostnqn: string }
  | { readonly kind: 'scsi-disk'; readonly addressFile: string; readonly lun: number }
  | { readonly kind: 'vdpa-disk'; readonly name: string };

export interface Host {
  /** False when nothing is really done. */
  readonly live: boolean;
  /** The only door: changes the host, journaled, with its inverse. Gives the device node for a dm-create. */
  readonly apply: (step: Exclude<Step, SpawnStep>) => Promise<string>;
  readonly spawn: (step: SpawnStep) => Promise<Child>;
  /** Opens the console of a domain of ours, to speak with the load in it. */
  readonly console: (domain: Domain) => Promise<Console>;
  /** Waits for a device node to appear and gives its path. */
  readonly find: (sought: Sought, deadlineMs?: number) => Promise<string>;
  /** Reads a sysfs, procfs or cgroupfs file. Undefined where it does not exist. */
  readonly read: (path: string) => Promise<string | undefined>;
  /** Names in a folder; empty where it does not exist. */
  readonly list: (path: string) => Promise<readonly string[]>;
  /** The counters of a device-mapper device that a `dm-stats` step set up; undefined where there are none. */
  readonly dmCounters: (name: string) => Promise<string | undefined>;
  /** Runs `body`; everything that it applied is unwound when it ends, whichever way. */
  readonly scope: <T>(body: () => Promise<T>) => Promise<T>;
  /** Throws when the run has been told to stop. */
  readonly checkStop: () => void;
  /** Rejects when the run is told to stop; never resolves. */
  readonly stopped: Promise<never>;
  /** Waits; ends early by throwing when the run is told to stop. */
  readonly sleep: (ms: number) => Promise<void>;
}
