// How often the cap probe is right, near and honest, and what it costs, on planted limits with known seeds.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CapsObservation, Subject } from '../../../agent/analysis/caps/design.ts';
import { decideCaps, capsFindings, type CapsDecision } from '../../../agent/analysis/caps/engine.ts';
import type { Layer } from '../../../agent/lib/layer.ts';
import { hostileNoises, type HostileName } from '../../support/caps-noise.ts';
import { capsDesign, capsRates, simulateCaps, type LayerTruth, type CapsHost } from '../../support/caps-simulator.ts';

const seeds = 100;
const hostile = Object.keys(hostileNoises) as HostileName[];
const design = capsDesign();
const roomy = capsDesign({ guests: 8, maxDepth: 128 });

function ring(truth: LayerTruth): CapsHost {
  return { truth: { ring: truth } };
}

function cap(size: number, scope: 'host-wide' | 'per-guest' = 'host-wide'): CapsHost {
  return ring({ cap: { size, scope } });
}

describe.each([
  [0.02, 40],
  [0.05, 50],
])('a cap at CV %f', (cv, points) => {
  const rates = (host: CapsHost, within = design) =>
    capsRates({ host, design: within, noise: 'iid', cv, seeds, layer: 'ring' });

  it.each([
    ['64 of 256', cap(64), design],
    ['4', cap(4), design],
    ['16', cap(16), design],
    ['48', cap(48), design],
    ['100 of 1024', cap(100), roomy],
    ['256 of 1024', cap(256), roomy],
    ['1 each', cap(1, 'per-guest'), design],
    ['4 each', cap(4, 'per-guest'), design],
    ['16 each', cap(16, 'per-guest'), design],
    ['32 each of 128', cap(32, 'per-guest'), roomy],
  ])('of %s is found within 10 %% with its scope, at little cost', (_, host, within) => {
    const found = rates(host, within);
    expect(found.near).toBeGreaterThanOrEqual(0.95);
    expect(found.scope).toBeGreaterThanOrEqual(0.98);
    expect(found.wrong).toBeLessThan(0.05);
    expect(found.meanPoints).toBeLessThanOrEqual(points);
    expect(found.meanVisits).toBeLessThanOrEqual(6);
  });

  it('keeps its size where whole rounds of the delay line are counted', () => {
    const found = capsRates({ host: cap(64), design, noise: 'iid', cv, seeds, layer: 'ring', sliceNs: 2e9 });
    expect(found.near).toBeGreaterThanOrEqual(0.93);
  });

  it('is told from a rate, a latency and nothing', () => {
    for (const rate of [400, 1280, 2560]) expect(rates(ring({ rate })).kinds).toEqual({ rate: seeds });
    expect(rates(ring({ rate: 64_000 }), capsDesign({ delayNs: 1e6 })).kinds).toEqual({ rate: seeds });
    expect(rates(ring({ latencyNs: 20e6 })).kinds).toEqual({ latency: seeds });
    const open = rates({ truth: {} });
    expect(open.kinds['open']).toBeGreaterThanOrEqual(0.97 * seeds);
    expect(open.meanPoints).toBeLessThanOrEqual(18);
    expect(open.meanVisits).toBeLessThanOrEqual(2.2);
  });

  it('is found in two layers of different sizes', () => {
    const truth: CapsHost['truth'] = { network: { cap: { size: 256, scope: 'host-wide' } }, ...cap(64).truth };
    for (const layer of ['network', 'ring'] as const) {
      const found = capsRates({ host: { truth }, design: roomy, noise: 'iid', cv, seeds, layer });
      expect(found.near).toBeGreaterThanOrEqual(0.95);
      expect(found.scope).toBeGreaterThanOrEqual(0.98);
    }
  });
});

describe.each(['iid', 'drifting', 'dips', 'periodic', 'step'] as const)('on a noisy host (%s)', (noise) => {
  it.each([0.05, 0.1, 0.2])('at CV %f no cap is claimed that is not there', (cv) => {
    const hosts: readonly CapsHost[] = [
      cap(64),
      cap(16, 'per-guest'),
      ring({ rate: 1280 }),
      ring({ latencyNs: 20e6 }),
      { truth: {} },
      { truth: {}, saturation: 3000 },
      { ...cap(32), saturation: 4000 },
    ];
    for (const host of hosts) {
      const found = capsRates({ host, design, noise, cv, seeds: 60, layer: 'ring' });
      expect(found.wrong).toBeLessThan(0.05);
      expect(found.mostPoints).toBeLessThanOrEqual(design.budgetPoints);
      if (host.truth.ring?.cap === undefined) expect(found.stackKinds['cap'] ?? 0).toBe(0);
    }
  });
});

