import { describe, expect, it } from 'vitest';
import { inconclusiveWords } from '../../../../agent/report/words/inconclusive.ts';
import { defaultDesign, type Design } from '../../../../agent/analysis/verdict/design.ts';
import { decide, type Decision } from '../../../../agent/analysis/verdict/engine.ts';
import type { Observation } from '../../../../agent/analysis/fit/observation.ts';
import type { Verdict } from '../../../../agent/analysis/verdict/verdict.ts';
import { everyArm, parseArm } from '../../../../agent/lib/arm.ts';
import { layers, type Layer } from '../../../../agent/lib/layer.ts';
import { namedLayers, simulate } from '../../../support/simulator.ts';
import type { ScenarioName } from '../../../support/simulator-scenarios.ts';

type Goodput = (stubbed: readonly Layer[]) => number;

/** Runs the engine on an almost noiseless host and collects its decisions; the noise alternates so that it has a size. */
function follow(design: Design, goodput: Goodput, noise = 0.001): { decisions: Decision[]; verdict: Verdict } {
  const seen: Observation[] = [];
  const decisions: Decision[] = [];
  for (let block = 1; block < 100; block++) {
    const decision = decide(design, seen);
    decisions.push(decision);
    if (decision.kind === 'verdict') return { decisions, verdict: decision.verdict };
    decision.arms.forEach((arm, i) => {
      const wobble = noise * (((i * 7 + block * 3) % 5) - 2);
      seen.push({ block, arm, goodput: goodput(parseArm(arm, design.layers)?.stubbed ?? []) * Math.exp(wobble) });
    });
  }
  throw new Error('the engine never ends');
}

function arms(decision: Decision | undefined): readonly string[] {
  return decision?.kind === 'measure' ? decision.arms : [];
}

/** Lifts from 100 to 250 once all of `plant` is stubbed. */
function needs(...plant: readonly Layer[]): Goodput {
  return (stubbed) => (plant.every((layer) => stubbed.includes(layer)) ? 250 : 100);
}

const singles = ['stub-media', 'stub-network', 'stub-blockstack', 'stub-ring'];

describe('the first blocks', () => {
  it('hold two baselines, each single stub and all stubs', () => {
    const first = decide(defaultDesign(layers), []);
    expect(first).toEqual({
      kind: 'measure',
      stage: 'A',
      aim: 'levers',
      arms: ['baseline', 'baseline', ...singles, 'all-stub'],
      blocks: 2,
    });
  });

  it.each<[stack: readonly Layer[], block: readonly string[]]>([
    [['ring'], ['baseline', 'baseline', 'stub-ring', 'stub-ring']],
    [
      ['media', 'ring'],
      ['baseline', 'baseline', 'stub-media', 'stub-ring', 'all-stub'],
    ],
    [
      ['media', 'network', 'ring'],
      ['baseline', 'baseline', 'stub-media', 'stub-network', 'stub-ring', 'all-stub'],
    ],
  ])('of a stack of %j are %j', (stack, block) => {
    expect(arms(decide(defaultDesign(stack), []))).toEqual(block);
  });

  it('leave out what cannot be set up and take the largest sets that can for the ceiling', () => {
    const feasible = everyArm(layers).filter((arm) => !arm.stubbed.includes('ring'));
    const design = defaultDesign(layers, { arms: feasible.map((arm) => arm.id) });
    expect(arms(decide(design, []))).toEqual(['baseline', 'baseline', ...singles.slice(0, 3), 'only-ring']);
  });

  it('are repeated unchanged before the first look', () => {
    const { decisions } = follow(defaultDesign(layers), needs('media'));
    expect(arms(decisions[1])).toEqual(arms(decisions[0]));
  });
});

