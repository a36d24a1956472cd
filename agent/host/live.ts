// The live host: every change is journaled before it is made, and unwound on every way out.

import { setTimeout as delay } from 'node:timers/promises';
import { HostError, InternalError, type LayerliftError, reasonOf, ResidueError } from '../lib/errors.ts';
import { openConsole } from './xen/console.ts';
import { dmMessage } from './dm/dm.ts';
import { findDevice } from './find.ts';
import { listAny, readAny } from './read.ts';
import type { Child, Exit } from './child.ts';
import type { Host } from './host.ts';
import type { Journal, Outstanding } from './journal/journal.ts';
import { writeScratch } from './kernel/files.ts';
import { within } from './kernel/deadline.ts';
import { kernelHere } from './port.ts';
import { type Kinds, kindsHere, renderStep, type Step } from './step.ts';
import type { LeftToOthers, Verb } from './steps/verb.ts';
import { type Change, trackChanges } from './journal/under-way.ts';
import { describeStep, releaseAll } from './journal/unwind.ts';
import type { SpawnStep } from './steps/spawn.ts';

/** How long the kernel may take for a change, and for a look at it. Longer than any program that a verb runs is given. */
const actMs = 40_000;
const lookMs = 20_000;

export interface LiveOptions {
  readonly journal: Journal;
  /** Aborted with a StoppedError as its reason when the run is told to stop. */
  readonly stop: AbortSignal;
  readonly onStep?: (what: 'apply' | 'undo', line: string) => void;
  /** Told of each change that was not undone because somebody else has taken it over. */
  readonly onLeft?: (left: LeftToOthers) => void;
  /** Those of this version where they are left out. */
  readonly kinds?: Kinds;
}

