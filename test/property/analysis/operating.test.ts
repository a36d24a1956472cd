// How often the engine is right, wrong and how long it takes, on planted bottlenecks and a drifting host. The expected
// figures come from an independent simulation of the same procedure with 1000 runs a cell; these are smaller samples.

import { describe, expect, it } from 'vitest';
import { defaultDesign } from '../../../agent/analysis/design.ts';
import { layers, type Layer } from '../../../agent/lib/layer.ts';
import { fourLayers, rates } from '../../support/simulator.ts';
import { noises, type NoiseName } from '../../support/simulator-noise.ts';
import type { ScenarioName } from '../../support/simulator-scenarios.ts';

const seeds = 150;

type Cell = readonly [correctPercent: number, wrongPercent: number, meanSlices: number];

/** By scenario: the expected cell at a slice's coefficient of variation of 5 % and of 10 %. */
const expected: readonly (readonly [scenario: ScenarioName, at5: Cell, at10: Cell])[] = [
  ['none', [96, 0.2, 67], [60, 0.1, 113]],
  ['media_big', [100, 0, 14], [100, 0, 14]],
  ['ring_big', [100, 0, 14], [100, 0, 14]],
  ['stub_hurts', [100, 0, 14], [100, 0, 14]],
  ['lat_60_40', [100, 0, 14], [100, 0, 16]],
  ['cap_lat', [100, 0, 17], [100, 0, 23]],
  ['net_25', [100, 0, 21], [100, 0, 36]],
  ['lat_tie', [100, 0, 27], [100, 0, 50]],
  ['net_10', [100, 0, 26], [100, 0, 34]],
  ['lever15', [100, 0, 24], [100, 0, 26]],
  ['mask_pair', [100, 0, 24], [100, 0, 30]],
  ['mask_near', [100, 0.1, 25], [100, 0.1, 31]],
  ['mask_trip', [100, 0.1, 21], [100, 0, 28]],
  ['mask_quad', [100, 0, 21], [100, 0, 28]],
  ['mask_hurts', [100, 0.1, 25], [100, 0.1, 28]],
  ['mask_small', [100, 0, 70], [55, 0, 138]],
  ['mask_ebs', [100, 0, 56], [77, 0, 112]],
  ['edge6', [27, 1.2, 137], [2, 1, 146]],
];

/** Three standard errors of a share of `seeds` runs, and one run more. */
function slack(percent: number): number {
  const share = percent / 100;
  return 300 * Math.sqrt((share * (1 - share)) / seeds) + 101 / seeds;
}

describe.each([
  [0.05, expected.map(([scenario, at5]) => [scenario, ...at5] as const)],
  [0.1, expected.map(([scenario, , at10]) => [scenario, ...at10] as const)],
])('on a drifting host at CV %f', (cv, cells) => {
  it.each(cells)('%s is right in %f %, wrong in %f %, after %f slices', (scenario, correct, wrong, slices) => {
    const found = rates({ scenario, noise: 'drifting', cv, seeds });
    expect(100 * (found.correct + found.tolerated)).toBeGreaterThanOrEqual(correct - slack(correct));
    expect(found.tolerated).toBeLessThan(0.05);
    expect(100 * found.wrong).toBeLessThanOrEqual(wrong + slack(wrong));
    expect(found.meanSlices).toBeLessThanOrEqual(1.3 * slices);
  });
});

describe('a stub that slows', () => {
  // The ceiling without that stub has to be bounded as well, which takes as long as any other "none".
  it.each([
    [0.05, 90, 70],
    [0.1, 65, 95],
  ])('at CV %f delays "none" but is no lever', (cv, correct, slices) => {
    const found = rates({ scenario: 'hurts_none', noise: 'drifting', cv, seeds });
    expect(100 * found.correct).toBeGreaterThanOrEqual(correct);
    expect(found.wrong).toBe(0);
    expect(found.meanSlices).toBeLessThanOrEqual(slices);
  });

  it('rarely hides a set of layers behind "none"', () => {
    const goodput = (stubbed: readonly string[]): number =>
      (stubbed.includes('media') && stubbed.includes('network') ? 150 : 100) * (stubbed.includes('ring') ? 0.6 : 1);
    const right = [{ kind: 'masked', layers: ['media', 'network'] }] as const;
    const found = rates({ scenario: { goodput, right }, noise: 'drifting', cv: 0.05, seeds });
    expect(found.correct).toBeGreaterThan(0.9);
    expect(found.wrong).toBeLessThan(0.06);
  });
});

describe('a host on which no layer limits', () => {
  const kinds = Object.keys(noises).filter((name): name is NoiseName => name in noises);

  it.each(kinds)('seldom gets a lift claimed under %s noise', (noise) => {
    for (const cv of [0.02, 0.1]) {
      const { wrong } = rates({ scenario: 'none', noise, cv, seeds: 60 });
      expect(wrong).toBeLessThanOrEqual(0.04);
    }
  });

  it('is told so sooner and more often where "none" may be widened to the noise', () => {
    const design = defaultDesign(layers, { widenNone: true });
    const [wide, narrow] = [design, fourLayers()].map((one) =>
      rates({ scenario: 'none', noise: 'drifting', cv: 0.2, seeds: 60, design: one }),
    );
    expect(wide?.correct).toBeGreaterThan(0.8);
    expect(narrow?.correct).toBeLessThan(0.4);
    expect(wide?.meanSlices).toBeLessThan(0.5 * (narrow?.meanSlices ?? 0));
  });
});

describe('smaller stacks', () => {
  it.each<[stack: readonly Layer[]]>([[['media', 'ring']], [['media', 'network', 'ring']]])(
    'of %j find pairs',
    (stack) => {
      const pair = (stubbed: readonly string[]): number =>
        stubbed.includes('media') && stubbed.includes('ring') ? 250 : 100;
      const right = [{ kind: 'masked', layers: ['media', 'ring'] }] as const;
      const scenario = { goodput: pair, right };
      const found = rates({ scenario, noise: 'drifting', cv: 0.05, seeds: 60, design: defaultDesign(stack) });
      expect(found).toMatchObject({ correct: 1, wrong: 0 });
      expect(found.meanSlices).toBeLessThan(20);
    },
  );
});
