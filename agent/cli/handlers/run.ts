// `run PROFILE`: the main job. Prepares, checks, takes the host, measures, restores, reports.

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { RunMeta } from '../../records/run-schema.ts';
import type { HostSide } from '../../records/host-side.ts';
import { makeRunFolder } from '../../records/run-folder.ts';
import { openSession, type Session } from '../../host/session/session.ts';
import { ResidueError } from '../../lib/errors.ts';
import type { ExitName, Stopper } from '../../lib/exit-codes.ts';
import type { Labels } from '../../lib/labels.ts';
import { defaultImpact, type Impact } from '../../plan/impact.ts';
import type { FormatName } from '../../report/formats/registry.ts';
import type { Progress } from '../../experiment/progress.ts';
import { leftToOthersWords } from '../../report/words/left-to-others.ts';
import { type RunResult, report } from '../../run/finish.ts';
import { makeLog } from '../terminal/log.ts';
import { type Ended, endedWith, measure } from '../../run/measure.ts';
import { preflight } from '../../run/preflight.ts';
import { toldIn } from '../../run/tell-now.ts';
import { prepare, type PrepareOptions, type Setup } from '../../run/prepare.ts';
import { stopIf } from '../../run/stop-if.ts';
import { showProgress } from '../terminal/progress.ts';
import { spareOthers } from '../../run/spare-others.ts';
import { watchDisk } from '../../run/watch-disk.ts';
import { listenForStop } from '../terminal/stop.ts';
import { namesOf } from '../../stack/names.ts';
import { toolVersion } from '../version.ts';

/** What a run has beside it if its stack is a twin of the host's own. */
export interface Twin {
  /** Asks for consent, when all that can be refused was. Throws where it is not given. */
  readonly agree: () => Promise<void>;
  /** Begins to look at the host; called once the guests of the twin run. */
  readonly beside: () => { readonly end: () => Promise<HostSide> };
  /** As it was before, for a run that came to no slice. */
  readonly before: HostSide;
}

export interface RunOptions extends PrepareOptions, MeasureOptions {
  /** A path; or with `text` the name for messages. */
  readonly profile: string;
}

/** Options of whatever measures, once it is known what. */
export interface MeasureOptions {
  readonly twin?: Twin;
  readonly runs: string;
  readonly deadlineMs: number | undefined;
  readonly format: FormatName;
  readonly quiet: boolean;
  /** A command line that says when the run has to end. */
  readonly stopIf?: string | undefined;
  /** It is known that the watchdog may die with the agent. */
  readonly withoutWatchdog?: boolean;
  readonly verbose: boolean;
  /** Labels by which its user wants to find it. */
  readonly labels?: Labels | undefined;
  /** The most that all guests together may take of the host. */
  readonly impact?: Impact | undefined;
  readonly print: (text: string) => void;
}

/** Everything that a run asks of this host and of its terminal. */
export const here = {
  preflight,
  openSession,
  spareOthers,
  showProgress,
  // The libraries behind it are large, and no other command wants them.
  readFacts: async () => (await import('../../host/facts/facts.ts')).readFacts(),
};
export type Surroundings = typeof here;

export async function run(options: RunOptions, surroundings: Surroundings = here): Promise<ExitName> {
  return measurePrepared(await prepare(options.profile, options), options, surroundings);
}

