// Measures within a session: everything that is measured goes to the run's folder at once.

import { join } from 'node:path';
import type { Logger } from 'pino';
import { type Outcome, runExperiment } from '../experiment/experiment.ts';
import type { PilotRecord } from '../experiment/pilot-record.ts';
import type { ProbeRecord } from '../experiment/probe-record.ts';
import type { Progress } from '../experiment/progress.ts';
import type { SliceRecord } from '../experiment/record.ts';
import type { RunFolder } from '../experiment/run-folder.ts';
import type { Session } from '../host/session.ts';
import { reasonOf, StoppedError } from '../lib/errors.ts';
import { sliceDurationMs } from '../plan/plan.ts';
import { namesOf } from '../stack/names.ts';
import type { Prepared } from './prepare.ts';

/** fio is always stopped by the run; this only bounds one that was left alone. */
const fioRuntimeMarginS = 3_600;

export interface Found extends Outcome {
  readonly pilot?: PilotRecord;
  readonly slices: readonly SliceRecord[];
  readonly rechecked: readonly SliceRecord[];
}

export interface Measuring {
  readonly prepared: Prepared;
  readonly folder: RunFolder;
  readonly log: Logger;
  readonly progress: Progress;
  readonly id: string;
}

/** The host is restored when this ends, whichever way; the journal is kept with the run. */
export async function measure(session: Session, measuring: Measuring): Promise<Found> {
  const { prepared, folder, log, progress, id } = measuring;
  const slices: SliceRecord[] = [];
  const rechecked: SliceRecord[] = [];
  const record = (slice: SliceRecord): void => {
    slices.push(slice);
    folder.appendSlice(slice);
    log.info({ seq: slice.seq, arm: slice.arm, goodput: Math.round(slice.goodput) }, 'slice');
  };
  const recordPoint = (point: ProbeRecord): void => {
    folder.appendLine('probe.ndjson', point);
    log.info({ subject: point.subject, depth: point.depth, goodput: Math.round(point.slice.goodput) }, 'point');
  };
  const recordRecheck = (slice: SliceRecord): void => {
    rechecked.push(slice);
    folder.appendLine('recheck.ndjson', slice);
  };
  let pilot: PilotRecord | undefined;
  const recordPilot = (made: PilotRecord): void => {
    pilot = made;
    folder.writeJson('pilot.json', made);
  };
  const { plan, stack } = prepared;
  const recorders = { record, recordPoint, recordRecheck, recordPilot, progress };
  const place = { names: namesOf(id), folder: join(folder.path, 'fio') };
  try {
    const load = loadPlan(prepared);
    const outcome = await runExperiment(session.host, { plan, stack, load, ...place, ...recorders });
    return { slices, rechecked, ...outcome, ...(pilot ? { pilot } : {}) };
  } catch (failure) {
    if (!(failure instanceof StoppedError)) throw failure;
    const note = `${failure.message}; the host is restored; what was measured is in ${folder.path}`;
    throw new StoppedError(failure.exit, note);
  } finally {
    keepJournal(session, folder, log);
  }
}

/** A copy for the record; that it cannot be made must not hide how the run ended. */
function keepJournal(session: Session, folder: RunFolder, log: Logger): void {
  try {
    folder.copyIn('journal.ndjson', session.journal.path);
  } catch (failure) {
    log.warn({ reason: reasonOf(failure) }, 'the journal was not copied');
  }
}

function loadPlan({ plan, sections }: Prepared) {
  const runtimeS = Math.ceil((plan.design.budgetSlices * sliceDurationMs(plan)) / 1000) + fioRuntimeMarginS;
  const { guests } = plan.profile;
  return { guests, sections, depths: guests.map(({ iodepth }) => iodepth), seed: plan.seed, runtimeS };
}