describe.each([...hostile, 'iid', 'dips', 'drifting', 'periodic', 'step'] as const)('under %s', (noise) => {
  const cvs = [0.02, 0.05, 0.1, 0.2];

  it('a cap of 48, 64 or 100 of 256 offered is never called no limit', () => {
    for (const size of [48, 64, 100]) {
      for (const cv of cvs) {
        const { kinds, stackKinds } = capsRates({ host: cap(size), design, noise, cv, seeds: 8, layer: 'ring' });
        for (const kind of ['open', 'latency']) expect([kinds[kind], stackKinds[kind]]).toEqual([undefined, undefined]);
      }
    }
  });

  it('a stack without a limit is still found to have none', () => {
    // Nothing is surely in flight while every twelfth point loses two thirds.
    const least = { 'deep dips': 0.5 }[noise as string] ?? 0.9;
    for (const cv of [0.02, 0.05]) {
      const { kinds } = capsRates({ host: { truth: {} }, design, noise, cv, seeds: 20, layer: 'ring' });
      expect((kinds['open'] ?? 0) / 20).toBeGreaterThanOrEqual(least);
    }
  });
});

describe('a decision of the probe', () => {
  const observed = fc
    .record({
      host: fc.constantFrom(cap(64), cap(8, 'per-guest'), ring({ rate: 1280 }), ring({ latencyNs: 1e7 }), {
        truth: {},
      }),
      noise: fc.constantFrom('iid' as const, 'drifting' as const),
      cv: fc.constantFrom(0.02, 0.05, 0.1),
      seed: fc.integer({ min: 0, max: 100_000 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    .map(({ share, ...options }) => {
      const { observations } = simulateCaps({ ...options, design });
      return observations.slice(0, Math.round(share * observations.length));
    });

  it('is the same for the same observations in any order', () => {
    const shuffled = observed.chain((seen) =>
      fc.tuple(fc.constant(seen), fc.shuffledSubarray([...seen], { minLength: seen.length })),
    );
    fc.assert(
      fc.property(shuffled, ([seen, other]) => {
        expect(decideCaps(design, other)).toEqual(decideCaps(design, seen));
        expect(capsFindings(design, other)).toEqual(capsFindings(design, seen));
      }),
      { numRuns: 60 },
    );
  });

  it('does not depend on the unit of time', () => {
    fc.assert(
      fc.property(observed, fc.integer({ min: -10, max: 10 }), (seen, power) => {
        const factor = 2 ** power;
        const scaled = { ...design, delayNs: design.delayNs / factor };
        const faster = seen.map((one) => ({
          ...one,
          delayNs: scaled.delayNs,
          goodput: one.goodput * factor,
        }));
        expect(gist(decideCaps(scaled, faster))).toEqual(gist(decideCaps(design, seen)));
        expect(kindsOf(scaled, faster)).toEqual(kindsOf(design, seen));
      }),
      { numRuns: 60 },
    );
  });

  it('follows the layers when their names are swapped', () => {
    const names: readonly Layer[] = ['network', 'blockstack', 'ring'];
    fc.assert(
      fc.property(observed, fc.shuffledSubarray([...names], { minLength: 3 }), (seen, order) => {
        const swap = (name: Subject): Subject =>
          names.flatMap((own, i) => (own === name ? [order[i] ?? own] : []))[0] ?? name;
        const swapped = seen.map((one) => ({ ...one, subject: swap(one.subject) }));
        const before = kindsOf(design, seen).map(([name, kind]) => [swap(name), kind]);
        expect(kindsOf(design, swapped).sort()).toEqual(before.sort());
        expect(gist(decideCaps(design, swapped))).toEqual(gist(decideCaps(design, seen), swap));
      }),
      { numRuns: 60 },
    );
  });

  /** What is asked for, without digits that rounding may change. */
  function gist(decision: CapsDecision, rename: (name: Subject) => Subject = (name) => name): unknown {
    if (decision.kind === 'done') return 'done';
    const { depth, points } = decision.visit;
    return [depth, points.map(({ subject, delay, guests }) => [rename(subject), delay, guests].join(' ')).sort()];
  }

  function kindsOf(within: typeof design, seen: readonly CapsObservation[]): (readonly [Subject, string])[] {
    const { stack, layers } = capsFindings(within, seen);
    return [['stack', stack.kind] as const, ...layers.map(({ layer, limit }) => [layer, limit.kind] as const)];
  }
});