/** Checks the host, takes it, measures what was prepared, restores and reports. */
export async function measurePrepared(
  prepared: Setup,
  options: MeasureOptions,
  surroundings: Surroundings = here,
): Promise<ExitName> {
  const { preflight, openSession, spareOthers, showProgress, readFacts } = surroundings;
  await preflight(prepared.stack);
  await options.twin?.agree();
  const id = randomBytes(3).toString('hex');
  const startedAt = new Date().toISOString();
  const stop = listenForStop(options.deadlineMs);
  const stopFor =
    (by: Stopper) =>
    (sentence: string): void =>
      stop.stop('impact', sentence, by);
  const progress = await showProgress({
    ...{ quiet: options.quiet, terminal: process.stderr.isTTY, run: id, plan: prepared.plan },
  });
  let endSparing = (): void => undefined;
  let endAsking = (): void => undefined;
  let endWatching = (): void => undefined;
  let finished: (RunResult & Ended) | undefined;
  const left: RunMeta['caveats'][number][] = [];
  try {
    let log: Logger | undefined;
    // The lock comes first: whatever a second run did before it was refused would disturb the one that measures.
    const session = await openSession(id, {
      stop: stop.signal,
      onStep: (what, line) => log?.debug({ line }, what),
      onLeft: (one) => {
        left.push({ kind: 'left-to-others', ...one });
        const sentence = leftToOthersWords(one);
        process.stderr.write(`layerlift: ${sentence}\n`);
        log?.warn(sentence);
      },
      restore: [process.execPath, process.argv[1] ?? '', 'watchdog', id],
      ...(options.withoutWatchdog === undefined ? {} : { withoutWatchdog: options.withoutWatchdog }),
      onWatchdogLost: (note) => (log ? log.warn(note) : void process.stderr.write(`layerlift: ${note}\n`)),
    });
    finished = await holding(session, async () => {
      if (options.stopIf !== undefined) endAsking = stopIf(options.stopIf, stopFor('stop-if')).end;
      const { claim } = prepared.stack;
      if (claim?.destroy !== undefined) {
        const { uuid } = namesOf(id, '').dm('guard');
        endWatching = watchDisk(session.host, { claim, uuid }, stopFor('disk-user')).end;
      }
      const points = options.impact?.pressurePoints ?? defaultImpact.pressurePoints;
      const sparing = await spareOthers(session.host, points, stopFor('others'));
      endSparing = sparing.end;
      progress.phase(`run ${id}: profile ${prepared.plan.profile.name}, seed ${prepared.plan.seed}`);
      const host = await readFacts();
      const folder = makeRunFolder(options.runs, `${startedAt.replaceAll(/[-:]|\.\d+/g, '')}-${id}`);
      log = makeLog({ run: id, verbose: options.verbose, file: join(folder.path, 'log.ndjson') });
      const caveats: RunMeta['caveats'] = [
        ...session.caveats,
        ...(sparing.canSee ? [] : [{ kind: 'others-unseen' } as const]),
      ];
      const labels = Object.keys(options.labels ?? {}).length > 0 ? { labels: { ...options.labels } } : {};
      const meta: RunMeta = { version: 1, run: id, tool: toolVersion, startedAt, caveats, host, ...labels };
      folder.writeText('profile.yaml', prepared.text);
      folder.writeJson('plan.json', prepared.plan);
      folder.writeJson('host.json', meta);
      const beside = options.twin && lookBeside(options.twin, toldIn(folder, progress));
      const ended = await measure(session, {
        ...{ prepared, folder, meta, log, id, others: sparing },
        progress: beside?.progress ?? toldIn(folder, progress),
      });
      return {
        ...ended,
        ...{ prepared, hostSide: await beside?.end() },
        folder,
        meta: { ...meta, caveats: [...caveats, ...sparing.notes(), ...left], endedAt: new Date().toISOString() },
      };
    });
  } finally {
    endSparing();
    endAsking();
    endWatching();
    progress.end();
    stop.release();
  }
  // The host is restored and free by now: whoever reads slowly, or not at all, holds up nobody but this process.
  const exit = await report(finished, options);
  if (finished.failure !== undefined) throw finished.failure;
  return exit;
}

/** The host is looked at from the first slice on, as by then the guests of the twin do I/O. */
function lookBeside(
  { beside, before }: Twin,
  progress: Progress,
): { readonly progress: Progress; readonly end: () => Promise<HostSide> } {
  let looking: ReturnType<Twin['beside']> | undefined;
  return {
    progress: {
      ...progress,
      sliceBegins: (slice) => {
        looking ??= beside();
        progress.sliceBegins(slice);
      },
    },
    end: async () => (looking ? looking.end() : before),
  };
}

/** Closes the session whatever happens; what could not be undone stays in its journal for `recover`. */
async function holding<T extends Ended & Pick<RunResult, 'folder'>>(
  session: Session,
  body: () => Promise<T>,
): Promise<T> {
  let ended: T;
  try {
    ended = await body();
  } catch (failure) {
    session.close({ clean: true });
    throw failure;
  }
  try {
    session.close({ clean: !(ended.failure instanceof ResidueError) });
    return ended;
  } catch (failure) {
    if (ended.cutShort) return ended;
    return { ...ended, ...endedWith({ ...ended.findings, phase: 'restoring' }, failure, ended.folder.path) };
  }
}
