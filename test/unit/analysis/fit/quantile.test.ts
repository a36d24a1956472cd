// Oracle: the tables of Student's t that textbooks print, by degrees of freedom 1..30, 60 and 120; beyond
// them a second library, whose code has nothing in common with the one in use.

import otherChiSquared from '@stdlib/stats-base-dists-chisquare-quantile';
import otherT from '@stdlib/stats-base-dists-t-quantile';
import { describe, expect, it } from 'vitest';
import { chiSquaredQuantile, tQuantile } from '../../../../agent/analysis/fit/quantile.ts';

const degrees = [...Array.from({ length: 30 }, (_, i) => i + 1), 60, 120];

const printed: readonly (readonly [probability: number, values: string])[] = [
  [
    0.975,
    `12.706 4.303 3.182 2.776 2.571 2.447 2.365 2.306 2.262 2.228 2.201 2.179 2.160 2.145 2.131 2.120
     2.110 2.101 2.093 2.086 2.080 2.074 2.069 2.064 2.060 2.056 2.052 2.048 2.045 2.042 2.000 1.980`,
  ],
  [
    0.99,
    `31.821 6.965 4.541 3.747 3.365 3.143 2.998 2.896 2.821 2.764 2.718 2.681 2.650 2.624 2.602 2.583
     2.567 2.552 2.539 2.528 2.518 2.508 2.500 2.492 2.485 2.479 2.473 2.467 2.462 2.457 2.390 2.358`,
  ],
  [
    0.995,
    `63.657 9.925 5.841 4.604 4.032 3.707 3.499 3.355 3.250 3.169 3.106 3.055 3.012 2.977 2.947 2.921
     2.898 2.878 2.861 2.845 2.831 2.819 2.807 2.797 2.787 2.779 2.771 2.763 2.756 2.750 2.660 2.617`,
  ],
  [
    0.9975,
    `127.32 14.089 7.453 5.598 4.773 4.317 4.029 3.833 3.690 3.581 3.497 3.428 3.372 3.326 3.286 3.252
     3.222 3.197 3.174 3.153 3.135 3.119 3.104 3.091 3.078 3.067 3.057 3.047 3.038 3.030 2.915 2.860`,
  ],
];

describe('tQuantile', () => {
  it.each(printed)('agrees with the printed table at %f', (probability, values) => {
    const expected = values.split(/\s+/).map(Number);
    expect(expected).toHaveLength(degrees.length);
    expected.forEach((value, i) => {
      const unit = value > 100 ? 0.01 : 0.001;
      expect(Math.abs(tQuantile(probability, degrees[i] ?? 0) - value)).toBeLessThan(0.6 * unit);
    });
  });

  it('approaches the normal quantile', () => {
    expect(tQuantile(0.975, 1e6)).toBeCloseTo(1.96, 3);
    expect(tQuantile(0.9975, 1e6)).toBeCloseTo(2.807, 3);
  });
});

describe('chiSquaredQuantile', () => {
  it.each([
    [0.95, 1, 3.841],
    [0.95, 7, 14.067],
    [0.95, 30, 43.773],
    [0.99, 10, 23.209],
  ])('agrees with the printed table at %f and %i degrees', (probability, df, value) => {
    expect(chiSquaredQuantile(probability, df)).toBeCloseTo(value, 3);
  });
});

describe('both quantiles', () => {
  const degrees = Array.from({ length: 1000 }, (_, i) => i + 1);
  const probabilities = [0.6, 0.75, 0.9, 0.95, 0.975, 0.99, 0.995, 0.9975, 0.999, 0.9999, 0.99999];

  it.each(probabilities)('agree with another library at %f for 1 to 1000 degrees', (probability) => {
    for (const df of degrees) {
      expectClose(tQuantile(probability, df), otherT(probability, df));
      expectClose(chiSquaredQuantile(probability, df), otherChiSquared(probability, df));
    }
  });
});

function expectClose(value: number, other: number): void {
  expect(Math.abs(value / other - 1)).toBeLessThan(1e-6);
}
