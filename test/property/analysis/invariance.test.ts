// What must not matter to a decision: units of goodput, names of layers, order of records.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultDesign, type Design } from '../../../agent/analysis/verdict/design.ts';
import { decide, type Decision } from '../../../agent/analysis/verdict/engine.ts';
import { fit } from '../../../agent/analysis/fit/estimate.ts';
import type { Observation } from '../../../agent/analysis/fit/observation.ts';
import type { Lift, Verdict } from '../../../agent/analysis/verdict/verdict.ts';
import { everyArm, nameArm, parseArm } from '../../../agent/lib/arm.ts';
import { layers, type Layer } from '../../../agent/lib/layer.ts';
import { fourLayers, namedLayers, rates, simulate } from '../../support/simulator.ts';
import { noises, type NoiseName } from '../../support/simulator-noise.ts';
import { scenarios, type ScenarioName } from '../../support/simulator-scenarios.ts';

const runs = { numRuns: 60 };
const names = Object.keys(scenarios).filter((name): name is ScenarioName => name in scenarios);

const noiseNames = Object.keys(noises).filter((name): name is NoiseName => name in noises);
/** The level as stated, and a budget that makes it cheap to try often. */
const hasty: Design = { ...fourLayers(), budgetSlices: 60 };

/** The observations of a whole run or of its beginning. */
const observed = fc
  .record({
    scenario: fc.constantFrom(...names),
    noise: fc.constantFrom('iid' as const, 'drifting' as const, 'dirty' as const),
    cv: fc.constantFrom(0.02, 0.05, 0.1),
    seed: fc.integer({ min: 0, max: 100_000 }),
    blocks: fc.integer({ min: 0, max: 20 }),
  })
  .map(({ blocks, ...options }) => simulate(options).observations.filter((seen) => seen.block <= blocks));

const permutation = fc.shuffledSubarray([...layers], { minLength: layers.length });

describe('a decision', () => {
  const design = defaultDesign(layers);

  it('is the same for the same observations in any order', () => {
    fc.assert(
      fc.property(observed, fc.integer(), (seen, turn) => {
        const cut = seen.length === 0 ? 0 : Math.abs(turn % seen.length);
        const reordered = [...seen.slice(cut).reverse(), ...seen.slice(0, cut)];
        expect(decide(design, reordered)).toEqual(decide(design, seen));
      }),
      runs,
    );
  });

  it('does not depend on the unit of goodput', () => {
    fc.assert(
      fc.property(observed, fc.double({ min: 1e-6, max: 1e9, noNaN: true }), (seen, factor) => {
        const scaled = seen.map((one) => ({ ...one, goodput: one.goodput * factor }));
        expectSame(decide(design, scaled), decide(design, seen));
      }),
      runs,
    );
  });

  it('does not depend on how fast the host was in each block', () => {
    fc.assert(
      fc.property(
        observed,
        fc.array(fc.double({ min: 0.1, max: 10, noNaN: true }), { minLength: 200 }),
        (seen, speeds) => {
          const drifted = seen.map((one) => ({ ...one, goodput: one.goodput * (speeds[one.block] ?? 1) }));
          expectSame(decide(design, drifted), decide(design, seen));
        },
      ),
      runs,
    );
  });

  it('follows the layers when their names are swapped', () => {
    fc.assert(
      fc.property(observed, permutation, (seen, order) => {
        const swap = (some: readonly Layer[]): Layer[] => some.map((layer) => order[layers.indexOf(layer)] ?? layer);
        const swapArm = (id: string): string => nameArm(swap(parseArm(id, layers)?.stubbed ?? []), layers).id;
        const swapped = seen.map((one) => ({ ...one, arm: swapArm(one.arm) }));
        const [before, after] = [decide(design, seen), decide(design, swapped)];
        expect(after.kind).toBe(before.kind);
        if (before.kind === 'measure') expect(armsOf(after)).toEqual(before.arms.map(swapArm).sort());
        else
          expect(new Set(layersOf(after))).toEqual(
            new Set(swap(before.verdict.kind === 'none' ? [] : named(before.verdict))),
          );
      }),
      runs,
    );
  });

  it('and the order of its slices are the same again from the same seed and the same goodput', () => {
    const noise = fc.constantFrom('iid' as const, 'drifting' as const);
    fc.assert(
      fc.property(fc.constantFrom(...names), noise, fc.integer({ min: 0, max: 100_000 }), (scenario, noise, seed) => {
        const options = { scenario, noise, cv: 0.05, seed };
        expect(simulate(options)).toEqual(simulate(options));
      }),
      runs,
    );
  });

  it('is no claim of a lift that is not there, however high and of whatever kind the noise', () => {
    const seeds = 20;
    const levels = [0.05, 0.15, 0.3, 0.6];
    const claims = noiseNames.flatMap((noise) =>
      levels.map((cv) => seeds * rates({ scenario: 'none', noise, cv, seeds, design: hasty }).wrong),
    );
    const all = claims.length * seeds;
    const most = hasty.alpha * all + 3 * Math.sqrt(hasty.alpha * (1 - hasty.alpha) * all);
    expect(claims.reduce((total, one) => total + one, 0)).toBeLessThanOrEqual(most);
    for (const claimed of claims) expect(claimed).toBeLessThanOrEqual(3);
  });

  it('only asks for arms that can be set up, and for no more than the budget', () => {
    const feasible = fc.subarray(
      everyArm(layers)
        .slice(1)
        .map((arm) => arm.id),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(feasible, fc.constantFrom(...names), fc.integer(), (stubs, scenario, seed) => {
        const partial: Design = defaultDesign(layers, { arms: ['baseline', ...stubs], budgetSlices: 80 });
        const run = simulate({ scenario, noise: 'drifting', cv: 0.05, seed, design: partial });
        expect(run.slices).toBeLessThanOrEqual(80);
        for (const seen of run.observations) expect(partial.arms).toContain(seen.arm);
      }),
      runs,
    );
  });
});

