// `run PROFILE`: the main job. Prepares, checks, takes the host, measures, restores, reports.

import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import { join } from 'node:path';
import { makeRunFolder, type RunFolder } from '../experiment/run-folder.ts';
import type { Probed } from '../experiment/caps.ts';
import { type Outcome, runExperiment } from '../experiment/experiment.ts';
import type { CapsRecord, ProbeRecord } from '../experiment/probe-record.ts';
import { type PilotRecord, planAfter } from '../experiment/pilot-record.ts';
import type { Progress } from '../experiment/progress.ts';
import type { RunMeta } from '../experiment/read-folder.ts';
import type { SliceRecord } from '../experiment/record.ts';
import { readFacts } from '../host/facts.ts';
import type { Session } from '../host/session.ts';
import { openSession } from '../host/session.ts';
import { reasonOf, ResidueError, StoppedError } from '../lib/errors.ts';
import type { ExitName } from '../lib/exit-codes.ts';
import { baselineId } from '../lib/arm.ts';
import { sliceDurationMs } from '../plan/plan.ts';
import { namesOf } from '../stack/names.ts';
import { type FormatName, render } from '../report/registry.ts';
import { documentOf, readingOf } from './document.ts';
import { preflight } from './preflight.ts';
import { makeLog } from './log.ts';
import { type Prepared, prepare, type PrepareOptions } from './prepare.ts';
import { showProgress } from './progress.ts';
import { listenForStop } from './stop.ts';
import { toolVersion } from './version.ts';

export interface RunOptions extends PrepareOptions {
  readonly profile: string;
  readonly runs: string;
  readonly deadlineMs: number | undefined;
  readonly format: FormatName;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly print: (text: string) => void;
}

/** fio is always stopped by the run; this only bounds one that was left alone. */
const fioRuntimeMarginS = 3_600;

export async function run(options: RunOptions): Promise<ExitName> {
  const prepared = await prepare(options.profile, options);
  await preflight(prepared.plan.profile);
  const id = randomBytes(3).toString('hex');
  const startedAt = new Date().toISOString();
  const stop = listenForStop(options.deadlineMs);
  const progress = showProgress({ quiet: options.quiet, terminal: process.stderr.isTTY });
  try {
    let log: Logger | undefined;
    // The lock comes first: whatever a second run did before it was refused would disturb the one that measures.
    const session = openSession(id, { stop: stop.signal, onStep: (what, line) => log?.debug({ line }, what) });
    return await holding(session, async () => {
      progress.phase(`run ${id}: profile ${prepared.plan.profile.name}, seed ${prepared.plan.seed}`);
      const host = await readFacts();
      const folder = makeRunFolder(options.runs, `${startedAt.replaceAll(/[-:]|\.\d+/g, '')}-${id}`);
      log = makeLog({ run: id, verbose: options.verbose, file: join(folder.path, 'log.ndjson') });
      const meta: RunMeta = { version: 1, run: id, tool: toolVersion, startedAt, caveats: [], host };
      folder.writeText('profile.yaml', prepared.text);
      folder.writeJson('plan.json', prepared.plan);
      folder.writeJson('host.json', meta);
      const found = await measure(session, { prepared, folder, log, progress, id });
      progress.end();
      return report({ prepared, meta: { ...meta, endedAt: new Date().toISOString() }, ...found, folder }, options);
    });
  } finally {
    progress.end();
    stop.release();
  }
}

interface Found extends Outcome {
  readonly pilot?: PilotRecord;
  readonly slices: readonly SliceRecord[];
  readonly rechecked: readonly SliceRecord[];
}

interface Measuring {
  readonly prepared: Prepared;
  readonly folder: RunFolder;
  readonly log: Logger;
  readonly progress: Progress;
  readonly id: string;
}

/** The host is restored when this ends, whichever way; the journal is kept with the run. */
async function measure(session: Session, measuring: Measuring): Promise<Found> {
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

/** Closes the session whatever happens; what could not be undone stays in its journal for `recover`. */
async function holding(session: Session, body: () => Promise<ExitName>): Promise<ExitName> {
  let clean = true;
  try {
    return await body();
  } catch (failure) {
    clean = !(failure instanceof ResidueError);
    throw failure;
  } finally {
    session.close({ clean });
  }
}

function loadPlan({ plan, sections }: Prepared) {
  const runtimeS = Math.ceil((plan.design.budgetSlices * sliceDurationMs(plan)) / 1000) + fioRuntimeMarginS;
  const { guests } = plan.profile;
  return { guests, sections, depths: guests.map(({ iodepth }) => iodepth), seed: plan.seed, runtimeS };
}

interface Finished extends Found {
  readonly prepared: Prepared;
  readonly meta: RunMeta;
  readonly folder: RunFolder;
}

function report(
  { prepared, meta, slices, rechecked, notes, pilot, caps, neighbours, folder }: Finished,
  options: RunOptions,
): ExitName {
  const plan = pilot ? planAfter(prepared.plan, pilot) : prepared.plan;
  const done: RunMeta = { ...meta, caveats: [...hostCaveats(slices), ...notes] };
  if (neighbours) folder.writeJson('neighbours.json', { version: 1, ...neighbours });
  const kept = {
    ...(caps ? { caps: keepCaps(caps, folder) } : {}),
    ...(neighbours ? { neighbours } : {}),
    ...(pilot ? { pilot } : {}),
  };
  folder.writeJson('host.json', done);
  const records = { plan, meta: done, slices, rechecked, ...kept };
  const reading = readingOf(records);
  folder.writeJson('analysis.json', reading.analysis);
  const document = documentOf(records, reading, folder.path);
  folder.writeText('report.txt', render('text', document));
  folder.writeText('report.md', render('md', document));
  folder.writeText('report.html', render('html', document));
  folder.writeText('report.json', render('json', document));
  options.print(render(options.format, document));
  return document.exit.name;
}

function keepCaps({ plan: { design }, observations, inventory }: Probed, folder: RunFolder): CapsRecord {
  folder.writeJson('knobs.json', inventory);
  const record: CapsRecord = {
    version: 1,
    design: { ...design, layers: [...design.layers] },
    observations: [...observations],
    knobs: [...inventory.knobs],
  };
  folder.writeJson('caps.json', record);
  return record;
}

const saturatedPercent = 95;

/** Doubts about the whole run that the slices show. */
function hostCaveats(slices: readonly SliceRecord[]): readonly string[] {
  const busy = (slice: SliceRecord): number => slice.measurements['cpu']?.['busyPercent'] ?? 0;
  const full = slices.filter(({ arm }) => arm !== baselineId).filter((slice) => busy(slice) > saturatedPercent);
  const steal = Math.max(0, ...slices.map((slice) => slice.measurements['cpu']?.['stealPercent'] ?? 0));
  const slicesFull = `${full.length} ${full.length === 1 ? 'slice' : 'slices'}`;
  return [
    ...(full.length > 0 ? [`the CPU was full in ${slicesFull} with stubs: more CPU might have lifted further`] : []),
    ...(steal > 5 ? [`a hypervisor above took up to ${steal.toFixed(0)} % of the CPU away`] : []),
  ];
}
