// The promise of the check at the end, over noises that a host may have: a lift that is gone does not pass.

import { describe, expect, it } from 'vitest';
import { type CheckCase, simulateCheck } from '../../support/recheck-simulator.ts';

const seeds = 400;
const cvs = [0.02, 0.05, 0.1, 0.2];
const lifts = [1.1, 1.2, 1.5, 2, 4];
const noises = ['iid', 'heavy', 'correlated', 'drift', 'noisier', 'one-noisier'] as const;
/** One standard error of a rate of 5 % over so many runs: the rates lie below it. */
const slack = Math.sqrt((0.05 * 0.95) / seeds);

function shares(one: Omit<CheckCase, 'seed'>): { holds: number; gone: number } {
  const all = Array.from({ length: seeds }, (_, i) => simulateCheck({ ...one, seed: 7000 + i }));
  // "Still does it" never stands beside a bound below "no change".
  expect(all.filter(({ outcome, low }) => outcome === 'holds' && low <= 1)).toEqual([]);
  const share = (sought: string): number => all.filter(({ outcome }) => outcome === sought).length / seeds;
  return { holds: share('holds'), gone: share('gone') };
}

describe.each(noises)('of slices whose noise is %s', (noise) => {
  const rows = cvs.flatMap((cv) => lifts.map((lift) => ({ cv, lift, noise, mostPairs: 8 })));

  it.each([
    ['a lift that is gone is said to be still there', 0, 'holds'],
    ['a lift that is unchanged is taken back', 1, 'gone'],
    ['a lift of which half is gone simply passes', 0.5, 'holds'],
  ] as const)('%s (%s) in 5 %% of runs at most', (_, left, wrong) => {
    const wrongs = rows.map((row) => shares({ ...row, left })[wrong]);
    wrongs.forEach((share, i) => expect(share, JSON.stringify(rows[i])).toBeLessThanOrEqual(0.05 + slack));
  });
});

it.each([
  { lift: 1.2, cv: 0.02 },
  { lift: 1.5, cv: 0.05 },
  { lift: 2, cv: 0.05 },
  { lift: 4, cv: 0.1 },
])('of usual noise ($cv) a lift of $lift is told from one that is gone in nine of ten checks', ({ lift, cv }) => {
  const one = { lift, cv, noise: 'iid', mostPairs: 8 } as const;
  expect(shares({ ...one, left: 1 }).holds).toBeGreaterThan(0.9);
  expect(shares({ ...one, left: 0 }).gone).toBeGreaterThan(0.9);
});
