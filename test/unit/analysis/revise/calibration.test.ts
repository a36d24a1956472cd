import { inconclusiveWords } from '../../../../agent/report/words/inconclusive.ts';
import { describe, expect, it } from 'vitest';
import { analyse, type Analysis } from '../../../../agent/analysis/verdict/analyse.ts';
import {
  calibrationCaveats,
  poorStubs,
  type SliceLatency,
  withCalibration,
} from '../../../../agent/analysis/revise/calibration.ts';
import { defaultDesign } from '../../../../agent/analysis/verdict/design.ts';
import type { Verdict } from '../../../../agent/analysis/verdict/verdict.ts';
import type { Layer } from '../../../../agent/lib/layer.ts';

const layers: readonly Layer[] = ['media', 'network', 'ring'];
const design = defaultDesign(layers);

/** Milliseconds in each layer, two slices of each arm that differ by 2 %. */
function slices(deployed: Readonly<Record<string, number>>, stub: Readonly<Record<string, number>>) {
  return ['baseline', ...layers.map((layer) => `stub-${layer}`)].flatMap((arm) =>
    [0.99, 1.01].map((wobble): SliceLatency => {
      const own = layers.map((layer) => wobble * 1e6 * ((arm === `stub-${layer}` ? stub : deployed)[layer] ?? 0));
      return {
        ...{ arm, throughNs: own.reduce((a, b) => a + b, 0) },
        ownNs: Object.fromEntries(layers.map((layer, i) => [layer, own[i] ?? 0])),
      };
    }),
  );
}

function ended(verdict: Verdict): Analysis {
  return { ...analyse(design, []), decided: true, verdict };
}

const none = ended({ kind: 'none', bound: 1.03, delta: 1.05, widened: false, covers: [[...layers]], untested: [] });
const lever = ended({ kind: 'lever', layer: 'media', lift: { estimate: 2, low: 1.9, high: 2.1 } });
const fine = { media: 10, network: 5, ring: 0.1 };

describe('a stub', () => {
  it('is good when it takes less time than what it replaces, or hardly more', () => {
    expect(poorStubs(design, slices(fine, { media: 0.1, network: 0.2, ring: 0.3 }))).toEqual([]);
  });

  it('is poor when it takes longer by a part of the whole way that matters', () => {
    const found = poorStubs(design, slices(fine, { media: 0.1, network: 8, ring: 0.1 }));
    expect(found).toMatchObject([{ layer: 'network' }]);
    expect(found[0]?.share).toBeCloseTo(5 / 15.1, 2);
  });

  it('is not judged by noise, nor by one slice', () => {
    const noisy = slices(fine, { media: 0.1, network: 6.2, ring: 0.1 }).map((slice, i) => ({
      ...slice,
      ownNs: { ...slice.ownNs, network: (slice.ownNs.network ?? 0) * (i % 2 ? 0.7 : 1.3) },
    }));
    expect(poorStubs(design, noisy)).toEqual([]);
    expect(
      poorStubs(
        design,
        slices(fine, { network: 50 }).filter((_, i) => i % 2 === 0),
      ),
    ).toEqual([]);
  });
});

describe('a stub that costs only once the others are gone', () => {
  /** As deployed nothing shows; with all others stubbed an I/O takes `stub` ms in the network's stub, 5 in what it replaces. */
  const atFullRate = (stub: number, deployedSlices = 1): readonly SliceLatency[] => [
    ...slices(fine, { media: 0.1, network: 0.1, ring: 0.1 }),
    ...[0.99, 1.01, 1].map((wobble) => ({
      arm: 'all-stub',
      ownNs: { network: wobble * stub * 1e6 },
      throughNs: stub * 1e6,
    })),
    ...Array.from({ length: deployedSlices }, () => ({
      arm: 'only-network',
      ownNs: { network: 5e6 },
      throughNs: 5.2e6,
    })),
  ];

  it('is poor, from one slice of what it replaces on', () => {
    expect(poorStubs(design, atFullRate(8))).toMatchObject([{ layer: 'network', onceAlone: true }]);
    expect(poorStubs(design, atFullRate(4))).toEqual([]);
    expect(poorStubs(design, atFullRate(8, 0))).toEqual([]);
  });

  it('withholds none, and says under which load it was seen', () => {
    const { verdict } = withCalibration(none, design, poorStubs(design, atFullRate(8)));
    expect(verdict).toMatchObject({ kind: 'inconclusive', poorStubs: ['network'] });
    expect(verdict.kind === 'inconclusive' && inconclusiveWords(verdict.why)).toContain(
      'with all others stubbed, the stub of network takes 8.0 ms for each I/O, what it replaces 5.0 ms',
    );
  });
});

describe('a verdict beside a poor stub', () => {
  const poorNetwork = poorStubs(design, slices(fine, { media: 0.1, network: 8, ring: 0.1 }));
  const poorRing = poorStubs(design, slices(fine, { media: 0.1, network: 0.1, ring: 5 }));

  it('is withheld where it is none, and says which stub and by how much', () => {
    const { verdict } = withCalibration(none, design, poorRing);
    expect(verdict).toMatchObject({ kind: 'inconclusive', poorStubs: ['ring'], proven: [] });
    expect(verdict.kind === 'inconclusive' && inconclusiveWords(verdict.why)).toContain(
      'the stub of ring takes 5.0 ms for each I/O',
    );
  });

  it('is withheld where the layer takes enough time to be the better lever', () => {
    const { verdict } = withCalibration(lever, design, poorNetwork);
    expect(verdict).toMatchObject({ kind: 'inconclusive', poorStubs: ['network'], proven: ['media'] });
  });

  it('stays, with a caveat, where the layer takes too little time to matter', () => {
    expect(withCalibration(lever, design, poorRing)).toBe(lever);
    expect(calibrationCaveats(lever, poorRing)).toHaveLength(1);
    expect(calibrationCaveats(withCalibration(none, design, poorRing), poorRing)).toEqual([]);
  });
});
