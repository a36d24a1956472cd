// A lift that was measured again at the end of the run: does the verdict still hold?

import type { Layer } from '../lib/layer.ts';
import { mean } from '../lib/numbers.ts';
import { baselineId, everyArm } from '../lib/arm.ts';
import type { Analysis } from './analyse.ts';
import { asRatio } from './claims.ts';
import type { Observation } from './observation.ts';
import { isLifting, type Lift, namedIn } from './verdict.ts';

export interface Recheck {
  readonly arm: string;
  /** With bounds so wide that chance alone hardly ever leaves them. */
  readonly lift: Lift;
  /** False: less than half of the lift that was proven (in ln units) can be left. */
  readonly holds: boolean;
}

/** Standard errors on either side: one in a thousand lies beyond. */
const width = 3;
/** Of the proven lift. */
const leftShare = 1 / 2;
/** A run may be steadier than the time between it and its check. */
const leastSigma = 0.02;

/** The arm whose lift `analysis` rests on: of several that lift alike, the first. Undefined where it names none. */
export function recheckedArm({ verdict }: Pick<Analysis, 'verdict'>, stack: readonly Layer[]): string | undefined {
  if (!isLifting(verdict)) return undefined;
  const named = namedIn(verdict);
  const stubbed = verdict.kind === 'tie' ? named.slice(0, 1) : named;
  return everyArm(stack).find((arm) => arm.stubbed.join() === stubbed.join())?.id;
}

/** Undefined where nothing is named, or one of the two arms has no slice; one without I/O is none. */
export function recheckOf(
  analysis: Analysis,
  stack: readonly Layer[],
  slices: readonly Pick<Observation, 'arm' | 'goodput'>[],
): Recheck | undefined {
  const { verdict, sigma } = analysis;
  const arm = recheckedArm(analysis, stack);
  const logs = (id: string): readonly number[] =>
    slices.filter((slice) => slice.arm === id && slice.goodput > 0).map(({ goodput }) => Math.log(goodput));
  const [now, before] = [logs(arm ?? ''), logs(baselineId)];
  if (!isLifting(verdict) || arm === undefined || now.length === 0 || before.length === 0) return undefined;
  const estimate = mean(now) - mean(before);
  const radius = width * Math.max(sigma ?? 0, leastSigma) * Math.sqrt(1 / now.length + 1 / before.length);
  const lift = asRatio({ estimate, low: estimate - radius, high: estimate + radius });
  return { arm, lift, holds: Math.log(lift.high) > leftShare * Math.log(verdict.lift.low) };
}

/** A verdict that did not hold is taken back. */
export function withRecheck(analysis: Analysis, recheck: Recheck | undefined): Analysis {
  const { verdict } = analysis;
  if (!recheck || recheck.holds || !isLifting(verdict)) return analysis;
  const [then, now] = [verdict.lift.estimate.toFixed(2), recheck.lift.estimate.toFixed(2)];
  const why = `${recheck.arm} made goodput ${then} times at first and ${now} times when it was checked at the end, so what holds the host back has moved`;
  return {
    ...analysis,
    verdict: { kind: 'inconclusive', why, candidates: namedIn(verdict), proven: [], disturbed: true },
  };
}
