import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../agent/lib/random.ts';
import { scheduleBlock } from '../../../agent/plan/schedule.ts';

const arms = ['baseline', 'baseline', 'stub-media', 'stub-network', 'stub-ring', 'all-stub'];

function blocks(seed: number, count: number): readonly (readonly string[])[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, i) => scheduleBlock(i, arms, random).arms);
}

describe('the schedule', () => {
  it('is the same for the same seed', () => {
    expect(blocks(7, 8)).toEqual(blocks(7, 8));
  });

  it('is another for another seed, and from block to block', () => {
    expect(blocks(7, 8)).not.toEqual(blocks(8, 8));
    expect(new Set(blocks(7, 8).map((block) => block.join())).size).toBeGreaterThan(4);
  });

  it('has in every block every arm as often as it was asked for', () => {
    const asked = fc.array(fc.constantFrom(...arms), { maxLength: 20 });
    fc.assert(
      fc.property(asked, fc.nat(), (some, seed) => {
        const block = scheduleBlock(3, some, seededRandom(seed));
        expect(block.number).toBe(3);
        expect(block.arms.toSorted()).toEqual(some.toSorted());
      }),
      { seed: 61 },
    );
  });

  it('gives no arm a fixed place, so that drift cancels', () => {
    const first = blocks(1, 300).map((block) => block.indexOf('all-stub'));
    for (let place = 0; place < arms.length; place++) {
      const times = first.filter((one) => one === place).length;
      // 50 are expected, with a standard deviation of 6.5.
      expect(Math.abs(times - 50)).toBeLessThan(27);
    }
  });
});
