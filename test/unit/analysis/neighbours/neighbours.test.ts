import { describe, expect, it } from 'vitest';
import { decideNeighbours, neighboursFindings } from '../../../../agent/analysis/neighbours/decide.ts';
import { defaultNeighboursDesign, soloGuests } from '../../../../agent/analysis/neighbours/design.ts';
import type { NeighboursFindings } from '../../../../agent/analysis/neighbours/findings.ts';
import type { NeighboursObservation } from '../../../../agent/analysis/neighbours/observation.ts';
import { ProfileError } from '../../../../agent/lib/errors.ts';
import { apart, shared, simulateNeighbours, withAggressors, type Host } from '../../../support/neighbours-simulator.ts';

function found(host: Host, guests: number, cv = 0.001): Extract<NeighboursFindings, { kind: 'measured' }> {
  const design = defaultNeighboursDesign(guests);
  const { findings } = simulateNeighbours({ host, design, noise: 'iid', cv, seed: 1 });
  if (findings.kind !== 'measured') throw new Error('nothing was measured');
  return findings;
}

/** Blocks in their order, each as the sorted list of who ran. */
function blocksOf(guests: number): readonly (readonly string[])[] {
  const design = defaultNeighboursDesign(guests);
  const { observations } = simulateNeighbours({ host: shared, design, noise: 'iid', cv: 0.001, seed: 1 });
  return [...new Set(observations.map(({ block }) => block))].map((block) =>
    observations
      .filter((one) => one.block === block)
      .map(({ running }) => running.join(''))
      .sort(),
  );
}

describe('the slices that are asked for', () => {
  it('are twice all guests, then each paused; later each alone, and numbers of guests', () => {
    const pauses = ['123', '1234', '1234', '124', '134', '234'];
    const wide = ['1', '12', '1234', '1234', '2', '3', '4'];
    expect(blocksOf(4)).toEqual([pauses, pauses, wide, wide]);
  });

  it('need no guest alone for two guests: the pause of one leaves the other alone', () => {
    expect(new Set(blocksOf(2).map(String))).toEqual(new Set(['1,12,12,2']));
  });

  it('are none for one guest: there is nobody to interfere', () => {
    expect(decideNeighbours(defaultNeighboursDesign(1), [])).toEqual({
      kind: 'done',
      findings: { kind: 'single' },
    });
  });

  it('have an even sample of many guests alone, the first and the last among them', () => {
    const solo = soloGuests({ guests: 64 });
    expect(solo).toHaveLength(16);
    expect([solo[0], solo.at(-1), new Set(solo).size]).toEqual([1, 64, 16]);
  });

  it('end with the budget, and what was measured is told', () => {
    const design = defaultNeighboursDesign(8, { budgetSlices: 25 });
    const { findings, observations } = simulateNeighbours({ host: shared, design, noise: 'iid', cv: 0.2, seed: 1 });
    expect(observations).toHaveLength(20);
    expect(findings).toMatchObject({ neighbour: { kind: 'inconclusive' }, summary: null });
    const none = defaultNeighboursDesign(8, { budgetSlices: 5 });
    expect(decideNeighbours(none, [])).toMatchObject({
      kind: 'done',
      findings: { slices: 0, neighbour: { kind: 'inconclusive', why: { kind: 'too-few-slices' } } },
    });
  });
});

describe('guests that share one limit', () => {
  const findings = found(shared, 8);

  it('are all slowed alike: fairness is one, and only the slowdown shows it', () => {
    expect(findings.summary?.fairness).toBeCloseTo(1, 4);
    expect(findings.summary?.worst.slowdown).toBeCloseTo(8, 1);
    expect(findings.summary?.meanSlowdown).toBeCloseTo(8, 1);
    expect(findings.summary?.throughput).toBeCloseTo(1, 1);
    expect(findings.summary?.turnaround).toBeCloseTo(8, 1);
  });

  it('have no noisy neighbour, though the pause of any helps the rest', () => {
    expect(findings.neighbour.kind).toBe('none');
  });

  it('do as much together as one alone', () => {
    expect(findings.scaling.map(({ guests }) => guests)).toEqual([1, 2, 4, 8]);
    for (const { guests, goodput, efficiency } of findings.scaling) {
      expect(goodput / 800).toBeCloseTo(1, 2);
      expect((efficiency ?? 0) * guests).toBeCloseTo(1, 1);
    }
  });
});