describe('verdicts', () => {
  it.each(layers)('names %s when its stub alone lifts', (layer) => {
    const { verdict, decisions } = follow(defaultDesign(layers), needs(layer));
    expect(verdict).toMatchObject({ kind: 'lever', layer });
    expect(verdict.kind === 'lever' && verdict.lift.estimate).toBeCloseTo(2.5, 1);
    expect(decisions).toHaveLength(3);
  });

  it('finds every set of layers that hide one another, in every stack', () => {
    for (const stack of everyArm(layers).map((arm) => arm.stubbed)) {
      for (const { stubbed: plant } of everyArm(stack).filter((arm) => arm.stubbed.length >= 2)) {
        const { verdict } = follow(defaultDesign(stack), needs(...plant));
        expect(verdict).toMatchObject({ kind: 'masked', layers: plant, alternatives: [], minor: [], unproven: [] });
      }
    }
  });

  it('reports a layer that lifts a little by itself as the first rung of a set', () => {
    const goodput: Goodput = (stubbed) => (stubbed.includes('network') ? (stubbed.includes('media') ? 400 : 115) : 100);
    const { verdict } = follow(defaultDesign(layers), goodput);
    expect(verdict).toMatchObject({ kind: 'masked', layers: ['media', 'network'] });
    expect(verdict.kind === 'masked' && verdict.minor.map((rung) => rung.layer)).toEqual(['network']);
  });

  it('lists sets that explain the headroom equally as interchangeable', () => {
    const { verdict } = simulate({ scenario: 'mask_ebs', noise: 'iid', cv: 0.005, seed: 1 });
    const sets = verdict.kind === 'masked' ? [verdict.layers, ...verdict.alternatives] : [];
    expect(sets.map((set) => set.join('+')).sort()).toEqual(['media+network', 'media+ring']);
  });

  it('calls two equal levers a tie, after a duel without the baseline', () => {
    const lift = { media: 1.5, network: 1.5, blockstack: 1, ring: 1 };
    const { verdict, decisions } = follow(
      defaultDesign(layers),
      (stubbed) => stubbed.reduce((total, layer) => total * lift[layer], 100),
      0.03,
    );
    expect(verdict).toMatchObject({ kind: 'tie', layers: ['media', 'network'] });
    expect(decisions.map((decision) => decision.kind === 'measure' && decision.aim)).toContain('duel');
  });

  it('calls two layers a tie that differ by less than anyone would act on, however surely', () => {
    const lift = { media: 1.92, network: 1.98, blockstack: 1, ring: 1 };
    const { verdict } = follow(defaultDesign(layers), (stubbed) =>
      stubbed.reduce((total, layer) => total * lift[layer], 100),
    );
    expect(verdict).toMatchObject({ kind: 'tie', layers: ['media', 'network'] });
  });

  it('says none only of the sets that were stubbed together, with its bound', () => {
    const feasible = everyArm(layers).filter((arm) => !arm.stubbed.includes('ring'));
    const design = defaultDesign(layers, { arms: feasible.map((arm) => arm.id) });
    const { verdict } = follow(design, () => 100);
    expect(verdict).toMatchObject({ kind: 'none', widened: false, untested: ['ring'] });
    expect(verdict.kind === 'none' && verdict.covers).toEqual([['media', 'network', 'blockstack']]);
    expect(verdict.kind === 'none' && verdict.bound).toBeLessThan(1.05);
  });

  it('measures all stubs but one, once each, before it says none; then baseline and ceiling alone', () => {
    const { decisions, verdict } = follow(defaultDesign(layers), () => 100, 0.04);
    const none = decisions.filter((decision) => decision.kind === 'measure' && decision.aim === 'none');
    const alone = layers.map((layer) => `only-${layer}`);
    expect(arms(none[0])).toEqual(['baseline', 'baseline', 'all-stub', 'all-stub', ...alone]);
    expect(arms(none.at(-1))).toEqual(['baseline', 'baseline', 'all-stub', 'all-stub']);
    expect(verdict).toMatchObject({ kind: 'none', widened: false });
  });

  it('does not let a stub that costs only once the others are gone hide a set behind "none"', () => {
    for (const costly of ['blockstack', 'ring'] as const) {
      const goodput: Goodput = (stubbed) =>
        Math.min(needs('media', 'network')(stubbed), stubbed.includes(costly) ? 98 : 250);
      const { verdict } = follow(defaultDesign(layers), goodput, 0.01);
      expect(verdict).toMatchObject({ kind: 'masked', layers: ['media', 'network'] });
    }
  });

  it('calls no layers a set of which each lifts by what it saves, whatever is left without them', () => {
    for (const rest of [0.001, 0.05, 0.2, 1, 3]) {
      for (const { stubbed: plant } of everyArm(layers).filter((arm) => arm.stubbed.length >= 2)) {
        const goodput: Goodput = (stubbed) => 100 / (rest + plant.filter((layer) => !stubbed.includes(layer)).length);
        expect(follow(defaultDesign(layers), goodput).verdict).toMatchObject({ kind: 'tie', layers: plant });
      }
    }
  });

  it('does not let a stub that slows hide a set behind "none"', () => {
    const goodput: Goodput = (stubbed) => needs('media', 'network')(stubbed) * (stubbed.includes('ring') ? 0.4 : 1);
    expect(follow(defaultDesign(layers), goodput).verdict).toMatchObject({
      kind: 'masked',
      layers: ['media', 'network'],
    });
  });
});

