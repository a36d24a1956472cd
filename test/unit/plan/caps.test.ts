import { describe, expect, it } from 'vitest';
import { layers } from '../../../agent/lib/layer.ts';
import { noCaps, planCaps, type CapsBasis, timesOver } from '../../../agent/plan/caps.ts';
import { planOf } from '../../support/documents.ts';

const plan = planOf(layers);
const basis: CapsBasis = { saturation: 5000, named: ['media'], depth: 8, remainingMs: 400_000 };

function planned(change: Partial<CapsBasis> = {}) {
  const found = planCaps(plan, { ...basis, ...change });
  if (typeof found === 'string') throw new Error(found);
  return found;
}

describe('the layout of a cap probe', () => {
  it('offers enough to meet the usual defaults, and twice what the guests ask for', () => {
    const offered = (depth: number): number =>
      planned({ depth, saturation: 50_000 }).design.maxDepth * plan.profile.guests.length;
    expect(offered(1)).toBe(256);
    expect(offered(200)).toBe(1024);
  });

  it('offers no more than a slow load generator serves over the longest delay, where that is more than the least', () => {
    const offered = (saturation: number): number =>
      planned({ depth: 200, saturation }).design.maxDepth * plan.profile.guests.length;
    expect(offered(6000)).toBe(256);
    expect(offered(12_000)).toBe(512);
    expect(offered(100)).toBe(256);
  });

  it('asks no more of the load generator than half of what it has shown', () => {
    const { design } = planned();
    const ioPerSecond = (design.maxDepth * design.guests * 1e9) / design.delayNs;
    expect(ioPerSecond).toBeLessThanOrEqual(2560);
  });

  it('keeps the delay within what a slice can hold, on any host', () => {
    expect(planned({ saturation: 1e9 }).design.delayNs).toBe(1e6);
    expect(planned({ saturation: 10 }).design.delayNs).toBe(250e6);
    const rounds = (saturation: number): number => {
      const { delayNs } = planned({ saturation }).design;
      return timesOver(delayNs).measureMs / (delayNs / 1e6);
    };
    expect(rounds(6000)).toBeGreaterThanOrEqual(30);
    expect(rounds(10)).toBeGreaterThanOrEqual(10);
  });

  it('takes a longer delay on a slow host where the places of a ring are known, so that twice as many can be served', () => {
    const guests = plan.profile.guests.length;
    const { design } = planned({ saturation: 1000, ringHolds: 32 });
    const { settleMs, measureMs } = timesOver(design.delayNs);
    expect(design.maxDepth * guests).toBe(256);
    expect(design.delayNs).toBe((256 * 1e9) / 500);
    expect(settleMs).toBeGreaterThanOrEqual((2.5 * design.delayNs) / 1e6);
    expect(measureMs).toBeGreaterThanOrEqual((10 * design.delayNs) / 1e6);
    expect(planned({ saturation: 2000, ringHolds: 32 }).design.delayNs).toBe(500e6);
    // A fast host needs no more than it did, and what no delay makes room for is not tried.
    expect(planned({ saturation: 50_000, ringHolds: 32 }).design.delayNs).toBe(
      planned({ saturation: 50_000 }).design.delayNs,
    );
    expect(planned({ saturation: 150, ringHolds: 32 }).design.delayNs).toBe(250e6);
  });

  it('has longer delays at hand for what the first cannot tell, each at its price, and none of more than a second', () => {
    const { design } = planned({ saturation: 6000 });
    expect(design.longer?.map(({ delayNs }) => delayNs / design.delayNs)).toEqual([4]);
    expect(planned({ saturation: 1e9 }).design.longer?.map(({ delayNs }) => delayNs)).toEqual([4e6, 16e6]);
    expect(planned({ saturation: 10 }).design.longer?.map(({ delayNs }) => delayNs)).toEqual([1e9]);
    for (const { delayNs, cost } of design.longer ?? []) {
      const takes = (ns: number): number => timesOver(ns).settleMs + timesOver(ns).measureMs;
      expect(cost / (takes(delayNs) / takes(design.delayNs))).toBeCloseTo(1, 0.5);
    }
  });

  it('offers domains no more than twice what their rings hold, where the host is slow', () => {
    const domains = {
      ...plan,
      profile: { ...plan.profile, guest: 'domU' as const, guests: plan.profile.guests.slice(0, 1) },
    };
    const found = planCaps(domains, { ...basis, depth: 64, saturation: 200, ringHolds: 32 });
    expect(found).toMatchObject({ design: { guests: 1, maxDepth: 64, delayNs: 640e6 } });
  });

  it('compares the layers above the media, and the media alone where the verdict names it', () => {
    expect(planned().design).toMatchObject({ layers: ['network', 'blockstack', 'ring'], media: true });
    expect(planned({ named: ['ring'] }).design.media).toBe(false);
  });

  it('looks at what the verdict names where the time does not suffice for all, and says what it leaves out', () => {
    const short = { saturation: 1000, remainingMs: 24_000 + 25 * 4400 };
    expect(planned({ ...short, named: ['ring'] }).design).toMatchObject({
      ...{ layers: ['ring'], leftOut: ['network', 'blockstack'], media: false },
    });
    expect(planned({ ...short, named: ['media', 'network'] }).design.layers).toEqual(['network']);
    // Whatever it is that comes next: there is nothing to choose by.
    const unnamed = [planned({ ...short, named: ['media'] }), planned({ ...short, named: [] })];
    for (const { design } of unnamed) expect(design.layers).toEqual(['network', 'blockstack', 'ring']);
    const roomy = planned({ ...short, named: ['ring'], remainingMs: 400_000 }).design;
    expect(roomy.layers).toEqual(['network', 'blockstack', 'ring']);
    for (const { design } of [...unnamed, { design: roomy }]) expect(design).not.toHaveProperty('leftOut');
  });

  it('is left out, with the reason, when the time is too short or the media is out of reach', () => {
    expect(planCaps(plan, { ...basis, remainingMs: 40_000 })).toBe('budget');
    const usual = { profile: plan.profile, verifies: false, cold: false };
    expect(noCaps(usual)).toBeUndefined();
    expect(noCaps({ ...usual, profile: planOf(['network', 'ring']).profile })).toBe('media');
    expect(noCaps({ ...usual, verifies: true })).toBe('verifies');
  });
});
