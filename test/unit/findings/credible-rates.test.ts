// A rate that is claimed must let through what passed as deployed.

import { describe, expect, it } from 'vitest';
import type { CapsFindings, Limit } from '../../../agent/analysis/caps/limit.ts';
import { credibleRates } from '../../../agent/findings/credible-rates.ts';

const rate = (low: number, high: number): Limit => ({
  kind: 'rate',
  perSecond: { estimate: (low + high) / 2, low, high },
  load: 0,
  delay: 0,
});
const found = (limit: Limit): CapsFindings => ({
  ...{ delayNs: 250e6, offered: 256, stack: limit, points: 60 },
  layers: [
    { layer: 'media', limit: { kind: 'latency', addedNs: 5e6 } },
    { layer: 'ring', limit },
  ],
});

describe('a rate that the search for caps claims', () => {
  it('is unknown where more passed as deployed', () => {
    const unknown = { kind: 'unclear', why: { kind: 'below-deployed', perSecond: 19.5, deployed: 160 } };
    const { stack, layers } = credibleRates(found(rate(18, 21)), 160);
    expect(stack).toEqual(unknown);
    expect(layers).toEqual([
      { layer: 'media', limit: { kind: 'latency', addedNs: 5e6 } },
      { layer: 'ring', limit: unknown },
    ]);
  });

  it.each([
    ['more than passed as deployed', 200, 220],
    ['about what passed as deployed', 140, 150],
  ])('stands where it is %s', (_, low, high) => {
    expect(credibleRates(found(rate(low, high)), 160)).toEqual(found(rate(low, high)));
  });

  it('stands where nothing was counted as deployed', () => {
    expect(credibleRates(found(rate(18, 21)), NaN)).toEqual(found(rate(18, 21)));
  });
});
