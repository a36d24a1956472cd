import { describe, expect, it } from 'vitest';
import { seededRandom, shuffled } from '../../../agent/lib/random.ts';

const items = Array.from({ length: 12 }, (_, i) => i);

describe('seeded chance', () => {
  it('gives the same order for the same seed, here and on every other machine', () => {
    expect(shuffled(items, seededRandom(7))).toEqual(shuffled(items, seededRandom(7)));
    expect(shuffled(items, seededRandom(7))).toEqual([9, 6, 8, 11, 1, 4, 3, 10, 2, 5, 7, 0]);
  });

  it('gives other orders for other seeds, and for each further draw', () => {
    const random = seededRandom(1);
    const orders = [shuffled(items, random), shuffled(items, random), shuffled(items, seededRandom(2))];
    expect(new Set(orders.map((order) => order.join())).size).toBe(3);
  });

  it('keeps every item once and the given list as it is', () => {
    const given = [...items];
    expect(shuffled(given, seededRandom(3)).sort((a, b) => a - b)).toEqual(items);
    expect(given).toEqual(items);
  });

  it('puts every item in every place about as often', () => {
    const random = seededRandom(5);
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = shuffled(['a', 'b', 'c'], random).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    // Six orders, a thousand times each: the standard deviation is 29.
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(120);
  });

  it('can shuffle nothing and one thing', () => {
    expect(shuffled([], seededRandom(0))).toEqual([]);
    expect(shuffled(['a'], seededRandom(0))).toEqual(['a']);
  });
});
