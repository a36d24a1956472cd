import { describe, expect, it } from 'vitest';
import { defaultDesign } from '../../../../agent/analysis/verdict/design.ts';
import { fit } from '../../../../agent/analysis/fit/estimate.ts';
import { savedInSum, savedOf, savesLess, savesMore } from '../../../../agent/analysis/verdict/saved.ts';
import { layers } from '../../../../agent/lib/layer.ts';
import { chanceOf } from '../../../support/simulator-noise.ts';

const design = defaultDesign(layers);

/** A closed loop of 3, 2 and 1 ms over 1 ms, seen in so many blocks with 1 % of noise. */
function seen(blocks: number, seed: number, sd = 0.01) {
  const times = { baseline: 7, 'stub-media': 4, 'stub-network': 5, 'stub-ring': 6, 'all-stub': 1 };
  const { normal } = chanceOf(seed);
  const observations = Array.from({ length: blocks }, (_, block) =>
    Object.entries(times).map(([arm, time]) => ({ block, arm, goodput: Math.exp(sd * normal()) / time })),
  );
  return { design, fit: fit(observations.flat()) };
}

describe('what a stub saves', () => {
  it('is the share of the time, and adds up where latencies do', () => {
    expect(savedOf(Math.log(2))).toBeCloseTo(0.5, 12);
    expect(savedOf(Math.log(7 / 4)) + savedOf(Math.log(7 / 5)) + savedOf(Math.log(7 / 6))).toBeCloseTo(
      savedOf(Math.log(7)),
      12,
    );
    expect(savedOf(Math.log(0.8))).toBeCloseTo(-0.25, 12);
  });

  it('is compared with a share of what all stubs save', () => {
    // Of six milliseconds that all save, the media's stub saves a half.
    const of = seen(8, 1);
    expect(savesLess(of, 'stub-media', 'all-stub', 0.6)).toBe(true);
    expect(savesMore(of, 'stub-media', 'all-stub', 0.6)).toBe(false);
    expect(savesMore(of, 'stub-media', 'all-stub', 0.4)).toBe(true);
    expect(savesLess(of, 'stub-media', 'all-stub', 0.4)).toBe(false);
    expect(savesMore(of, 'stub-blockstack', 'all-stub', 0.4)).toBe(false);
  });

  it('is open in sum while the noise leaves it open', () => {
    const singles = ['stub-media', 'stub-network', 'stub-ring'];
    const at = (share: number, sd: number): string =>
      savedInSum(seen(8, 2, sd), singles, 'all-stub', { share, level: 0.01 });
    expect([at(0.8, 0.01), at(1.2, 0.01), at(1, 0.01), at(0.8, 0.2)]).toEqual(['more', 'less', 'open', 'open']);
  });

  it('is proven beyond its share in no more runs than the level says', () => {
    const wrong = Array.from({ length: 1500 }, (_, seed) =>
      savesMore(seen(3, seed, 0.05), 'stub-media', 'all-stub', 0.5),
    );
    expect(wrong.filter(Boolean).length / 1500).toBeLessThan(0.0025 + 0.004);
  });
});
