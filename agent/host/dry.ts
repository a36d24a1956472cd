// The dry host: the same interface, nothing done. It collects every step, so that a plan can show each with its undo.

import { PassThrough } from 'node:stream';
import { symbolOf } from './find.ts';
import { listAny, readAny } from './read.ts';
import type { Host } from './host.ts';
import type { Step } from './step.ts';

export interface DryHost extends Host {
  readonly steps: readonly Step[];
  /** Drops the notes from this one on. */
  readonly forget: (from: number) => void;
}

/** Reads the real host, changes nothing. Device nodes that do not exist yet are given symbolic names. */
export function dryHost(): DryHost {
  const steps: Step[] = [];
  return {
    steps,
    forget: (from) => void steps.splice(from),
    apply: (step) => {
      // A module is loaded once, however many ask for it.
      const repeated =
        step.kind === 'module' && steps.some((seen) => seen.kind === 'module' && seen.name === step.name);
      if (!repeated) steps.push(step);
      return Promise.resolve(step.kind === 'dm-create' ? `/dev/mapper/${step.name}` : '');
    },
    spawn: (step) => {
      steps.push(step);
      return Promise.resolve({
        name: step.name,
        stdout: new PassThrough().end(),
        exited: Promise.resolve({ code: 0, signal: undefined, stderr: '' }),
        signal: () => undefined,
      });
    },
    console: () =>
      Promise.resolve({
        output: new PassThrough().end(),
        send: () => undefined,
        whatFailed: () => Promise.resolve(undefined),
        close: () => undefined,
      }),
    find: (sought) => Promise.resolve(symbolOf(sought)),
    read: readAny,
    list: listAny,
    dmCounters: () => Promise.resolve(undefined),
    writeScratch: () => Promise.resolve(),
    whenMade: () => Promise.resolve(undefined),
    checkStop: () => undefined,
    stopped: new Promise<never>(() => undefined),
    sleep: () => Promise.resolve(),
    scope: (body) => body(),
  };
}