describe('least squares', () => {
  it('agrees with the paired means of any complete randomised block design', () => {
    const log = fc.double({ min: -3, max: 3, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(log, log, log), { minLength: 2, maxLength: 12 }), (blocks) => {
        const seen: Observation[] = blocks.flatMap((logs, block) =>
          ['baseline', 'a', 'b'].map((arm, i) => ({ block, arm, goodput: Math.exp(logs[i] ?? 0) })),
        );
        const mean = blocks.reduce((total, [base, a]) => total + a - base, 0) / blocks.length;
        expect(fit(seen).effects.get('a')).toBeCloseTo(mean, 9);
      }),
    );
  });

  it('finds the effects of exact data, however incomplete the blocks are', () => {
    const effects = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 4, maxLength: 4 });
    const subsets = fc.array(fc.subarray([0, 1, 2, 3], { minLength: 1 }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(effects, subsets, (truth, blocks) => {
        const ids = ['baseline', 'a', 'b', 'c'];
        const seen = blocks.flatMap((arms, block) =>
          arms.map((i) => ({ block, arm: ids[i] ?? '', goodput: Math.exp(3 * block + (truth[i] ?? 0)) })),
        );
        for (const [arm, effect] of fit(seen).effects) {
          expect(effect).toBeCloseTo((truth[ids.indexOf(arm)] ?? NaN) - (truth[0] ?? NaN), 7);
        }
      }),
    );
  });
});

function named(verdict: Verdict): Layer[] {
  if (verdict.kind === 'inconclusive') return [...verdict.candidates];
  return layers.filter((layer) => namedLayers(verdict).includes(layer));
}

function layersOf(decision: Decision): Layer[] {
  return decision.kind === 'verdict' ? named(decision.verdict) : [];
}

function armsOf(decision: Decision): string[] {
  return decision.kind === 'measure' ? [...decision.arms].sort() : [];
}

/** Equal but for rounding in the lifts. */
function expectSame(a: Decision, b: Decision): void {
  expect(a.kind).toBe(b.kind);
  expect(armsOf(a)).toEqual(armsOf(b));
  expect(layersOf(a)).toEqual(layersOf(b));
  const [one, other] = [liftOf(a), liftOf(b)];
  if (one && other) expect(one.estimate).toBeCloseTo(other.estimate, 6);
}

function liftOf(decision: Decision): Lift | undefined {
  return decision.kind === 'verdict' && 'lift' in decision.verdict ? decision.verdict.lift : undefined;
}