describe('sets that the host cannot set up', () => {
  const withMedia = everyArm(layers).filter(({ stubbed }) => !stubbed.includes('network') || stubbed.includes('media'));
  const design = defaultDesign(layers, { arms: withMedia.map((arm) => arm.id) });

  it('marks the layer that had to come along as unproven', () => {
    expect(follow(design, needs('network')).verdict).toMatchObject({
      kind: 'masked',
      layers: ['media', 'network'],
      unproven: ['media'],
    });
  });

  it('goes on to larger sets when the implied one falls short', () => {
    expect(follow(design, needs('media', 'blockstack', 'ring')).verdict).toMatchObject({
      kind: 'masked',
      layers: ['media', 'blockstack', 'ring'],
    });
  });

  it('stops early where no arm could tell the layers apart', () => {
    const bare = defaultDesign(layers, { arms: ['baseline', ...singles, 'all-stub'] });
    const { verdict, decisions } = follow(bare, needs('media', 'ring'));
    expect(verdict).toMatchObject({ kind: 'inconclusive', candidates: layers });
    expect(verdict.kind === 'inconclusive' && inconclusiveWords(verdict.why)).toContain('do not exist on this host');
    expect(decisions.length).toBeLessThan(6);
  });
});

describe('stage A alone', () => {
  const design = defaultDesign(layers, { stages: 'A' });

  it('names a lever', () => {
    expect(follow(design, needs('ring')).verdict).toMatchObject({ kind: 'lever', layer: 'ring' });
  });

  it('ends with the headroom when no single layer explains it', () => {
    const { verdict, decisions } = follow(design, needs('media', 'ring'));
    expect(verdict).toMatchObject({ kind: 'inconclusive', candidates: layers, proven: [] });
    expect(verdict.kind === 'inconclusive' && inconclusiveWords(verdict.why)).toMatch(
      /no single layer explains the headroom.* 150 %/,
    );
    expect(verdict.kind === 'inconclusive' && verdict.headroom?.estimate).toBeCloseTo(2.5, 1);
    expect(decisions.every((decision) => decision.kind === 'verdict' || decision.stage === 'A')).toBe(true);
  });

  it('is all that a budget too small for sets allows', () => {
    const small = defaultDesign(layers, { budgetSlices: 20 });
    expect(follow(small, needs('media', 'ring')).verdict.kind).toBe('inconclusive');
    expect(follow(small, needs('media')).verdict.kind).toBe('lever');
  });
});

