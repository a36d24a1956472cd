// The live host: every change is journaled before it is made, and unwound on every way out.

import { setTimeout as delay } from 'node:timers/promises';
import { HostError, InternalError, reasonOf, ResidueError, type StoppedError } from '../lib/errors.ts';
import { dmMessage } from './dm.ts';
import { findDevice } from './find.ts';
import { listFolder, readText } from './files.ts';
import type { Child, Host } from './host.ts';
import type { Journal, Outstanding } from './journal.ts';
import { renderStep, type SpawnStep, type Step } from './step.ts';
import { tellStep, unwind } from './unwind.ts';
import { verbOf } from './verbs/registry.ts';
import { startChild } from './verbs/spawn.ts';

export interface LiveOptions {
  readonly journal: Journal;
  /** Aborted with a StoppedError as its reason when the run is told to stop. */
  readonly stop: AbortSignal;
  readonly onStep?: (what: 'apply' | 'undo', line: string) => void;
}

export function liveHost({ journal, stop, onStep }: LiveOptions): Host {
  const outstanding: Outstanding[] = [];
  let seq = 0;

  const checkStop = (): void => {
    if (stop.aborted) throw stop.reason as StoppedError;
  };

  async function perform(step: Step): Promise<string> {
    checkStop();
    const verb = verbOf(step);
    const line = renderStep(step).act;
    if (!verb.shared && (await verb.present(step, undefined))) {
      throw new HostError(`cannot apply \`${line}\`: it is already there and this run did not make it`);
    }
    const prior = await verb.capture(step);
    if (prior === undefined) return '';
    const entry: Outstanding = { seq: seq++, step, prior };
    journal.append({ type: 'intent', ...entry });
    onStep?.('apply', line);
    // On the list before acting: an act that fails half-way is undone like one that succeeded.
    outstanding.push(entry);
    const node = await verb.act(step, prior);
    journal.append({ type: 'done', seq: entry.seq, ...(verb.settles ? { settled: true } : {}) });
    const at = outstanding.indexOf(entry);
    // Its scope may have closed meanwhile: then it is off the list already.
    if (verb.settles && at >= 0) outstanding.splice(at, 1);
    return node;
  }

  return {
    live: true,
    apply: perform,
    spawn: async (step: SpawnStep): Promise<Child> => {
      await perform(step);
      return startChild(step);
    },
    find: (sought, deadlineMs) => findDevice(sought, deadlineMs),
    read: readText,
    list: listFolder,
    dmCounters: (name) => dmMessage(name, '@stats_print 0').catch(() => undefined),
    checkStop,
    sleep: async (ms) => {
      checkStop();
      await delay(ms, undefined, { signal: stop }).catch(checkStop);
    },
    scope: async (body) => {
      const mark = outstanding.length;
      let result: Awaited<ReturnType<typeof body>> | undefined;
      let failure: unknown;
      try {
        result = await body();
      } catch (thrown) {
        failure = thrown;
      }
      const report = await unwind(outstanding.splice(mark), journal, (entry) =>
        onStep?.('undo', tellStep(entry.step).undo ?? ''),
      );
      if (report.residue.length > 0) {
        const first = failure === undefined ? [] : [{ message: `first: ${reasonOf(failure)}` }];
        throw new ResidueError([...first, ...report.residue], { cause: failure });
      }
      if (failure !== undefined) throw failure instanceof Error ? failure : new InternalError(reasonOf(failure));
      return result as Awaited<ReturnType<typeof body>>;
    },
  };
}
