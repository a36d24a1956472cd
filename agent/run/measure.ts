// Measures within a session: everything that is measured goes to the run's folder at once, and whichever way it ends, what
// was found by then is handed on.

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { runExperiment } from '../experiment/experiment.ts';
import { type Recorded, startRecording } from '../experiment/recorder.ts';
import type { Others } from '../experiment/give-way.ts';
import type { CutShort, Phase } from '../records/phase.ts';
import type { Progress } from '../experiment/progress.ts';
import type { RunMeta } from '../records/run-schema.ts';
import type { RunFolder } from '../records/run-folder.ts';
import type { Session } from '../host/session/session.ts';
import { InternalError, LayerliftError, MidRunError, reasonOf, StoppedError } from '../lib/errors.ts';
import type { LoadPlan } from '../load/drive.ts';
import { sliceDurationMs } from '../plan/plan.ts';
import { namesOn } from '../stack/names.ts';
import { keepVerdict } from './finish.ts';
import type { Setup } from './prepare.ts';

/** fio is always stopped by the run; this only bounds one that was left alone. */
const fioRuntimeMarginS = 3_600;

export interface Measuring {
  readonly prepared: Setup;
  readonly folder: RunFolder;
  readonly meta: RunMeta;
  readonly log: Logger;
  readonly progress: Progress;
  readonly others: Others;
  readonly id: string;
}

/** How it ended. Without `cutShort` the run has done all that it was asked for; `failure` is to be thrown once that is told. */
export interface Ended {
  readonly findings: Recorded;
  readonly cutShort?: CutShort;
  readonly failure?: Error;
}

/** Never throws. The host is restored when this ends, whichever way, save for a ResidueError; the journal is kept with the run. */
export async function measure(session: Session, measuring: Measuring): Promise<Ended> {
  const { prepared, folder, meta, log, progress, others, id } = measuring;
  const { recorder, soFar } = startRecording(folder, (what, about) => log.info(about, what));
  const { plan, stack } = prepared;
  const compared = (): void => {
    const now = { ...meta, endedAt: new Date().toISOString() };
    const sentence = keepVerdict({ prepared, meta: now, findings: soFar(), folder });
    log.info({ sentence }, 'verdict');
    progress.told(`verdict: ${sentence}`);
  };
  const names = await namesOn(session.host, id, randomBytes(16).toString('hex'));
  const place = { names, folder: join(folder.path, 'fio') };
  let failure: unknown;
  try {
    await runExperiment(session.host, {
      plan,
      stack,
      load: loadPlan(prepared),
      ...place,
      ...recorder,
      compared,
      progress,
      others,
    });
  } catch (thrown) {
    failure = thrown;
    log.error({ reason: reasonOf(thrown), phase: soFar().phase }, 'cut short');
  }
  keepJournal(session, folder, log);
  return endedWith(soFar(), failure, folder.path);
}

/** `failure`: what was thrown, undefined if nothing was. What failed earlier, while the run went on, then counts. */
export function endedWith(findings: Recorded, failure: unknown, path: string): Ended {
  const [first, ...others] = [
    ...findings.failed,
    ...(failure === undefined ? [] : [{ phase: findings.phase, failure }]),
  ]
    .reverse()
    .map((one) => ({ ...one, failure: inMidRun(one.failure, one.phase) }));
  if (!first) return { findings };
  const notes = others.map((one) => ({ kind: 'failed-before', failure: whyOf(one.failure) }) as const);
  const by = first.failure instanceof StoppedError ? first.failure.by : undefined;
  const cutShort = {
    ...{ phase: first.phase, why: whyOf(first.failure), exit: exitOf(first.failure) },
    ...(by === undefined ? {} : { by }),
  };
  return {
    findings: { ...findings, notes: [...findings.notes, ...notes] },
    cutShort,
    failure: told(first.failure, path),
  };
}

/** Once guests run, the host has all that a run needs: what it then refuses is no lack of it. */
function inMidRun(failure: unknown, phase: Phase): unknown {
  if (!(failure instanceof LayerliftError) || failure.exit !== 'unavailable' || phase === 'raising') return failure;
  return new MidRunError(failure.problems, { cause: failure });
}

function exitOf(failure: unknown): CutShort['exit'] {
  return failure instanceof LayerliftError ? failure.exit : 'internal';
}

function whyOf(failure: unknown): string {
  if (!(failure instanceof LayerliftError)) return `internal error: ${reasonOf(failure)}`;
  return failure.problems.map(({ message }) => message).join('; ');
}

function told(failure: unknown, path: string): Error {
  if (!(failure instanceof Error)) return new InternalError(reasonOf(failure));
  if (!(failure instanceof StoppedError)) return failure;
  const note = `${failure.message}; the host is restored; what was measured is in ${path}`;
  return new StoppedError(failure.exit, note, failure.by);
}

/** A copy for the record; that it cannot be made must not hide how the run ended. */
function keepJournal(session: Session, folder: RunFolder, log: Logger): void {
  try {
    folder.copyIn('journal.ndjson', session.journal.path);
  } catch (failure) {
    log.warn({ reason: reasonOf(failure) }, 'the journal was not copied');
  }
}

function loadPlan({ plan, sections, own }: Setup): LoadPlan {
  const runtimeS = Math.ceil((plan.design.budgetSlices * sliceDurationMs(plan)) / 1000) + fioRuntimeMarginS;
  const { guests } = plan.profile;
  const depths = guests.map(({ iodepth }) => iodepth);
  return { guests, sections, ...(own ? { own } : {}), depths, seed: plan.seed, runtimeS };
}
