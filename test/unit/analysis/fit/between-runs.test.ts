// Two runs of hosts whose noise is known: how often a change is seen that is not there, and one that is.

import { describe, expect, it } from 'vitest';
import { changeBetween, changeOfEstimates, levelOf } from '../../../../agent/analysis/fit/between-runs.ts';
import { outcomeOf } from '../../../../agent/report/comparison/comparison.ts';
import type { Lift } from '../../../../agent/analysis/verdict/verdict.ts';
import { type Chance, chanceOf, type NoiseName, noises } from '../../../support/simulator-noise.ts';

const alpha = 0.05;
/** Slices of one block: the baseline first and last, the stubs between. */
const slicesInBlock = 7;

describe.each<NoiseName>(['iid', 'heavy', 'ar', 'dips', 'periodic', 'drifting', 'correlated', 'dirty'])(
  'between runs with noise %s',
  (name) => {
    it.each([2, 4, 6, 12, 20])(
      'of %i blocks, the second is said to be worse in at most 1 of 20 where it is not',
      (blocks) => {
        // Two blocks are about as long as the host takes to wander.
        const most = blocks === 2 && (name === 'drifting' || name === 'dirty') ? 0.09 : 0.06;
        expect(shareWorse({ name, blocks, shift: 0, runs: 1000 })).toBeLessThan(most);
      },
    );
  },
);

it('a loss of a third is seen between runs of four blocks with noise of 5 %', () => {
  expect(shareWorse({ name: 'iid', blocks: 4, shift: Math.log(2 / 3), runs: 400 })).toBeGreaterThan(0.95);
});

it('a run of one block bounds nothing', () => {
  const one = levelOf([[0.1, 0.2], []]);
  expect(one).toMatchObject({ error: undefined, degrees: 0 });
  expect(one && changeBetween(one, one, alpha)).toBeUndefined();
  expect(levelOf([[], []])).toBeUndefined();
});

it('estimates with lopsided bounds are compared by the sides that face each other', () => {
  const { estimate, low, high } = changeOfEstimates(
    { estimate: 1, low: 0.7, high: 1.4 },
    { estimate: 2, low: 1.7, high: 3 },
  );
  expect(estimate).toBeCloseTo(1);
  expect(low).toBeCloseTo(1 - Math.hypot(0.3, 0.4));
  expect(high).toBeCloseTo(1 + Math.hypot(1, 0.3));
});

/** The share of pairs of runs of which the second is said to be worse. */
function shareWorse(pairs: { name: NoiseName; blocks: number; shift: number; runs: number }): number {
  const chance = chanceOf(pairs.blocks);
  const seen = Array.from({ length: pairs.runs }, () => change(pairs, chance)).filter(
    (one) => outcomeOf(one, 1.05) === 'worse',
  );
  return seen.length / pairs.runs;
}

function change(pair: { name: NoiseName; blocks: number; shift: number }, chance: Chance): Lift | null {
  const [first, second] = [levelOf(runOf(pair, chance)), levelOf(runOf(pair, chance))];
  const found = first && second && changeBetween(first, { ...second, mean: second.mean + pair.shift }, alpha);
  return found ? { estimate: Math.exp(found.estimate), low: Math.exp(found.low), high: Math.exp(found.high) } : null;
}

/** ln goodput of the baseline in a run. */
function runOf({ name, blocks }: { name: NoiseName; blocks: number }, chance: Chance): readonly (readonly number[])[] {
  const noise = noises[name](0.05, chance);
  return Array.from({ length: blocks }, (_, block) => {
    const logs = Array.from({ length: slicesInBlock }, (__, i) =>
      noise({
        index: block * slicesInBlock + i,
        arm: i % (slicesInBlock - 1) === 0 ? 'baseline' : `${i}`,
        mediaDeployed: true,
      }),
    );
    return [logs[0] ?? 0, logs[slicesInBlock - 1] ?? 0];
  });
}
