// The check at the end on a host made of numbers: a lift was named, and is now unchanged, halved or gone.

import { recheckOf, type Outcome } from '../../agent/analysis/revise/recheck.ts';
import type { Observation } from '../../agent/analysis/fit/observation.ts';
import type { Layer } from '../../agent/lib/layer.ts';
import { type Chance, chanceOf } from './simulator-noise.ts';

export type CheckNoise = 'iid' | 'heavy' | 'correlated' | 'drift' | 'noisier' | 'one-noisier';

export interface CheckCase {
  /** The lift that was named, as a ratio. */
  readonly lift: number;
  /** How much of it is left, as a share in ln units. */
  readonly left: number;
  /** Coefficient of variation of a slice of the run. */
  readonly cv: number;
  readonly noise: CheckNoise;
  readonly mostPairs: number;
  readonly seed: number;
}

export interface Checked {
  readonly outcome: Outcome;
  readonly pairs: number;
  readonly low: number;
}

const layers: readonly Layer[] = ['media', 'network'];

/** Adds pairs until it is clear, as a run does. */
export function simulateCheck({ lift, left, cv, noise, mostPairs, seed }: CheckCase): Checked {
  const chance = chanceOf(seed);
  const noiseAt = makers[noise](cv, chance);
  // What the run proved of it, and how far by luck it named more than there was.
  const error = Math.min(cv, Math.log(lift) / 4);
  const estimate = Math.log(lift) + error * chance.normal();
  const bound = (side: number): number => Math.exp(estimate + side * Math.min(2.5 * error, 0.8 * Math.abs(estimate)));
  const named = { estimate: Math.exp(estimate), low: bound(-1), high: bound(1) };
  const analysis = { verdict: { kind: 'lever', layer: 'network', lift: named }, sigma: cv } as const;
  const slices: Observation[] = [];
  for (let block = 0; ; block++) {
    const arms = chance.uniform() < 0.5 ? ['baseline', 'stub-network'] : ['stub-network', 'baseline'];
    for (const arm of arms) {
      const truth = arm === 'baseline' ? 0 : left * Math.log(lift);
      slices.push({ block, arm, goodput: 1000 * Math.exp(truth + noiseAt(arm)) });
    }
    const found = recheckOf(analysis, layers, slices);
    if (found && (found.outcome !== 'unclear' || found.pairs >= mostPairs))
      return { outcome: found.outcome, pairs: found.pairs, low: found.lift.low };
  }
}

const makers: Readonly<Record<CheckNoise, (cv: number, chance: Chance) => (arm: string) => number>> = {
  iid: (cv, chance) => () => cv * chance.normal(),
  heavy: (cv, chance) => () => (cv * student3(chance)) / Math.sqrt(3),
  correlated: (cv, chance) => autoregressive(cv, 0.7, chance),
  // Ten times the noise of a slice over the check, up or down.
  drift: (cv, chance) => {
    const slope = (chance.uniform() < 0.5 ? -1 : 1) * cv;
    let at = 0;
    return () => slope * at++ + cv * chance.normal();
  },
  noisier: (cv, chance) => () => 5 * cv * chance.normal(),
  'one-noisier': (cv, chance) => (arm) => (arm === 'baseline' ? 5 : 1) * cv * chance.normal(),
};

function autoregressive(cv: number, correlation: number, { normal }: Chance): () => number {
  let last = cv * normal();
  return () => (last = correlation * last + cv * Math.sqrt(1 - correlation ** 2) * normal());
}

/** Student's t of three degrees of freedom: a normal over the root of a mean of three squares. */
function student3({ normal }: Chance): number {
  const squares = [normal(), normal(), normal()].map((value) => value ** 2);
  return normal() / Math.sqrt(squares.reduce((total, one) => total + one, 0) / 3);
}
