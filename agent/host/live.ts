// The live host: every change is journaled before it is made, and unwound on every way out.

import { setTimeout as delay } from 'node:timers/promises';
import { HostError, InternalError, type LayerliftError, reasonOf, ResidueError } from '../lib/errors.ts';
import { openConsole } from './console.ts';
import { dmMessage } from './dm.ts';
import { findDevice } from './find.ts';
import { listAny, readAny } from './look.ts';
import type { Child, Exit, Host } from './host.ts';
import type { Journal, Outstanding } from './journal.ts';
import { within } from './patience.ts';
import { renderStep, type SpawnStep, type Step } from './step.ts';
import { letGo, tellStep, unwind } from './unwind.ts';
import { verbOf } from './verbs/registry.ts';
import { startChild } from './verbs/spawn.ts';

/** How long an unwind waits for changes under way; beyond that they hang. */
const underWayMs = 10_000;
/** How long the kernel may take for a change, and for a look at it. Longer than any program that a verb runs is given. */
const actMs = 40_000;
const lookMs = 20_000;

export interface LiveOptions {
  readonly journal: Journal;
  /** Aborted with a StoppedError as its reason when the run is told to stop. */
  readonly stop: AbortSignal;
  readonly onStep?: (what: 'apply' | 'undo', line: string) => void;
}

export function liveHost({ journal, stop, onStep }: LiveOptions): Host {
  const outstanding: Outstanding[] = [];
  let seq = 0;
  const broken = new AbortController();
  const end = AbortSignal.any([stop, broken.signal]);

  const checkStop = (): void => {
    if (end.aborted) throw end.reason as LayerliftError;
  };

  const stopped = new Promise<never>((_, reject) => {
    end.addEventListener('abort', () => reject(end.reason as LayerliftError));
  });
  // Nobody may be waiting when it happens.
  stopped.catch(() => undefined);

  // Changes under way: an unwind must not overtake them.
  const underWay = new Set<Promise<string>>();
  function apply(step: Step): Promise<string> {
    const change = perform(step);
    underWay.add(change);
    const done = (): void => void underWay.delete(change);
    change.then(done, done);
    // A change that hangs must not keep the run from being stopped.
    return Promise.race([change, stopped]);
  }

  async function perform(step: Step): Promise<string> {
    checkStop();
    const verb = verbOf(step);
    const line = renderStep(step).act;
    if (!verb.shared && (await within(`looking for \`${line}\``, lookMs, verb.present(step, undefined)))) {
      throw new HostError(`cannot apply \`${line}\`: it is already there and this run did not make it`);
    }
    const prior = await within(`before \`${line}\``, lookMs + actMs, verb.capture(step));
    checkStop();
    if (prior === undefined) return '';
    const entry: Outstanding = { seq: seq++, step, prior };
    journal.append({ type: 'intent', ...entry });
    onStep?.('apply', line);
    // On the list before acting: an act that fails half-way is undone like one that succeeded.
    outstanding.push(entry);
    const node = await within(`\`${line}\``, verb.actMs ?? actMs, verb.act(step, prior)).catch(
      async (failure: unknown) => {
        // Nothing came of it: then there is nothing to undo.
        const isThere = within(`looking for \`${line}\``, lookMs, verb.present(step, prior)).catch(() => true);
        if (!(await isThere)) {
          journal.append({ type: 'failed', seq: entry.seq, reason: reasonOf(failure) });
          outstanding.splice(outstanding.indexOf(entry), 1);
        }
        throw failure;
      },
    );
    journal.append({ type: 'done', seq: entry.seq, ...(verb.settles ? { settled: true } : {}) });
    const at = outstanding.indexOf(entry);
    // Its scope may have closed meanwhile: then it is off the list already.
    if (verb.settles && at >= 0) outstanding.splice(at, 1);
    return node;
  }

  /** A part of the stack that ended although nobody undid it: all I/O waits for it. */
  function miss(step: SpawnStep, { code, signal, stderr }: Exit): void {
    if (!outstanding.some((entry) => entry.step === step)) return;
    const how = signal === undefined ? `with exit status ${code ?? '?'}` : `by ${signal}`;
    const said = stderr.trim().split('\n').slice(-2).join(' | ');
    broken.abort(new HostError(`${step.name} ended in mid-run ${how}${said ? `: ${said}` : ''}`));
  }

  return {
    live: true,
    apply,
    spawn: async (step: SpawnStep): Promise<Child> => {
      await apply(step);
      const child = startChild(step);
      if (step.survives) void child.exited.then((exit) => miss(step, exit));
      return child;
    },
    console: openConsole,
    find: (sought, deadlineMs) => Promise.race([findDevice(sought, deadlineMs), stopped]),
    read: readAny,
    list: listAny,
    dmCounters: (name) => dmMessage(name, '@stats_print 0').catch(() => undefined),
    checkStop,
    stopped,
    sleep: async (ms) => {
      checkStop();
      await delay(ms, undefined, { signal: end }).catch(checkStop);
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
      await within('changes under way', underWayMs, Promise.allSettled(underWay)).catch(() => undefined);
      // Of outer scopes too: the load of this one may wait for a device of theirs.
      if (failure !== undefined) await letGo(outstanding);
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
