// A whole run on the simulated host: prepared from a profile, measured and reported by the program's own code.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { vi } from 'vitest';
import type { Progress } from '../../../agent/experiment/progress.ts';
import type { ExitName } from '../../../agent/lib/exit-codes.ts';
import type { RunMeta } from '../../../agent/records/run-schema.ts';
import { makeRunFolder } from '../../../agent/records/run-folder.ts';
import { type ReportDocument, reportSchema } from '../../../agent/report/document/document.ts';
import { report } from '../../../agent/run/finish.ts';
import { type Ended, measure } from '../../../agent/run/measure.ts';
import { prepare, type PrepareOptions } from '../../../agent/run/prepare.ts';
import type { Sparing } from '../../../agent/run/spare-others.ts';
import { type SimClock, simClock } from './clock.ts';
import { type SimHost, simHost, type SimOptions } from './host.ts';

export interface SimRun extends Partial<Omit<PrepareOptions, 'seed'>>, Partial<Omit<SimOptions, 'clock'>> {
  /** Text of the profile. */
  readonly profile: string;
  /** Called at each thing that the run tells, such as `pilot: ...` or `slice 3 baseline`. */
  readonly onTold?: (what: string, host: SimHost) => void;
  /** Who watches the other tenants; left out: there are none. */
  readonly watch?: (host: SimHost, clock: SimClock) => Promise<Sparing>;
}

export interface SimResult extends Ended {
  readonly host: SimHost;
  readonly document: ReportDocument;
  readonly exit: ExitName;
  readonly folder: string;
  /** Virtual time that the run took. */
  readonly tookMs: number;
}

const nobody: Sparing = {
  suffering: () => new Promise(() => undefined),
  isSuffering: () => false,
  findCause: () => Promise.resolve(),
  canSee: true,
  notes: () => [],
  end: () => undefined,
};

/** What is planted in a stack of media, network and ring; the rest of each setting as its provider has it. */
export interface Planted {
  readonly depth?: number;
  /** More settings of each provider, such as `, latency: 20ms`. */
  readonly media?: string;
  readonly stub?: string;
  readonly network?: string;
  readonly ring?: string;
}

/** Text of a profile of four guests. */
export function plantedProfile({ depth = 8, media = '', stub, network = '', ring = '' }: Planted): string {
  return [
    ...['version: 1', 'name: planted', 'guests: 4'],
    `workload: { rw: randread, bs: 4k, iodepth: ${depth} }`,
    ...['experiment: { budget: 280s }', 'stack:', '  media:'],
    `    deployed: { provider: model, size: 2GiB${media} }`,
    ...(stub === undefined ? [] : [`    stub: { provider: null_blk${stub} }`]),
    `  network: { deployed: { provider: nvme-tcp-netns${network} } }`,
    `  ring: { deployed: { provider: tcm-loop${ring} } }`,
    '',
  ].join('\n');
}

const folders: string[] = [];

/** Call after each test. */
export function tidySimRuns(): void {
  vi.useRealTimers();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** Leaves the clocks faked; see `tidySimRuns`. */
export async function simRun({
  profile,
  onTold = () => undefined,
  watch = () => Promise.resolve(nobody),
  ...options
}: SimRun): Promise<SimResult> {
  const { seed = 1, cv, mostIops, drift, askedIops, cold = false, budgetMs, ringHides, ...asked } = options;
  const place = mkdtempSync(join(tmpdir(), 'layerlift-sim-'));
  folders.push(place);
  const path = join(place, 'profile.yaml');
  writeFileSync(path, profile);
  const prepared = await prepare(path, { seed, cold, budgetMs, ...asked });
  vi.useFakeTimers({ toFake: ['Date', 'performance', 'setInterval', 'clearInterval'], now: Date.UTC(2026, 0, 2) });
  const clock = simClock();
  const host = simHost({ clock, seed, cv, mostIops, askedIops, drift, ringHides });
  const tell = (what: string): void => onTold(what, host);
  const progress: Progress = {
    phase: tell,
    told: tell,
    sliceBegins: ({ seq, arm }) => tell(`slice ${seq} ${arm}`),
    sliceEnds: () => undefined,
    standing: () => undefined,
  };
  const folder = makeRunFolder(place, 'run');
  const id = 'abcdef';
  const startedAt = new Date().toISOString();
  const meta: RunMeta = { version: 1, run: id, tool: '0.1.0', startedAt, caveats: [], host: { kernel: 'Linux 6.1' } };
  folder.writeText('profile.yaml', prepared.text);
  folder.writeJson('plan.json', prepared.plan);
  folder.writeJson('host.json', meta);
  const journal = { path: '/dev/null', append: () => undefined, close: () => undefined };
  const session = { host, journal, caveats: [], close: () => undefined };
  const log = pino({ enabled: false });
  const began = performance.now();
  const { ended, caveats } = await clock.run(async () => {
    const others = await watch(host, clock);
    const ended = await measure(session, { prepared, folder, meta, log, progress, others, id });
    others.end();
    return { ended, caveats: others.notes() };
  });
  const tookMs = performance.now() - began;
  let printed = '';
  const endedAt = new Date().toISOString();
  const exit = await report(
    { ...ended, prepared, folder, meta: { ...meta, caveats: [...caveats], endedAt } },
    { format: 'json', print: (text) => (printed += text) },
  );
  return { ...ended, host, exit, folder: folder.path, tookMs, document: reportSchema.parse(JSON.parse(printed)) };
}
