import { describe, expect, it } from 'vitest';
import { lateSettling, settlingCaveats } from '../../../agent/findings/settling.ts';
import { runCaveatWords } from '../../../agent/report/words/run-caveat.ts';
import { remembering, seeds, transient } from '../../support/transient.ts';

function slice(tauMs: number, seed: number) {
  const completions = transient({ tauMs, from: 400, to: 1000, cv: 0.03, seed, spanMs: 3600 });
  return { settling: { measuredFromMs: 510, atMs: [...completions.atMs], ios: [...completions.ios] } };
}
const slices = (count: number, tauMs: number) => Array.from({ length: count }, (_, seed) => slice(tauMs, seed));

describe('a slice', () => {
  it('that still settled while it was measured says since when and until when', () => {
    const late = lateSettling(slice(800, 1).settling);
    expect(late?.measuredFromMs).toBe(510);
    expect(late?.untilMs).toBeGreaterThan(1000);
    expect(late?.untilMs).toBeLessThan(2000);
  });

  it('that had settled, or was not watched, says nothing', () => {
    expect(lateSettling(slice(100, 1).settling)).toBeUndefined();
    expect(lateSettling(undefined)).toBeUndefined();
  });
});

describe('a run', () => {
  it('is doubted where more than one slice of five still settled, of those that were watched', () => {
    const run = [...slices(6, 800), ...slices(20, 100), {}, {}];
    expect(settlingCaveats(run).map(runCaveatWords)).toEqual([
      expect.stringMatching(/in 6 of 26 slices .*set `settle`/),
    ]);
    expect(settlingCaveats([...slices(4, 800), ...slices(20, 100)])).toEqual([]);
    expect(settlingCaveats(slices(1, 800))).toEqual([]);
  });

  it('is doubted in fewer than one of twenty where goodput only wanders, with bins that correlate up to 0.9', () => {
    const wandering = (seed: number) => {
      const given = { tauMs: 1, from: 1000, to: 1000, cv: 0.005, wander: remembering(0.9, 0.1) };
      const { atMs, ios } = transient({ ...given, seed, spanMs: 3600 });
      return { settling: { measuredFromMs: 510, atMs: [...atMs], ios: [...ios] } };
    };
    const doubted = seeds(60).filter(
      (run) => settlingCaveats(seeds(14).map((slice) => wandering(100 * run + slice))).length > 0,
    );
    expect(doubted.length).toBeLessThanOrEqual(3);
  });
});
