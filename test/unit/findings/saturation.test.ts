// A path of known saturation beneath a load that waits for stubs of any latency: what is planned by its slices is served.

import { describe, expect, it } from 'vitest';
import { saturationOf } from '../../../agent/findings/saturation.ts';
import type { SliceRecord } from '../../../agent/records/slice.ts';
import { planCaps } from '../../../agent/plan/caps.ts';
import { capsDesign, goodputOf, limitOf, simulateCaps, type CapsHost } from '../../support/caps-simulator.ts';
import { hostileNoises, type HostileName } from '../../support/caps-noise.ts';
import { planOf, slicesOf } from '../../support/documents.ts';
import { chanceOf } from '../../support/simulator-noise.ts';

const [template] = slicesOf({ layers: ['media'], goodput: () => 1000, wobble: 0, blocks: 1 });
if (!template) throw new Error('no slice');
const like: SliceRecord = template;
const guests = 4;
const depth = 32;

interface Seen {
  readonly host: CapsHost;
  readonly stubMs: number;
  /** The share of the path's busiest CPU at its saturation: less than 1 where it is something else that is full. */
  readonly cpuAtCeiling?: number;
  readonly noise?: HostileName;
  readonly cpuFigures?: 'none' | 'total' | 'each';
}

/** Slices with every layer stubbed: the load waits for the media's stub, and for the path. */
function slicesUnder({ host, stubMs, cpuAtCeiling = 1, noise, cpuFigures = 'each' }: Seen): readonly SliceRecord[] {
  const design = capsDesign({ guests, delayNs: stubMs * 1e6 });
  const exact = goodputOf(host, design, { subject: 'nothing', delay: 'full', guests }, depth);
  const noiseAt = noise === undefined ? () => 0 : hostileNoises[noise](0.05, chanceOf(7));
  return Array.from({ length: 14 }, (_, seq) => {
    const goodput = exact * Math.exp(noiseAt({ index: seq, arm: 'all-stub', mediaDeployed: false }));
    const busiest = 100 * Math.min(1, (cpuAtCeiling * goodput) / most(host));
    const figures = {
      none: {},
      total: { cpu: { cpus: 4, busyPercent: busiest / 2 } },
      each: { cpu: { cpus: 4, busyPercent: busiest / 3, busiestCpuPercent: busiest } },
    };
    const junction = { guest: 0, iosPerSecond: goodput, bytesPerSecond: 4096 * goodput, meanLatencyNs: stubMs * 1e6 };
    const own = { elapsedMs: 3000, ios: (3 * goodput) / guests, meanLatencyNs: (1e9 * guests * depth) / goodput };
    return {
      ...like,
      ...{ seq, arm: 'all-stub', goodput, junctions: [{ ...junction, layer: 'media' as const }] },
      guests: Array.from({ length: guests }, (_one, i) => ({
        ...like.guests[0],
        ...own,
        guest: i + 1,
      })) as typeof like.guests,
      measurements: figures[cpuFigures],
    };
  });
}

function most({ saturation = Infinity, cpuNs = 0 }: CapsHost): number {
  return Math.min(saturation, 1e9 / cpuNs);
}

describe('the saturation of a host', () => {
  const fast: CapsHost = { truth: {}, cpuNs: 10_000 };

  it('is not what a slow stub lets through', () => {
    const slices = slicesUnder({ host: fast, stubMs: 150 });
    expect(slices[0]?.goodput).toBeLessThan(900);
    expect(saturationOf(slices)).toBeGreaterThan(8000);
  });

  it('is what was seen where the stub takes no time', () => {
    const slices = slicesUnder({ host: fast, stubMs: 0.01 });
    expect(saturationOf(slices) / Math.max(...slices.map(({ goodput }) => goodput))).toBeLessThan(1.02);
  });

  const causes: Readonly<Record<string, Omit<Seen, 'stubMs'>>> = {
    'one CPU': { host: { truth: {}, cpuNs: 1e6 } },
    'a lock, with idle CPUs': { host: { truth: {}, cpuNs: 1e6 }, cpuAtCeiling: 0.05 },
    'a CPU of which only the total is known': { host: { truth: {}, cpuNs: 1e6 }, cpuFigures: 'total' },
    'a fast path': { host: fast },
  };
  const stubs = [0.05, 5, 30, 100, 125, 150, 400];
  const noisy = ['t3', 'deep dips', 'shift', 'slowing', 'AR 0.9'] as const satisfies readonly HostileName[];

  it.each(Object.keys(causes))('is never promised above twice the truth, where it is %s', (cause) => {
    for (const stubMs of stubs) {
      for (const noise of [undefined, ...noisy]) {
        const seen = { host: fast, ...causes[cause], stubMs, ...(noise ? { noise } : {}) };
        const slices = slicesUnder(seen);
        const highest = Math.max(...slices.map(({ goodput }) => goodput));
        expect(saturationOf(slices), `${stubMs} ms, ${noise}`).toBeLessThanOrEqual(
          Math.max(highest, 2 * most(seen.host)),
        );
        expect(saturationOf(slices)).toBeGreaterThanOrEqual(highest);
      }
    }
  });

  it('is what was seen without figures of the CPU, or of the media', () => {
    const slices = slicesUnder({ host: fast, stubMs: 150, cpuFigures: 'none' });
    expect(saturationOf(slices)).toBeCloseTo(slices[0]?.goodput ?? 0, 6);
    const blind = slicesUnder({ host: fast, stubMs: 150 }).map((slice) => ({ ...slice, junctions: [] }));
    expect(saturationOf(blind) / (slices[0]?.goodput ?? 0)).toBeLessThan(1.02);
  });

  it('lets a cap be found over a stub that is far too slow, within the time that is left', () => {
    const profile = { ...planOf(['network', 'ring']).profile, guests: [{}, {}, {}, {}] };
    const plan = { ...planOf(['media', 'network', 'blockstack', 'ring']) };
    const cap = { ring: { cap: { size: 64, scope: 'host-wide' as const } } };
    for (const [host, named, remainingMs] of [
      [fast, [], 125_000],
      [{ truth: {}, cpuNs: 0.8e6 }, ['ring'], 130_000],
    ] as const) {
      const saturation = saturationOf(slicesUnder({ host, stubMs: 150 }));
      const planned = planCaps(
        { ...plan, profile: { ...plan.profile, guests: profile.guests } },
        { saturation, named, depth, remainingMs },
      );
      if (typeof planned === 'string') throw new Error(planned);
      for (const seed of [1, 2, 3]) {
        const simulation = {
          host: { ...host, truth: cap },
          design: planned.design,
          noise: 'iid',
          cv: 0.03,
          seed,
        } as const;
        expect(limitOf(simulateCaps(simulation).findings, 'ring')).toMatchObject({ kind: 'cap', scope: 'host-wide' });
      }
    }
  });
});
