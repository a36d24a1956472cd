import { describe, expect, it } from 'vitest';
import { analyse, type Analysis } from '../../../../agent/analysis/verdict/analyse.ts';
import { defaultDesign } from '../../../../agent/analysis/verdict/design.ts';
import type { Verdict } from '../../../../agent/analysis/verdict/verdict.ts';
import { type Evidence, revise } from '../../../../agent/analysis/revise/revise.ts';
import type { Layer } from '../../../../agent/lib/layer.ts';

const layers: readonly Layer[] = ['media', 'network'];
const design = defaultDesign(layers);
const lever: Verdict = { kind: 'lever', layer: 'network', lift: { estimate: 2, low: 1.9, high: 2.1 } };
const none: Verdict = { kind: 'none', bound: 1.02, delta: 1.05, widened: false, covers: [layers], untested: [] };
const open: Verdict = { kind: 'inconclusive', why: { kind: 'too-few-slices' }, candidates: layers, proven: [] };
const fitted = (verdict: Verdict, decided = true): Analysis => ({
  ...analyse(design, []),
  sigma: 0.03,
  verdict,
  decided,
});

const few = { count: 0, of: 20, tooMany: false, byCpuMax: false, reasons: [] };
const nothing: Evidence = {
  load: { slices: [], oneThread: true, void: few },
  ...{ rechecked: [], poorStubs: [], cutShort: undefined },
};
/** Each kind of evidence, at its strongest. */
const disturbed = {
  ...nothing.load,
  void: { ...few, count: 9, tooMany: true, reasons: [{ kind: 'paused' as const }] },
};
const full = ['all-stub', 'all-stub', 'baseline', 'baseline'].map((arm) => ({
  ...{ arm, hostBusyPercent: 99, idlestGuestPercent: 10, throttledPercent: 0 },
}));
const gone = [0, 1, 2].flatMap((block) => [
  { block, arm: 'baseline', goodput: 190 },
  { block, arm: 'stub-network', goodput: 191 },
]);
const poor = (layer: Layer) => ({ layer, stubNs: 8e6, deployedNs: 5e6, share: 0.5, onceAlone: false });

const whyOf = ({ verdict }: Analysis): unknown => (verdict.kind === 'inconclusive' ? verdict.why : verdict.kind);

describe('a verdict', () => {
  it.each([lever, none])('%j stays where nothing speaks against it', (verdict) => {
    expect(revise(fitted(verdict), design, nothing)).toEqual({ analysis: fitted(verdict) });
  });

  it('is withheld for void slices before anything else, and then has no lift to check', () => {
    const all: Evidence = { load: disturbed, rechecked: gone, poorStubs: [poor('media')], cutShort: 'a signal' };
    const { analysis, recheck } = revise(fitted({ ...lever }), design, all);
    expect(whyOf(analysis)).toEqual({ kind: 'void-slices', count: 9, of: 20, reasons: [{ kind: 'paused' }] });
    expect(recheck).toBeUndefined();
  });

  it('is withheld for a lift that is gone before a poor stub is asked', () => {
    const { analysis, recheck } = revise(fitted(lever), design, {
      ...{ ...nothing, rechecked: gone, poorStubs: [poor('media')], cutShort: 'a signal' },
    });
    expect(recheck?.outcome).toBe('gone');
    expect(whyOf(analysis)).toMatchObject({ kind: 'lift-gone' });
    expect(analysis.verdict).not.toHaveProperty('poorStubs');
  });

  it('is withheld for a poor stub, even where the run was cut short after it', () => {
    const { analysis } = revise(fitted(lever), design, {
      ...{ ...nothing, poorStubs: [poor('media')], cutShort: 'a signal' },
    });
    expect(analysis.verdict).toMatchObject({ kind: 'inconclusive', poorStubs: ['media'], proven: ['network'] });
  });

  it('of a limit outside the stack is none that a poor stub takes back', () => {
    const load = { ...nothing.load, slices: full };
    const { analysis } = revise(fitted(none), design, { ...nothing, load, poorStubs: [poor('media')] });
    expect(analysis.verdict).toMatchObject({ kind: 'outside', limit: 'cpu' });
  });

  it('that was not reached is put down to the end of the run, and one that was is not', () => {
    const cut = { ...nothing, cutShort: 'a signal' };
    expect(whyOf(revise(fitted(open, false), design, cut).analysis)).toEqual({ kind: 'cut-short', why: 'a signal' });
    expect(whyOf(revise(fitted(open, false), design, nothing).analysis)).toEqual({ kind: 'too-few-slices' });
    expect(whyOf(revise(fitted(lever), design, cut).analysis)).toBe('lever');
    expect(whyOf(revise(fitted(open, false), design, { ...cut, load: disturbed }).analysis)).toMatchObject({
      count: 9,
    });
  });
});
