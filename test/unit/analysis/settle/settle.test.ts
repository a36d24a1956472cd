import { describe, expect, it } from 'vitest';
import { type Leg, settleOf } from '../../../../agent/analysis/settle/settle.ts';
import { remembering, seeds, transient } from '../../../support/transient.ts';

/** Both switches of a layer: goodput 400 as deployed, 1000 with the stub. */
function legs(layer: Leg['layer'], tauMs: number, given: { seed?: number; cv?: number } = {}): readonly Leg[] {
  const { seed = 1, cv = 0.03 } = given;
  return [
    { layer, to: 'stub', completions: transient({ tauMs, from: 400, to: 1000, cv, seed }) },
    { layer, to: 'deployed', completions: transient({ tauMs, from: 1000, to: 400, cv, seed: seed + 1000 }) },
  ];
}

const steady = legs('ring', 1);

describe('the settle time', () => {
  it('is half a second where nothing takes longer', () => {
    const found = settleOf([...legs('media', 40), ...steady]);
    expect(found).toMatchObject({ kind: 'settled', settleMs: 500, blind: [] });
  });

  it('is four time constants of the slowest layer, for all of them', () => {
    for (const seed of seeds(20)) {
      const found = settleOf([...legs('media', 150, { seed }), ...legs('network', 400, { seed }), ...steady]);
      if (found.kind !== 'settled') throw new Error('refused');
      expect(found.slowest?.layer).toBe('network');
      expect(found.settleMs / (4 * 400)).toBeGreaterThan(0.8);
      expect(found.settleMs / (4 * 400)).toBeLessThan(1.4);
    }
  });

  it('is refused with the layer and its time constant where it would be more than three seconds', () => {
    const found = settleOf([...steady, ...legs('network', 1200)]);
    expect(found).toMatchObject({ kind: 'refused', slowest: { layer: 'network' } });
    if (found.kind !== 'refused') throw new Error('not refused');
    expect(found.needMs / 4800).toBeCloseTo(1, 0.5);
    expect(found.slowest.tauMs / 1200).toBeCloseTo(1, 0.5);
  });

  it('is not refused for goodput that wanders by itself, once it was looked at four times', () => {
    const visits = (seed: number): readonly Leg[] =>
      [1, 2, 3, 4].map((i) => {
        const given = { tauMs: 1, from: 3300, to: 3300, cv: 0.1, wander: { sd: 0.2, tauMs: 2000 } };
        return { layer: 'media', to: 'stub', completions: transient({ ...given, seed: 4 * seed + i }) };
      });
    const refusedAfter = (count: number): number =>
      seeds(500).filter((seed) => settleOf(visits(seed).slice(0, count)).kind === 'refused').length / 500;
    expect(refusedAfter(1)).toBeGreaterThan(0.03);
    expect(refusedAfter(4)).toBeLessThan(0.01);
  });

  it('is never refused for goodput whose bins correlate by 0.9, after four visits of two layers', () => {
    const given = { tauMs: 1, from: 1000, to: 1000, cv: 0.005, wander: remembering(0.9, 0.2) };
    const run = (seed: number): readonly Leg[] =>
      [1, 2, 3, 4].flatMap((visit) =>
        (['media', 'ring'] as const).flatMap((layer, l) =>
          (['stub', 'deployed'] as const).map((form, f) => {
            const completions = transient({ ...given, seed: 16 * seed + 4 * visit + 2 * l + f });
            return { layer, to: form, completions };
          }),
        ),
      );
    expect(seeds(100).filter((seed) => settleOf(run(seed)).kind === 'refused')).toEqual([]);
  });

  it('takes in a time in which nothing completes at all', () => {
    const completions = transient({ tauMs: 1, from: 1000, to: 1000, cv: 0.02, deadMs: 800, seed: 1 });
    expect(settleOf([{ layer: 'ring', to: 'stub', completions }])).toMatchObject({ settleMs: 800 });
  });

  it('is a second at least where a layer cannot be read', () => {
    const unread: Leg = { layer: 'media', to: 'stub', completions: { atMs: [], ios: [] } };
    expect(settleOf([unread, ...steady])).toEqual({ kind: 'settled', settleMs: 1000, blind: ['media'] });
  });
});
