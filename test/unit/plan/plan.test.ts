import { describe, expect, it } from 'vitest';
import { decide } from '../../../agent/analysis/verdict/engine.ts';
import { ProfileError } from '../../../agent/lib/errors.ts';
import { makePlan, type PlanOptions, sliceDurationMs, withPilot } from '../../../agent/plan/plan.ts';
import { configuredLayers, needsOf } from '../../../agent/plan/stack-plan.ts';
import { decodeProfile } from '../../../agent/profile/decode.ts';
import { renderNeed } from '../../../agent/host/needs/needs.ts';
import { profileOf, sections } from '../../support/dry-stack.ts';

const geometry = { sectors: 2 ** 22, blockBytes: 4096 };
const two = [sections.media, sections.ring];

function planOf(lines: readonly string[], options: Partial<PlanOptions> = {}, experiment = '') {
  return makePlan(decodeProfile(profileOf(lines, 2) + experiment, 'p.yaml'), geometry, {
    seed: 1,
    cold: false,
    ...options,
  });
}

describe('a plan', () => {
  it('is plain data: it is the same after a trip through JSON', () => {
    const plan = planOf(Object.values(sections));
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });

  it('compares the layers that have a stub, bottom to top', () => {
    const ring = sections.ring.replace(' } }', ' }, stub: none }');
    const plan = planOf([ring, sections.network, sections.media]);
    expect(plan.design.layers).toEqual(['media', 'network']);
    expect(plan.design.arms).toEqual(['baseline', 'stub-media', 'stub-network', 'all-stub']);
  });

  it('is refused where no layer has a stub', () => {
    const media = sections.media.replace(' } }', ' }, stub: none }');
    expect(() => planOf([media])).toThrow(ProfileError);
    expect(() => planOf([media])).toThrow('nothing to compare');
  });

  it.each<[string, Partial<PlanOptions>, string, number]>([
    ['its profile', {}, 'experiment: { settle: 1s, measure: 3s, budget: 90s }', 20],
    [
      'the command line over its profile',
      { budgetMs: 45_000 },
      'experiment: { settle: 1s, measure: 3s, budget: 90s }',
      10,
    ],
    ['shorter slices', {}, 'experiment: { settle: 0s, measure: 500ms, budget: 90s }', 90],
    ['what a cold slice takes more', { cold: true }, 'experiment: { settle: 1s, measure: 3s, budget: 245s }', 10],
  ])('takes its budget of slices from %s', (_, options, experiment, slices) => {
    expect(planOf(two, options, experiment).design.budgetSlices).toBe(slices);
  });

  it('is refused with less time than the first look takes, saying how much that is', () => {
    const settle = 'experiment: { settle: 1s }';
    expect(() => planOf(two, { budgetMs: 44_000 }, settle)).toThrow(/44 s is too short for 10 slices.*at least 45s/);
    expect(planOf(two, { budgetMs: 45_000 }, settle).design.budgetSlices).toBe(10);
  });

  it('leaves room for a pilot of 6 s a layer, unless the profile says how long to settle, or it is cold', () => {
    expect(() => planOf(two, { budgetMs: 56_000 })).toThrow(/56 s is too short for 10 slices.*at least 57s/);
    const plan = planOf(two, { budgetMs: 57_000 });
    expect([plan.design.budgetSlices, plan.settleMs]).toEqual([10, 1000]);
    expect(planOf(two, { budgetMs: 245_000, cold: true }).design.budgetSlices).toBe(10);
  });

  it('takes up what its pilot found: the settle time, and the slices that the rest of the budget has room for', () => {
    const plan = planOf(two, { budgetMs: 100_000 });
    const after = withPilot(plan, { settleMs: 2000, spentMs: 10_000 });
    expect([after.settleMs, after.design.budgetSlices]).toEqual([2000, 16]);
    expect(withPilot(after, { settleMs: 2000, spentMs: 10_000 })).toEqual(after);
  });

  it('takes the smallest lift that matters from the profile', () => {
    const { delta } = planOf(two, {}, 'experiment: { minimumLift: 20 }').design;
    expect(Math.exp(delta)).toBeCloseTo(1.2);
  });

  it('measures in milliseconds what the profile says in any unit', () => {
    const plan = planOf(two, {}, 'experiment: { settle: 0.25s, measure: 1500ms }');
    expect([plan.settleMs, plan.measureMs]).toEqual([250, 1500]);
    expect(sliceDurationMs(plan)).toBe(250 + 1500 + 500);
  });

  it.each<[string, readonly string[], readonly RegExp[]]>([
    ['nothing', two, []],
    ['one layer only', [sections.media], [/only one layer/]],
    [
      'a layer without a stub',
      [...two, sections.network.replace(' } }', ' }, stub: none }')],
      [/^network has no stub/],
    ],
    [
      'a remote target',
      ['network: { deployed: { provider: nvme-tcp-remote, address: a, nqn: nqn.a, size: 1GiB } }', sections.ring],
      [/network and the media behind the remote target/],
    ],
  ])('says what stays open with %s', (_, lines, sentences) => {
    expect(planOf(lines).open).toEqual(sentences.map((one) => expect.stringMatching(one) as string));
  });

  it('lets the engine begin', () => {
    expect(decide(planOf(two).design, [])).toMatchObject({ kind: 'measure', stage: 'A' });
  });
});

describe('what is to be raised', () => {
  const profile = decodeProfile(profileOf(Object.values(sections), 3), 'p.yaml');

  it('has every layer in both forms, for every guest', () => {
    const layers = configuredLayers(profile);
    expect(layers.map(({ layer, stub }) => [layer, stub !== undefined])).toEqual([
      ['media', true],
      ['network', true],
      ['blockstack', true],
      ['ring', true],
    ]);
  });

  it('needs of the host what all its providers need, stubs too', () => {
    const needs = needsOf(configuredLayers(profile), profile.guests.length).map(renderNeed).join('\n');
    for (const name of [
      'null_blk',
      'nvmet_tcp',
      'nvme_tcp',
      'tcm_loop',
      'veth',
      'program ip',
      'program fio',
      'cgroup v2',
    ])
      expect(needs).toContain(name);
  });
});