describe('guests that do not touch one another', () => {
  it('are not slowed, and scale by their number', () => {
    const { summary, neighbour, scaling } = found(apart, 8);
    expect(summary).toMatchObject({ guests: 8 });
    expect(summary?.fairness).toBeCloseTo(1, 4);
    expect(summary?.worst.slowdown).toBeCloseTo(1, 2);
    expect(neighbour.kind).toBe('none');
    expect(scaling.at(-1)?.efficiency).toBeCloseTo(1, 2);
  });

  it('are as fair to one another when they are unlike: raw goodput plays no part', () => {
    const unlike: Host = (guest) => 100 * guest ** 2;
    expect(found(unlike, 5).summary?.fairness).toBeCloseTo(1, 4);
  });
});

describe('a noisy neighbour', () => {
  it('is named with what it costs the others', () => {
    const { neighbour } = found(withAggressors({ 3: 0.25 }), 8);
    expect(neighbour).toMatchObject({ kind: 'neighbour', guest: 3, also: [] });
    if (neighbour.kind !== 'neighbour') return;
    const { estimate, low, high } = neighbour.costsOthers;
    expect(estimate).toBeCloseTo(0.25, 2);
    expect([low < estimate, estimate < high]).toEqual([true, true]);
  });

  it('may have company: the costliest is named, the other besides', () => {
    expect(found(withAggressors({ 2: 0.15, 7: 0.3 }), 8).neighbour).toMatchObject({ guest: 7, also: [2] });
  });

  it('is the one of two that slows the other', () => {
    expect(found(withAggressors({ 2: 0.4 }, apart), 2).neighbour).toMatchObject({ kind: 'neighbour', guest: 2 });
  });

  it('is unfair: fairness falls, the others are slowed and it is not', () => {
    const { guests, summary } = found(withAggressors({ 1: 0.5 }, apart), 4);
    expect(guests[0]?.slowdown?.estimate).toBeCloseTo(1, 2);
    expect(guests[1]?.slowdown?.estimate).toBeCloseTo(2, 1);
    // x = 1, 1/2, 1/2, 1/2.
    expect(summary?.fairness).toBeCloseTo(2.5 ** 2 / (4 * 1.75), 2);
    expect(guests[1]?.alone ?? 0).toBeGreaterThan(1.9 * (guests[1]?.together ?? 0));
  });

  it('is the same from the records of a run', () => {
    const design = defaultNeighboursDesign(8);
    const host = withAggressors({ 3: 0.25 });
    const { findings, observations } = simulateNeighbours({ host, design, noise: 'drifting', cv: 0.05, seed: 5 });
    expect(neighboursFindings(design, [...observations].reverse())).toEqual(findings);
  });
});

describe('an observation', () => {
  const good: NeighboursObservation = { block: 3, running: [1], goodput: [{ guest: 1, goodput: 10 }] };

  it.each<[string, Partial<NeighboursObservation>, string]>([
    ['of nobody', { running: [] }, 'no guest ran'],
    ['of a guest that is not there', { running: [3], goodput: [{ guest: 3, goodput: 1 }] }, 'there is no guest 3'],
    ['of a guest twice', { running: [1, 1] }, 'guest named twice'],
    ['without a goodput', { goodput: [] }, 'a goodput of NaN of guest 1'],
    ['of no goodput', { goodput: [{ guest: 1, goodput: 0 }] }, 'a goodput of 0 of guest 1'],
  ])('%s is refused, naming its block', (_, change, message) => {
    const decide = (): unknown => decideNeighbours(defaultNeighboursDesign(2), [{ ...good, ...change }]);
    expect(decide).toThrow(ProfileError);
    expect(decide).toThrow(message);
  });

  it('may speak of guests that were paused', () => {
    const more = { ...good, goodput: [...good.goodput, { guest: 2, goodput: 0 }] };
    expect(decideNeighbours(defaultNeighboursDesign(2), [more]).kind).toBe('measure');
  });
});
