import { describe, expect, it } from 'vitest';
import { analyse, type Analysis } from '../../../agent/analysis/analyse.ts';
import { defaultDesign } from '../../../agent/analysis/design.ts';
import { recheckedArm, recheckOf, withRecheck } from '../../../agent/analysis/recheck.ts';
import type { Layer } from '../../../agent/lib/layer.ts';

const layers: readonly Layer[] = ['media', 'network'];
const steady: Analysis = {
  ...analyse(defaultDesign(layers), []),
  ...{ sigma: 0.03, decided: true },
  verdict: { kind: 'lever', layer: 'network', lift: { estimate: 2, low: 1.9, high: 2.1 } },
};

function pairs(baseline: number, named: number) {
  return [
    { arm: 'baseline', goodput: baseline },
    { arm: 'stub-network', goodput: named * 1.02 },
    { arm: 'stub-network', goodput: named * 0.98 },
    { arm: 'baseline', goodput: baseline },
  ];
}

describe('the check at the end', () => {
  it('keeps a verdict whose lift is still there, and says how much it is now', () => {
    const found = recheckOf(steady, layers, pairs(100, 192));
    expect(found).toMatchObject({ arm: 'stub-network', holds: true });
    expect(found?.lift.estimate).toBeCloseTo(1.92, 1);
    expect(withRecheck(steady, found)).toBe(steady);
  });

  it('takes back a verdict whose lift is gone', () => {
    const found = recheckOf(steady, layers, pairs(190, 195));
    expect(found?.holds).toBe(false);
    const { verdict } = withRecheck(steady, found);
    expect(verdict).toMatchObject({ kind: 'inconclusive', candidates: ['network'], proven: [] });
    expect(verdict.kind === 'inconclusive' && verdict.why).toContain('moved');
  });

  it('does not take it back for what noise alone can do', () => {
    expect(recheckOf({ ...steady, sigma: 0.2 }, layers, pairs(130, 180))?.holds).toBe(true);
  });

  it('checks the whole set of layers that hide one another, one of those that lift alike, and nothing else', () => {
    const lift = { estimate: 2, low: 1.9, high: 2.1 };
    const set = { kind: 'masked', layers: [...layers], lift, alternatives: [], minor: [], unproven: [] } as const;
    expect(recheckedArm({ verdict: set }, layers)).toBe('all-stub');
    expect(recheckedArm({ verdict: { kind: 'tie', layers: [...layers], lift } }, layers)).toBe('stub-media');
    const inconclusive = { kind: 'inconclusive', why: '', candidates: [...layers], proven: ['media'] } as const;
    expect(recheckedArm({ verdict: inconclusive }, layers)).toBeUndefined();
  });

  it('says nothing when one of the two was not measured, or did no I/O', () => {
    expect(recheckOf(steady, layers, pairs(100, 200).slice(0, 1))).toBeUndefined();
    expect(recheckOf(steady, layers, pairs(100, 0))).toBeUndefined();
  });
});
