// What the report of a run promises of a wider ring, beside what the same stack did once it had one. Takes the folders of
// both runs; they must differ in nothing but the order of their rings.

import { isDeepStrictEqual } from 'node:util';
import { tQuantile } from '../../agent/analysis/fit/quantile.ts';
import { documentOf } from '../../agent/report/document/of-run.ts';
import { findingsOf } from '../../agent/findings/findings.ts';
import { countedSlices } from '../../agent/findings/quality.ts';
import { readRunFolder } from '../../agent/records/read-folder.ts';
import type { RunRecords } from '../../agent/records/run-records.ts';
import { baselineId } from '../../agent/lib/arm.ts';
import { mean, sampleVariance } from '../../agent/lib/numbers.ts';
import type { Profile } from '../../agent/profile/profile.ts';
import { print } from './figures.ts';

/** The ratio of the second to the first that is aimed at. */
const aim = 1.15;

interface Ratio {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

const [before, after] = process.argv.slice(2).map(readRunFolder);
if (!before || !after) throw new Error('expected the folders of two runs: as deployed, and with the ring widened');
if (!isDeepStrictEqual(besideTheRing(before.plan.profile), besideTheRing(after.plan.profile)))
  throw new Error('the profiles of the two runs differ in more than the order of the ring');

const promised = promisedBy(before);
const gained = gain(before, after);
const off = gained.estimate / promised.estimate;
print('goodput as deployed, I/O a second', `${mean(baseline(before)).toFixed(0)} (${baseline(before).length} slices)`);
print('goodput with the ring widened', `${mean(baseline(after)).toFixed(0)} (${baseline(after).length} slices)`);
print("gain predicted: the lift of the ring's stub", textOf(promised));
print('gain in fact', textOf(gained));
print('gain in fact / predicted', `${off.toFixed(3)} (aim: ${(1 / aim).toFixed(2)} to ${aim.toFixed(2)})`);
if (Math.abs(Math.log(off)) > Math.log(aim)) process.exitCode = 1;

/** What must be alike in both: the profile without its names and without the order of its ring. */
function besideTheRing({ stack, ...profile }: Profile): unknown {
  const layers = stack.map((choice) => {
    const settings = { ...(choice.deployed.settings as object), ringPageOrder: 0 };
    return choice.layer === 'ring' ? { ...choice, deployed: { ...choice.deployed, settings } } : choice;
  });
  return { ...profile, name: '', question: '', stack: layers };
}

/** With all else deployed: what the layers beneath do to the I/O stays in. Its bounds are those of the report. */
function promisedBy(records: RunRecords): Ratio {
  const { arms } = documentOf(records, findingsOf(records), '');
  const lift = arms.find(({ stubbed }) => stubbed.length === 1 && stubbed[0] === 'ring')?.lift;
  if (!lift) throw new Error('the first run has no lift of the ring: it was not measured long enough');
  return lift;
}

/** Goodput of each counted slice of the baseline. */
function baseline({ slices }: RunRecords): readonly number[] {
  return countedSlices(slices)
    .filter(({ arm }) => arm === baselineId)
    .map(({ goodput }) => goodput);
}

/** The runs share no block: two samples of logarithms (Welch's interval, with the fewer degrees of freedom of both). */
function gain(from: RunRecords, to: RunRecords): Ratio {
  const [fromLogs, toLogs] = [from, to].map((run) => baseline(run).map(Math.log));
  if (!fromLogs || !toLogs || Math.min(fromLogs.length, toLogs.length) < 2)
    throw new Error('each run needs two slices of the baseline at least');
  const log = mean(toLogs) - mean(fromLogs);
  const error = Math.sqrt(sampleVariance(fromLogs) / fromLogs.length + sampleVariance(toLogs) / toLogs.length);
  const radius = tQuantile(0.975, Math.min(fromLogs.length, toLogs.length) - 1) * error;
  return { estimate: Math.exp(log), low: Math.exp(log - radius), high: Math.exp(log + radius) };
}

function textOf({ estimate, low, high }: Ratio): string {
  return `${estimate.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`;
}
