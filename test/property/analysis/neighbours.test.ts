// How often the noisy neighbour is found, and what must not matter to it. Eight guests; the expected figures come from an
// independent simulation of the same procedure.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { neighboursFindings } from '../../../agent/analysis/neighbours/decide.ts';
import { defaultNeighboursDesign } from '../../../agent/analysis/neighbours/design.ts';
import { neighbourRates, shared, simulateNeighbours, withAggressors } from '../../support/neighbours-simulator.ts';

const seeds = 200;
/** Two blocks in which guests run alone: they are measured whatever the others find. */
const wide = 2 * 12;
const within = (slices: number) => defaultNeighboursDesign(8, { budgetSlices: wide + slices });

describe('a guest that costs the others 25 %', () => {
  const host = withAggressors({ 3: 0.25 });

  it.each([
    ['iid', 0.05, 20, 0.95],
    ['iid', 0.1, 40, 0.85],
    ['drifting', 0.05, 40, 0.95],
    ['dirty', 0.1, 126, 0.85],
  ] as const)(
    'is found under %s noise of %f within %d slices with pauses in %f of runs',
    (noise, cv, slices, least) => {
      const found = neighbourRates({ host, design: within(slices), noise, cv, seeds });
      expect(found.get('guest 3') ?? 0).toBeGreaterThanOrEqual(least);
    },
  );
});

describe('guests of whom none is noisy', () => {
  it.each([
    ['iid', 0.05],
    ['iid', 0.1],
    ['iid', 0.2],
    ['step', 0.1],
    ['drifting', 0.1],
    ['dirty', 0.1],
  ] as const)('are called so under %s noise of %f in 3.2 %% of runs at most', (noise, cv) => {
    const found = neighbourRates({ host: shared, design: within(126), noise, cv, seeds });
    const named = [...found].filter(([name]) => name.startsWith('guest'));
    expect(named.reduce((total, [, share]) => total + share, 0)).toBeLessThanOrEqual(0.032);
  });

  it('are cleared where the noise is low', () => {
    const found = neighbourRates({ host: shared, design: within(126), noise: 'iid', cv: 0.02, seeds: 50 });
    expect(found.get('none') ?? 0).toBeGreaterThan(0.95);
  });
});

describe('the findings', () => {
  const order = fc.shuffledSubarray([1, 2, 3, 4, 5, 6], { minLength: 6 });
  const design = defaultNeighboursDesign(6);

  it('follow the guests when their numbers are swapped', () => {
    fc.assert(
      fc.property(order, fc.integer({ min: 1, max: 5000 }), fc.constantFrom(0, 0.25), (swapped, seed, cost) => {
        const host = withAggressors({ 2: cost });
        const run = simulateNeighbours({ host, design, noise: 'drifting', cv: 0.05, seed });
        const swap = (guest: number): number => swapped[guest - 1] ?? guest;
        const after = neighboursFindings(
          design,
          run.observations.map(({ block, running, goodput }) => ({
            block,
            running: running.map(swap),
            goodput: goodput.map((one) => ({ ...one, guest: swap(one.guest) })),
          })),
        );
        const before = run.findings;
        if (before.kind === 'single' || after.kind === 'single') throw new Error('there are six guests');
        for (const row of before.guests) {
          const same = after.guests.find(({ guest }) => guest === swap(row.guest));
          expect(same?.slowdown?.estimate).toBeCloseTo(row.slowdown?.estimate ?? NaN, 6);
          expect(same?.slowdown?.low).toBeCloseTo(row.slowdown?.low ?? NaN, 6);
        }
        expect(after.summary?.fairness).toBeCloseTo(before.summary?.fairness ?? NaN, 6);
        expect(after.neighbour.kind).toBe(before.neighbour.kind);
        if (before.neighbour.kind === 'neighbour' && after.neighbour.kind === 'neighbour') {
          expect(after.neighbour.guest).toBe(swap(before.neighbour.guest));
          expect(after.neighbour.costsOthers.low).toBeCloseTo(before.neighbour.costsOthers.low, 6);
        }
      }),
      { seed: 51, numRuns: 40 },
    );
  });

  it('do not depend on how fast the host was in each block', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.1, max: 10, noNaN: true }), { minLength: 60 }), (speeds) => {
        const host = withAggressors({ 2: 0.2 });
        const { findings, observations } = simulateNeighbours({ host, design, noise: 'iid', cv: 0.05, seed: 9 });
        const drifted = neighboursFindings(
          design,
          observations.map((one) => ({
            ...one,
            goodput: one.goodput.map((each) => ({ ...each, goodput: each.goodput * (speeds[one.block] ?? 1) })),
          })),
        );
        if (findings.kind === 'single' || drifted.kind === 'single') throw new Error('there are six guests');
        expect(drifted.neighbour.kind).toBe(findings.neighbour.kind);
        expect(drifted.summary?.meanSlowdown).toBeCloseTo(findings.summary?.meanSlowdown ?? NaN, 6);
      }),
      { seed: 52, numRuns: 40 },
    );
  });
});
