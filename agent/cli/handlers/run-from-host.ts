// `run --from-host`: discovers this host, shows the profile of its clone, asks, and runs it on a twin beside the host.

import { activityIn } from '../../discover/clone/counters.ts';
import { discoverIn } from '../../discover/graph/build.ts';
import { narrowed } from '../../discover/show/select.ts';
import { UsageError } from '../../lib/errors.ts';
import type { ExitName } from '../../lib/exit-codes.ts';
import { cpuBetween } from '../../observe/decode/host.ts';
import type { Eyes } from '../../observe/sample.ts';
import { answerTo } from '../terminal/answer.ts';
import { besideTwin } from './beside.ts';
import { clonedFrom, openText, realOf, snapshotHere } from './discover.ts';
import { eyes } from './observe.ts';
import { run, type RunOptions, type Surroundings } from './run.ts';

export interface FromHostOptions extends Omit<RunOptions, 'profile' | 'text' | 'twin'> {
  /** Devices, domains, machines or processes; none: all. */
  readonly things: readonly string[];
  /** Agrees beforehand. */
  readonly yes: boolean;
}

/** Milliseconds for which the load is looked at. */
const lookMs = 10_000;

const here = {
  look: snapshotHere,
  eyes,
  tell: (text: string): void => void process.stderr.write(text),
  ask: answerTo,
};
export type HostSurroundings = typeof here & { readonly eyes: Eyes };

/** Throws UsageError for a thing that is not there, where nobody uses a device, or if it is not agreed to. */
export async function runFromHost(
  { things, yes, ...options }: FromHostOptions,
  { look, eyes, tell, ask }: HostSurroundings = here,
  ofRun?: Surroundings,
): Promise<ExitName> {
  const pids = things.filter((word) => /^\d{1,9}$/.test(word));
  const from = await cpuLook(eyes);
  const snapshot = await look({ pids, withTools: false, forMs: lookMs });
  const cpu = cpuBetween([from, await cpuLook(eyes)]);
  const whole = discoverIn(snapshot, pids);
  const found = narrowed(
    whole,
    things.map((word) => ({ word, ...realOf(word) })),
  );
  const activity = activityIn(snapshot);
  const { text, open, disks } = clonedFrom(found, { activity, scratch: undefined, option: '--from-host' });
  tell(`${text}\n`);
  if (open.length > 0) tell(['The twin has not:', ...openText(open), '', ''].join('\n'));
  const beside = await besideTwin(eyes, {
    ...{ snapshot, whole, found, disks, activity },
    ...{ busyPercent: cpu?.busyPercent ?? null, notCloned: open },
  });
  const agree = async (): Promise<void> => {
    if (!yes) mustAgree(await ask('Run it on a twin beside this host? [y/N] '));
  };
  const twin = { ...beside, agree };
  return run({ ...options, profile: `the clone of ${whole.host.name}`, text, twin }, ofRun);
}

async function cpuLook({ read, nowMs }: Eyes): Promise<Parameters<typeof cpuBetween>[0][number]> {
  const text = await read('/proc/stat');
  return { atMs: nowMs(), texts: new Map(text === undefined ? [] : [['/proc/stat', text]]) };
}

function mustAgree(answer: string | undefined): void {
  if (/^\s*y(es)?\s*$/i.test(answer ?? '')) return;
  throw new UsageError(
    answer === undefined ? 'nobody answers whether the twin may run: stdin is closed' : 'the twin is not run, as asked',
    'nothing was touched; --yes agrees beforehand, discover --profile writes the profile',
  );
}
