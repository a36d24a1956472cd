// Types of a process and of the console of a domain, which run on the host for a run.

import type { Readable } from 'node:stream';

export interface Exit {
  readonly code: number | undefined;
  readonly signal: string | undefined;
  readonly stderr: string;
}

export interface Child {
  readonly name: string;
  readonly stdout: Readable;
  /** Resolves when the process has ended, however it ended. */
  readonly exited: Promise<Exit>;
  readonly signal: (signal: 'SIGUSR1' | 'SIGINT' | 'SIGTERM') => void;
}

/** The console of one of this run's domains. */
export interface Console {
  readonly output: Readable;
  readonly send: (line: string) => void;
  /** The end of the domain, as words after its name; undefined while it runs. */
  readonly whatFailed: () => Promise<string | undefined>;
  readonly close: () => void;
}
