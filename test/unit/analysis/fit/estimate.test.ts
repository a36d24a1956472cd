import { describe, expect, it } from 'vitest';
import { boundsOf, difference, estimateOf, liftOf, standardError } from '../../../../agent/analysis/fit/contrast.ts';
import { fit } from '../../../../agent/analysis/fit/estimate.ts';
import type { Observation } from '../../../../agent/analysis/fit/observation.ts';
import { tQuantile } from '../../../../agent/analysis/fit/quantile.ts';

/** Observations from ln goodputs: one row a block, `arm: [values]`. */
function observe(...blocks: readonly Readonly<Record<string, readonly number[]>>[]): Observation[] {
  return blocks.flatMap((arms, block) =>
    Object.entries(arms).flatMap(([arm, logs]) => logs.map((log) => ({ block, arm, goodput: Math.exp(log) }))),
  );
}

describe('fit', () => {
  it('takes the differences between blocks out of the lifts', () => {
    const found = fit(
      observe(
        { baseline: [0], a: [0.3], b: [0.1] },
        { baseline: [5], a: [5.3], b: [5.1] },
        { baseline: [-2], a: [-1.7] },
      ),
    );
    expect(found.effects.get('a')).toBeCloseTo(0.3, 10);
    expect(found.effects.get('b')).toBeCloseTo(0.1, 10);
    expect(found.sigma).toBeCloseTo(0, 10);
    expect(found.degrees).toBe(8 - 3 - 2);
  });

  it('is the mean of the paired differences where every block holds every arm once', () => {
    const found = fit(observe({ baseline: [1], a: [1.4] }, { baseline: [2], a: [2.1] }, { baseline: [3], a: [3.1] }));
    expect(found.effects.get('a')).toBeCloseTo(0.2, 10);
    // Paired differences .4 .1 .1 have the variance .03, which is twice that of one slice.
    expect(found.sigma).toBeCloseTo(Math.sqrt(0.03 / 2), 10);
    expect(standardError(found, liftOf('a'))).toBeCloseTo(Math.sqrt(0.03 / 3), 10);
  });

  it('compares arms that never share a block through those that do', () => {
    const found = fit(observe({ baseline: [0], a: [1] }, { a: [11], b: [12] }, { baseline: [20], a: [21] }));
    expect(found.effects.get('b')).toBeCloseTo(2, 10);
  });

  it('leaves out arms that nothing connects with the baseline', () => {
    const found = fit(observe({ baseline: [0], a: [1] }, { b: [1], c: [2] }));
    expect([...found.effects.keys()]).toEqual(['a']);
    expect(found.degrees).toBe(0);
    expect(found.sigma).toBeUndefined();
  });

  it('finds nothing in nothing', () => {
    expect(fit([]).effects.size).toBe(0);
    expect(fit([]).sigma).toBeUndefined();
  });
});

describe('contrast', () => {
  const noisy = observe(
    { baseline: [0.01, -0.01], a: [0.31], b: [0.18] },
    { baseline: [1.02, 0.99], a: [1.28], b: [1.21] },
    { baseline: [2.0, 2.01], a: [2.33], b: [2.2] },
  );

  it('bounds a lift by the t quantile of the residual', () => {
    const found = fit(noisy);
    const bounds = boundsOf(found, liftOf('a'), 0.01);
    const error = standardError(found, liftOf('a')) ?? NaN;
    expect(found.degrees).toBe(12 - 3 - 2);
    expect(error).toBeCloseTo((found.sigma ?? NaN) * Math.sqrt(1 / 3 + 1 / 6), 10);
    expect(bounds?.estimate).toBeCloseTo((0.31 + 0.275 + 0.325) / 3, 10);
    const radius = (bounds?.high ?? NaN) - (bounds?.estimate ?? NaN);
    // The contrast's own scatter may widen the interval, never narrow it.
    expect(radius).toBeGreaterThanOrEqual(tQuantile(0.99, 7) * error - 1e-12);
  });

  it('widens where one arm scatters more than the residual says', () => {
    const blocks = Array.from({ length: 8 }, (_, i) => {
      const [calm, wild] = [0.01 * (i % 2 ? 1 : -1), 0.2 * (i % 4 < 2 ? 1 : -1)];
      return { baseline: [calm, -calm], a: [calm], b: [-calm], c: [calm], wild: [0.5 + wild] };
    });
    const found = fit(observe(...blocks));
    const radius = (arm: string): number => {
      const bounds = boundsOf(found, liftOf(arm), 0.01);
      return (bounds?.high ?? NaN) - (bounds?.estimate ?? NaN);
    };
    expect(standardError(found, liftOf('wild'))).toBeCloseTo(standardError(found, liftOf('a')) ?? NaN, 10);
    expect(radius('wild')).toBeGreaterThan(1.2 * radius('a'));
  });

  it('does not need the baseline to compare two arms', () => {
    const apart = difference('a', 'b');
    expect([...apart.keys()].sort()).toEqual(['a', 'b']);
    expect(estimateOf(fit(noisy), apart)).toBeCloseTo((0.13 + 0.07 + 0.13) / 3, 10);
  });

  it('gives the baseline the weight that is left and merges an arm with itself', () => {
    expect(difference('a', 'b', 1, 0.5).get('baseline')).toBe(-0.5);
    expect(difference('a', 'a', 1, 0.5)).toEqual(
      new Map([
        ['a', 0.5],
        ['baseline', -0.5],
      ]),
    );
    expect(liftOf('baseline').size).toBe(0);
  });

  it('says nothing of an arm that was not measured, or with fewer than three degrees of freedom', () => {
    expect(boundsOf(fit(noisy), liftOf('c'), 0.01)).toBeUndefined();
    expect(boundsOf(fit(observe({ baseline: [0, 0.1], a: [1, 1.1] })), liftOf('a'), 0.01)).toBeUndefined();
  });
});
