import { describe, expect, it } from 'vitest';
import { settlingCaveats, settlingRunCaveats } from '../../../agent/findings/settling.ts';
import { remembering, seeds, transient } from '../../support/transient.ts';

function slice(tauMs: number, seed: number) {
  const completions = transient({ tauMs, from: 400, to: 1000, cv: 0.03, seed, spanMs: 3600 });
  return { settling: { measuredFromMs: 510, atMs: [...completions.atMs], ios: [...completions.ios] } };
}
const slices = (count: number, tauMs: number) => Array.from({ length: count }, (_, seed) => slice(tauMs, seed));

describe('a slice', () => {
  it('that still settled while it was measured says since when and until when', () => {
    expect(settlingCaveats(slice(800, 1).settling)).toEqual([
      expect.stringMatching(/^goodput was still settling 1\.\d+ s after the switch, and measured from 510 ms on$/),
    ]);
  });

  it('that had settled, or was not watched, says nothing', () => {
    expect(settlingCaveats(slice(100, 1).settling)).toEqual([]);
    expect(settlingCaveats(undefined)).toEqual([]);
  });
});

describe('a run', () => {
  it('is doubted where more than one slice of five still settled, of those that were watched', () => {
    const run = [...slices(6, 800), ...slices(20, 100), {}, {}];
    expect(settlingRunCaveats(run)).toEqual([expect.stringMatching(/in 6 of 26 slices .*set `settle`/)]);
    expect(settlingRunCaveats([...slices(4, 800), ...slices(20, 100)])).toEqual([]);
    expect(settlingRunCaveats(slices(1, 800))).toEqual([]);
  });

  it('is doubted in fewer than one of twenty where goodput only wanders, with bins that correlate up to 0.9', () => {
    const wandering = (seed: number) => {
      const given = { tauMs: 1, from: 1000, to: 1000, cv: 0.005, wander: remembering(0.9, 0.1) };
      const { atMs, ios } = transient({ ...given, seed, spanMs: 3600 });
      return { settling: { measuredFromMs: 510, atMs: [...atMs], ios: [...ios] } };
    };
    const doubted = seeds(60).filter(
      (run) => settlingRunCaveats(seeds(14).map((slice) => wandering(100 * run + slice))).length > 0,
    );
    expect(doubted.length).toBeLessThanOrEqual(3);
  });
});
