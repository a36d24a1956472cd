import { describe, expect, it } from 'vitest';
import { inconclusiveWords } from '../../../../agent/report/words/inconclusive.ts';
import { analyse, type Analysis } from '../../../../agent/analysis/verdict/analyse.ts';
import { defaultDesign } from '../../../../agent/analysis/verdict/design.ts';
import { recheckedArm, recheckOf, withRecheck } from '../../../../agent/analysis/revise/recheck.ts';
import type { Observation } from '../../../../agent/analysis/fit/observation.ts';
import type { Layer } from '../../../../agent/lib/layer.ts';

const layers: readonly Layer[] = ['media', 'network'];
const steady: Analysis = {
  ...analyse(defaultDesign(layers), []),
  ...{ sigma: 0.03, decided: true },
  verdict: { kind: 'lever', layer: 'network', lift: { estimate: 2, low: 1.9, high: 2.1 } },
};

/** Of slices that scatter by 2 % about `baseline` and `named`. */
function pairs(baseline: number, named: number, count = 3): readonly Observation[] {
  return Array.from({ length: count }, (_, block) => [
    { block, arm: 'baseline', goodput: baseline * (block % 2 === 0 ? 1.01 : 0.99) },
    { block, arm: 'stub-network', goodput: named * (block % 2 === 0 ? 0.99 : 1.01) },
  ]).flat();
}

describe('the check at the end', () => {
  it('keeps a verdict whose lift is still there, and says how much it is now', () => {
    const found = recheckOf(steady, layers, pairs(100, 192));
    expect(found).toMatchObject({ arm: 'stub-network', outcome: 'holds', pairs: 3 });
    expect(found?.lift.estimate).toBeCloseTo(1.92, 1);
    expect(withRecheck(steady, found)).toBe(steady);
  });

  it('takes back a verdict whose lift is gone', () => {
    const found = recheckOf(steady, layers, pairs(190, 195));
    expect(found?.outcome).toBe('gone');
    const { verdict } = withRecheck(steady, found);
    expect(verdict).toMatchObject({ kind: 'inconclusive', candidates: ['network'], proven: [] });
    expect(verdict.kind === 'inconclusive' && inconclusiveWords(verdict.why)).toContain('moved');
  });

  it('neither keeps nor takes back what half of the lift is left of, or what noise alone can do', () => {
    const half = recheckOf(steady, layers, pairs(100, 140, 8));
    const noisy = recheckOf({ ...steady, sigma: 0.2 }, layers, pairs(130, 180));
    for (const found of [half, noisy]) {
      expect(found?.outcome).toBe('unclear');
      expect(withRecheck(steady, found)).toBe(steady);
    }
  });

  it('believes its own scatter where that is more than the run had', () => {
    const wild = pairs(100, 190).map((slice, i) => ({ ...slice, goodput: slice.goodput * (i % 4 < 2 ? 0.6 : 1.5) }));
    expect(recheckOf(steady, layers, wild)?.outcome).toBe('unclear');
    expect(recheckOf(steady, layers, pairs(100, 190))?.outcome).toBe('holds');
  });

  it('checks the whole set of layers that hide one another, one of those that lift alike, and nothing else', () => {
    const lift = { estimate: 2, low: 1.9, high: 2.1 };
    const set = { kind: 'masked', layers: [...layers], lift, alternatives: [], minor: [], unproven: [] } as const;
    expect(recheckedArm({ verdict: set }, layers)).toBe('all-stub');
    expect(recheckedArm({ verdict: { kind: 'tie', layers: [...layers], lift } }, layers)).toBe('stub-media');
    const inconclusive = {
      kind: 'inconclusive',
      why: { kind: 'still-measuring' },
      candidates: [...layers],
      proven: ['media'],
    } as const;
    expect(recheckedArm({ verdict: inconclusive }, layers)).toBeUndefined();
  });

  it('says nothing of a single pair, or of slices that did no I/O', () => {
    expect(recheckOf(steady, layers, pairs(100, 200, 1))).toBeUndefined();
    expect(recheckOf(steady, layers, pairs(100, 0))).toBeUndefined();
  });
});
