// The caps on I/Os in flight: planned by what the run has measured so far, capsPlanned over a delay in place of the media.

import { namedIn } from '../analysis/verdict/verdict.ts';
import type { Host } from '../host/host.ts';
import { readKnobs } from '../knobs/registry.ts';
import { seededRandom } from '../lib/random.ts';
import { sectionsOf } from '../load/drive.ts';
import { depthOf, verifies, withDepth } from '../load/job.ts';
import { noCaps, planCaps } from '../plan/caps.ts';
import type { Stack } from '../stack/raise.ts';
import type { Measured } from './blocks.ts';
import type { Experiment } from './context.ts';
import { runCaps } from './caps-probe.ts';

/** Where caps cannot be looked for, a note says why. Throws what measuring throws; the visits that were whole are recorded. */
export async function lookForCaps(
  host: Host,
  run: { experiment: Experiment; stack: Stack; measured: Measured; remainingMs: number },
): Promise<void> {
  const { experiment, stack, measured, remainingMs } = run;
  const { plan: asked, load } = experiment;
  const depths = load.guests.map((_, i) => depthOf(withDepth(sectionsOf(load, i), load.depths?.[i])));
  const isChecked = load.guests.some((_, i) => verifies(sectionsOf(load, i)));
  const ringHolds = experiment.stack.layers.find(({ layer }) => layer === 'ring')?.deployed.holds;
  const plan =
    noCaps({ profile: asked.profile, verifies: isChecked, cold: asked.cold }) ??
    planCaps(asked, {
      saturation: measured.saturation,
      named: asked.aims.verdict ? namedIn(measured.analysis.verdict) : [],
      depth: Math.max(...depths),
      ...(ringHolds === undefined ? {} : { ringHolds }),
      remainingMs,
    });
  if (typeof plan === 'string') {
    experiment.note({ kind: 'caps-left-out', because: plan });
    return;
  }
  // `v`: the rings that are measured, and not the disk that domains run fio from.
  const inventory = await readKnobs(host, experiment.names.object('v'));
  experiment.recordCaps({ design: plan.design, inventory, depths });
  await runCaps({ host, experiment, plan, random: seededRandom(asked.seed) }, stack);
}