export function liveHost({ journal, stop, onStep, onLeft, kinds = kindsHere }: LiveOptions): Host {
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

  const underWay = trackChanges(kinds);
  /** One for each open scope, innermost last. Aborted when the scope's unwind begins, or the run is told to stop. */
  const closings: AbortSignal[] = [];
  function apply(step: Step): Promise<string> {
    const change: Change = {};
    const work = perform(step, change);
    underWay.add(change, work);
    // A change that hangs must not keep the run from being stopped.
    return Promise.race([work, stopped]);
  }

  async function perform(step: Step, change: Change): Promise<string> {
    checkStop();
    const closing = closings.at(-1) ?? end;
    const verb = kinds.verbOf(step);
    const line = renderStep(step).act;
    if (!verb.shared && (await within(`looking for \`${line}\``, lookMs, verb.present(step, undefined)))) {
      throw new HostError(`cannot apply \`${line}\`: it is already there and this run did not make it`);
    }
    const prior = await within(`before \`${line}\``, lookMs + actMs, verb.capture(step));
    checkStop();
    if (prior === undefined) return '';
    if (closing.aborted) throw new HostError(`cannot apply \`${line}\`: what it was for has ended`);
    const entry: Outstanding = { seq: seq++, step, prior };
    journal.append({ type: 'intent', ...entry });
    onStep?.('apply', line);
    // On the list before acting: an act that fails half-way is undone like one that succeeded.
    outstanding.push(entry);
    const deadlineMs = verb.actMs ?? actMs;
    let hasEnded = false;
    const acting = verb.act(step, prior, closing).finally(() => (hasEnded = true));
    Object.assign(change, { entry, acting, dueAtMs: performance.now() + deadlineMs });
    const node = await within(`\`${line}\``, deadlineMs, acting).catch(async (failure: unknown) => {
      // Until it has ended it may still take effect: then it is seen to when its scope unwinds.
      if (!hasEnded) throw failure;
      // Nothing came of it: then there is nothing to undo.
      const isThere = within(`looking for \`${line}\``, lookMs, verb.present(step, prior)).catch(() => true);
      if (!(await isThere)) {
        journal.append({ type: 'failed', seq: entry.seq, reason: reasonOf(failure) });
        forget(entry);
      }
      throw failure;
    });
    const became = await readBack(verb, step);
    if (became !== undefined) Object.assign(entry, { became });
    journal.append({
      ...{ type: 'done', seq: entry.seq },
      ...(verb.settles ? { settled: true } : {}),
      ...(became === undefined ? {} : { became }),
    });
    if (verb.settles) forget(entry);
    if (step.kind === 'write' && step.ends) endWrites(step.path);
    return node;
  }

  /** A value that cannot be read back is undone whatever it is by then, as after a death before this. */
  function readBack(verb: Verb<Step>, step: Step): Promise<string | undefined> {
    const reading = verb.readBack?.(step) ?? Promise.resolve(undefined);
    return within('reading it back', lookMs, reading).catch(() => undefined);
  }

  /** A value that was put back is undone: if it changes again, others want it so. */
  function endWrites(path: string): void {
    for (const entry of outstanding.filter(({ step }) => step.kind === 'write' && step.path === path)) {
      journal.append({ type: 'undone', seq: entry.seq });
      forget(entry);
    }
  }

  /** Its scope may have closed meanwhile: then it is off the list already. */
  function forget(entry: Outstanding): void {
    const at = outstanding.indexOf(entry);
    if (at >= 0) outstanding.splice(at, 1);
  }

  /** A part of the stack that ended although nobody undid it: all I/O waits for it. */
  function miss(step: SpawnStep, { code, signal, stderr }: Exit): void {
    if (!outstanding.some((entry) => entry.step === step)) return;
    const how = signal === undefined ? `with exit status ${code ?? '?'}` : `by ${signal}`;
    const said = stderr.trim().split('\n').slice(-2).join(' | ');
    broken.abort(new HostError(`${step.name} ended in mid-run ${how}${said ? `: ${said}` : ''}`));
  }

  return {
    apply,
    spawn: async (step: SpawnStep): Promise<Child> => {
      await apply(step);
      const child = kernelHere.start(step);
      if (step.survives) void child.exited.then((exit) => miss(step, exit));
      return child;
    },
    console: openConsole,
    find: (sought, deadlineMs) => Promise.race([findDevice(sought, deadlineMs), stopped]),
    read: readAny,
    list: listAny,
    dmCounters: (name) => dmMessage(name, '@stats_print 0', kernelHere).catch(() => undefined),
    writeScratch,
    whenMade: (look) => look(),
    checkStop,
    stopped,
    sleep: async (ms) => {
      checkStop();
      await delay(ms, undefined, { signal: end }).catch(checkStop);
    },
    scope: async (body) => {
      const mark = outstanding.length;
      const close = new AbortController();
      const closing = AbortSignal.any([end, close.signal]);
      closings.push(closing);
      let result: Awaited<ReturnType<typeof body>> | undefined;
      let failure: unknown;
      try {
        result = await body();
      } catch (thrown) {
        failure = thrown;
        close.abort();
      }
      await underWay.wait();
      close.abort();
      closings.splice(closings.indexOf(closing), 1);
      // Of outer scopes too: the load of this one may wait for a device of theirs. What comes next needs what they have.
      if (failure !== undefined)
        await releaseAll(
          outstanding.filter(({ step }, at) => at >= mark || !kinds.verbOf(step).releaseEnds),
          kinds,
        );
      const residue = await underWay.unwind(outstanding.splice(mark), {
        journal,
        onStep: ({ step, prior }) => onStep?.('undo', describeStep(step, prior).undo ?? ''),
        onLeft: (left) => onLeft?.(left),
      });
      if (residue.length > 0) {
        const first = failure === undefined ? [] : [{ message: `first: ${reasonOf(failure)}` }];
        throw new ResidueError([...first, ...residue], { cause: failure });
      }
      if (failure !== undefined) throw failure instanceof Error ? failure : new InternalError(reasonOf(failure));
      return result as Awaited<ReturnType<typeof body>>;
    },
  };
}