describe('budget and noise', () => {
  it.each<ScenarioName>(['none', 'net_25', 'mask_pair', 'mask_ebs'])('never exceeds the budget with %s', (scenario) => {
    for (const budgetSlices of [5, 10, 30, 75]) {
      const run = simulate({
        scenario,
        noise: 'iid',
        cv: 0.2,
        seed: 3,
        design: defaultDesign(layers, { budgetSlices }),
      });
      expect(run.slices).toBeLessThanOrEqual(budgetSlices);
    }
  });

  it('says so when there is no room for a first look', () => {
    const { verdict } = follow(defaultDesign(layers, { budgetSlices: 10 }), needs('media'));
    expect(verdict).toMatchObject({ kind: 'inconclusive', why: { kind: 'too-few-slices' } });
  });

  it('gives up on hopeless noise once half of the budget is used, not before', () => {
    const run = simulate({ scenario: 'none', noise: 'iid', cv: 0.9, seed: 4 });
    expect(run.slices).toBeGreaterThanOrEqual(75);
    expect(run.slices).toBeLessThan(110);
    expect(run.verdict).toMatchObject({ kind: 'inconclusive' });
    expect(run.verdict.kind === 'inconclusive' && inconclusiveWords(run.verdict.why)).toContain(
      'measure longer slices',
    );
  });

  it('widens "none" to the noise where asked to, and says so', () => {
    const wide = defaultDesign(layers, { widenNone: true });
    const runs = Array.from({ length: 20 }, (_, seed) =>
      simulate({ scenario: 'none', noise: 'iid', cv: 0.2, seed, design: wide }),
    );
    const claimed = runs.flatMap(({ verdict }) => (verdict.kind === 'none' ? [verdict] : []));
    expect(claimed.length).toBeGreaterThan(15);
    for (const verdict of claimed) {
      expect(verdict.widened).toBe(true);
      expect(verdict.delta).toBeGreaterThan(1.1);
      expect(verdict.bound).toBeLessThan(verdict.delta);
    }
  });

  it('adds looks to a larger budget and pays for them', () => {
    expect(defaultDesign(layers).looks.at(-1)).toBe(32);
    expect(defaultDesign(layers, { budgetSlices: 600 }).looks.slice(-3)).toEqual([64, 96, 128]);
  });
});

describe('decide', () => {
  it('asks for the same arms until the look that it announces', () => {
    const design = defaultDesign(layers);
    const { observations } = simulate({ scenario: 'net_25', noise: 'iid', cv: 0.2, seed: 5, design });
    const blocks = [...new Set(observations.map((seen) => seen.block))];
    const after = (count: number): Decision =>
      decide(
        design,
        observations.filter((seen) => blocks.indexOf(seen.block) < count),
      );
    expect(after(4)).toMatchObject({ kind: 'measure', blocks: 2 });
    expect(after(5)).toEqual({ ...after(4), blocks: 1 });
  });

  it('keeps the first verdict when more was measured afterwards', () => {
    const { observations, verdict } = simulate({ scenario: 'media_big', noise: 'iid', cv: 0.05, seed: 1 });
    const more = Array.from({ length: 8 }, (_, i) => ({ block: 100 + i, arm: 'stub-ring', goodput: 900 }));
    expect(decide(defaultDesign(layers), [...observations, ...more])).toEqual({ kind: 'verdict', verdict });
  });

  it('accepts arms under their other names', () => {
    const stack: readonly Layer[] = ['media', 'ring'];
    const rename = (arm: string): string => (arm === 'stub-ring' ? 'only-media' : arm);
    const { observations, verdict } = simulate({
      scenario: 'ring_big',
      noise: 'iid',
      cv: 0.02,
      seed: 1,
      design: defaultDesign(stack),
    });
    const renamed = observations.map((seen) => ({ ...seen, arm: rename(seen.arm) }));
    expect(namedLayers(verdict)).toEqual(['ring']);
    expect(decide(defaultDesign(stack), renamed)).toEqual({ kind: 'verdict', verdict });
  });

  it('copes with slices that went missing', () => {
    const { observations } = simulate({ scenario: 'media_big', noise: 'iid', cv: 0.02, seed: 1 });
    const thinned = observations.filter((seen) => seen.arm !== 'all-stub');
    expect(decide(defaultDesign(layers), thinned)).toMatchObject({ kind: 'verdict', verdict: { layer: 'media' } });
    const gone = observations.filter((seen) => seen.arm !== 'stub-ring');
    expect(decide(defaultDesign(layers), gone)).toMatchObject({ kind: 'measure' });
  });

  it('names every unusable observation', () => {
    const bad = [
      { block: 1, arm: 'baseline', goodput: 0 },
      { block: 2, arm: 'stub-disk', goodput: 10 },
      { block: 3, arm: 'baseline', goodput: NaN },
    ];
    expect(() => decide(defaultDesign(layers), bad)).toThrow(
      /block 1: .*above zero.*\n.*block 2: .*stub-disk.*\n.*block 3/,
    );
  });

  it('refuses a design without a stub arm', () => {
    expect(() => decide(defaultDesign(layers, { arms: ['baseline'] }), [])).toThrow('cannot compare arms');
    expect(() => decide(defaultDesign(['media'], { arms: ['baseline', 'stub-ring'] }), [])).toThrow('stub-ring');
  });
});
