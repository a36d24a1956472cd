// A host made of numbers: a planted truth, a noise and a seed drive the real engine from first block to verdict.

import { decide } from '../../agent/analysis/verdict/engine.ts';
import { defaultDesign, type Design } from '../../agent/analysis/verdict/design.ts';
import type { Observation } from '../../agent/analysis/fit/observation.ts';
import type { Verdict } from '../../agent/analysis/verdict/verdict.ts';
import { parseArm } from '../../agent/lib/arm.ts';
import { layers } from '../../agent/lib/layer.ts';
import { shuffled } from '../../agent/lib/random.ts';
import { chanceOf, noises, spread, type Maker, type NoiseName } from './simulator-noise.ts';
import { scenarios, type Scenario, type ScenarioName, type Truth } from './simulator-scenarios.ts';

export interface SimulationOptions {
  readonly scenario: ScenarioName | Scenario;
  readonly noise: NoiseName | Maker;
  /** Coefficient of variation of the noise that is new in every slice, for example 0.05. */
  readonly cv: number;
  readonly seed: number;
  readonly design?: Design;
}

export interface Simulated {
  readonly verdict: Verdict;
  readonly slices: number;
  readonly observations: readonly Observation[];
}

/** One run: the same options give the same result. */
export function simulate({ scenario, noise, cv, seed, design = fourLayers() }: SimulationOptions): Simulated {
  const truth = truthOf(scenario);
  const noiseAt = (typeof noise === 'string' ? noises[noise] : noise)(cv, chanceOf(2 * seed));
  const schedule = spread(2 * seed + 1);
  const observations: Observation[] = [];
  let block = 0;
  for (;;) {
    const decision = decide(design, observations);
    if (decision.kind === 'verdict') return { verdict: decision.verdict, slices: observations.length, observations };
    for (const end = block + decision.blocks; block < end; block++) {
      for (const arm of shuffled(decision.arms, schedule)) {
        const stubbed = parseArm(arm, design.layers)?.stubbed ?? [];
        const at = { index: observations.length, arm, mediaDeployed: !stubbed.includes('media') };
        observations.push({ block, arm, goodput: truth.goodput(stubbed) * Math.exp(noiseAt(at)) });
      }
    }
  }
}

export interface Rates {
  /** Shares of all seeds, 0..1; the rest is inconclusive. `tolerated`: true, but less than what is planted. */
  readonly correct: number;
  readonly wrong: number;
  readonly tolerated: number;
  readonly meanSlices: number;
  /** How often each verdict came up. */
  readonly verdicts: Readonly<Record<string, number>>;
}

/** Runs seeds 1..`seeds` and counts. A lift claimed where there is none, a missing or an extra layer: all are wrong. */
export function rates(options: Omit<SimulationOptions, 'seed'> & { readonly seeds: number }): Rates {
  const truth = truthOf(options.scenario);
  const verdicts: Record<string, number> = {};
  let [correct, tolerated, wrong, slices] = [0, 0, 0, 0];
  for (let seed = 1; seed <= options.seeds; seed++) {
    const run = simulate({ ...options, seed });
    slices += run.slices;
    if (isAmong(truth.right, run.verdict)) correct++;
    else if (isAmong(truth.tolerated ?? [], run.verdict)) tolerated++;
    else if (run.verdict.kind !== 'inconclusive') wrong++;
    const name = nameOf(run.verdict);
    verdicts[name] = (verdicts[name] ?? 0) + 1;
  }
  const { seeds } = options;
  return {
    correct: correct / seeds,
    wrong: wrong / seeds,
    tolerated: tolerated / seeds,
    meanSlices: slices / seeds,
    verdicts,
  };
}

function truthOf(scenario: SimulationOptions['scenario']): Scenario {
  return typeof scenario === 'string' ? scenarios[scenario] : scenario;
}

function isAmong(truths: readonly Truth[], verdict: Verdict): boolean {
  const sets = verdict.kind === 'masked' ? [verdict.layers, ...verdict.alternatives] : [namedLayers(verdict)];
  return sets.every((set) => truths.some((truth) => truth.kind === verdict.kind && truth.layers.join() === set.join()));
}

/** The layers that a verdict names, in layer order. */
export function namedLayers(verdict: Verdict): readonly string[] {
  switch (verdict.kind) {
    case 'lever':
      return [verdict.layer];
    case 'tie':
    case 'masked':
      return layers.filter((layer) => verdict.layers.includes(layer));
    case 'none':
    case 'outside':
    case 'inconclusive':
      return [];
  }
}

function nameOf(verdict: Verdict): string {
  return [verdict.kind, ...namedLayers(verdict)].join(' ');
}

/** Four layers, all arms, "none" always against 5 %: the procedure whose rates are known. */
export function fourLayers(): Design {
  return defaultDesign(layers, { widenNone: false });
}
