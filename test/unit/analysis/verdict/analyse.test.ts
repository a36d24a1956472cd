import { describe, expect, it } from 'vitest';
import { analyse } from '../../../../agent/analysis/verdict/analyse.ts';
import { defaultDesign } from '../../../../agent/analysis/verdict/design.ts';
import type { Observation } from '../../../../agent/analysis/fit/observation.ts';
import { everyArm } from '../../../../agent/lib/arm.ts';
import { layers } from '../../../../agent/lib/layer.ts';
import { shuffled } from '../../../../agent/lib/random.ts';
import { chanceOf, noises, spread } from '../../../support/simulator-noise.ts';
import { scenarios, type Scenario, type ScenarioName } from '../../../support/simulator-scenarios.ts';
import { simulate } from '../../../support/simulator.ts';

/** Four full blocks of every arm, without adaptation. */
function everything(name: ScenarioName, cv: number, seed = 1): readonly Observation[] {
  const [truth, noise, order]: [Scenario, ReturnType<(typeof noises)['iid']>, ReturnType<typeof spread>] = [
    scenarios[name],
    noises.iid(cv, chanceOf(seed)),
    spread(seed + 1000),
  ];
  const arms = everyArm(layers);
  let index = 0;
  return [1, 2, 3, 4].flatMap((block) =>
    shuffled([...arms, ...arms.slice(0, 1)], order).map(({ id, stubbed }) => {
      const added = noise({ index: index++, arm: id, mediaDeployed: !stubbed.includes('media') });
      return { block, arm: id, goodput: truth.goodput(stubbed) * Math.exp(added) };
    }),
  );
}

describe('analyse', () => {
  it('repeats the verdict of the run and counts what it rests on', () => {
    const run = simulate({ scenario: 'media_big', noise: 'drifting', cv: 0.05, seed: 1 });
    const found = analyse(defaultDesign(layers), run.observations);
    expect(found).toMatchObject({ verdict: run.verdict, decided: true, stage: 'A', blocks: 2, slices: run.slices });
    expect(found.arms.map((arm) => arm.slices)).toEqual([4, 2, 2, 2, 2, 2]);
    const lift = found.arms.find((arm) => arm.arm === 'stub-media')?.lift;
    expect(lift?.low).toBeLessThan(2.5);
    expect(lift?.high).toBeGreaterThan(2.5);
    expect(found.level).toBeCloseTo(0.0025, 10);
  });

  it('works before anything is known', () => {
    expect(analyse(defaultDesign(layers), [])).toMatchObject({
      verdict: { kind: 'inconclusive', why: { kind: 'still-measuring' } },
      decided: false,
      sigma: undefined,
      outlook: undefined,
      blocks: 0,
      arms: [],
    });
  });

  it('estimates the scatter of a slice and says how long more will take', () => {
    const sigmas = Array.from({ length: 30 }, (_, seed) =>
      analyse(defaultDesign(layers), everything('none', 0.08, seed)),
    );
    const mean = sigmas.reduce((total, found) => total + (found.sigma ?? NaN), 0) / sigmas.length;
    expect(mean).toBeGreaterThan(0.075);
    expect(mean).toBeLessThan(0.085);
    expect(sigmas[0]?.outlook?.levers.length).toBeGreaterThan(3);
  });

  it('says how many more blocks should settle it', () => {
    const { observations } = simulate({ scenario: 'net_25', noise: 'iid', cv: 0.15, seed: 2 });
    const early = analyse(defaultDesign(layers), observations.slice(0, 14));
    expect(early.verdict).toMatchObject({ kind: 'inconclusive', why: { kind: 'still-measuring' } });
    expect(early.verdict.kind === 'inconclusive' && early.verdict.moreBlocks).toBeGreaterThan(0);
  });

  it('says what more time would buy when the budget is used up', () => {
    const design = defaultDesign(layers, { budgetSlices: 30, widenNone: false });
    const found = simulate({ scenario: 'none', noise: 'iid', cv: 0.15, seed: 1, design }).verdict;
    expect(found).toMatchObject({ kind: 'inconclusive', why: { kind: 'noise-hides-all' } });
    expect(found.kind === 'inconclusive' && found.moreBlocks).toBeGreaterThan(10);
  });

  it.each<[name: ScenarioName, involvement: readonly string[]]>([
    ['media_big', ['sole-bottleneck', 'not-involved', 'not-involved', 'not-involved']],
    ['mask_pair', ['co-bottleneck', 'co-bottleneck', 'not-involved', 'not-involved']],
    ['lever_then', ['next-limit', 'next-limit', 'not-involved', 'sole-bottleneck']],
    ['lat_60_40', ['contributor', 'contributor', 'not-involved', 'not-involved']],
    ['none', ['not-involved', 'not-involved', 'not-involved', 'not-involved']],
  ])('reads %s as %j', (name, involvement) => {
    const found = analyse(defaultDesign(layers), everything(name, 0.005));
    expect(found.layers.map((layer) => layer.involvement)).toEqual(involvement);
  });

  it.each<[name: ScenarioName, kind: string]>([
    ['mask_pair', 'capacity'],
    ['mask_trip', 'capacity'],
    ['lat_60_40', 'latency'],
    ['lat_tie', 'latency'],
    ['cap_lat', 'hidden'],
    ['mask_ebs', 'hidden'],
  ])('takes %s for %s', (name, kind) => {
    expect(analyse(defaultDesign(layers), everything(name, 0.01)).composition?.kind).toBe(kind);
  });

  it('shares the headroom between layers that hide one another', () => {
    const found = analyse(defaultDesign(layers), everything('mask_pair', 0.002));
    const shares = found.layers.map((layer) => Math.round(100 * (layer.share ?? NaN)));
    expect(shares.slice(0, 2)).toEqual([50, 50]);
    expect(found.layers.map((layer) => layer.cleared)).toEqual([false, false, true, true]);
  });

  it('reports a stub that slows the stack', () => {
    const found = analyse(defaultDesign(layers), everything('hurts_none', 0.02));
    expect(found.slows.map((one) => one.layer)).toEqual(['ring']);
    expect(found.slows[0]?.lift.estimate).toBeCloseTo(0.85, 1);
    expect(analyse(defaultDesign(layers), everything('none', 0.02)).slows).toEqual([]);
  });

  it('lists layers whose own stub the host cannot set up', () => {
    const arms = ['baseline', 'stub-media', 'stub-blockstack', 'only-ring'];
    expect(analyse(defaultDesign(layers, { arms }), []).untested).toEqual(['network', 'ring']);
  });

  it('holds no number that JSON cannot', () => {
    const { observations } = simulate({ scenario: 'mask_pair', noise: 'drifting', cv: 0.05, seed: 1 });
    const found = analyse(defaultDesign(layers), observations);
    expect(JSON.stringify(found)).not.toContain('null');
  });
});
