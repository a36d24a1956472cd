// How often the procedure should be right and wrong and how long it should take, from an independent simulation of it: 1000
// runs a cell on a drifting host, 2000 for the claims of a lift where there is none.

import { rates, type Rates } from './simulator.ts';
import type { NoiseName } from './simulator-noise.ts';
import type { ScenarioName } from './simulator-scenarios.ts';

/** Coefficients of variation of a slice, in the order of the cells of a row. */
export const cvs = [0.02, 0.05, 0.1, 0.2] as const;

export type Cell = readonly [correctPercent: number, wrongPercent: number, meanSlices: number];
type Row = readonly [Cell, Cell, Cell, Cell];

const anyBig: Row = [
  [100, 0, 14],
  [100, 0, 14],
  [100, 0, 14],
  [100, 0, 16],
];

// prettier-ignore
const drifting = {
  none: [[100, 0.1, 37], [96, 0.2, 67], [60, 0.1, 113], [20, 0.6, 136]],
  hurts_none: [[100, 0, 18], [100, 0, 22], [97, 0.1, 41], [84, 0.2, 73]],
  aa_small3: [[67, 1, 109], [35, 0.8, 129], [13, 0.5, 139], [6, 0.7, 144]],
  edge6: [[78, 0.8, 107], [27, 1.2, 137], [2, 1, 146], [0, 3.3, 144]],
  media_big: anyBig,
  network_big: anyBig,
  blockstack_big: anyBig,
  ring_big: anyBig,
  stub_hurts: anyBig,
  lat_60_40: [[100, 0, 14], [100, 0, 14], [100, 0, 16], [100, 0, 26]],
  cap_lat: [[100, 0, 15], [100, 0, 17], [100, 0, 23], [100, 0.1, 47]],
  net_25: [[100, 0, 16], [100, 0, 21], [100, 0, 36], [94, 0, 92]],
  lat_tie: [[100, 0, 20], [100, 0, 27], [100, 0, 50], [82, 0, 123]],
  net_10: [[100, 0, 25], [100, 0, 26], [100, 0, 34], [96, 0, 76]],
  lever15: [[100, 0, 24], [100, 0, 24], [100, 0, 26], [100, 0.1, 40]],
  mask_pair: [[100, 0, 24], [100, 0, 24], [100, 0, 30], [100, 0.1, 61]],
  mask_near: [[100, 0, 24], [100, 0.1, 25], [100, 0.1, 31], [99, 0.3, 62]],
  mask_trip: [[100, 0, 21], [100, 0.1, 21], [100, 0, 28], [100, 0.1, 58]],
  mask_quad: [[100, 0, 21], [100, 0, 21], [100, 0, 28], [100, 0.2, 54]],
  mask_hurts: [[100, 0, 24], [100, 0.1, 25], [100, 0.1, 28], [100, 0.1, 54]],
  mask_small: [[100, 0.1, 43], [100, 0, 70], [55, 0, 138], [0, 0.3, 147]],
  mask_ebs: [[100, 0, 37], [100, 0, 56], [77, 0, 112], [12, 0, 145]],
} as const satisfies Partial<Record<ScenarioName, Row>>;

/** The same on a host with dips and noisy media, where it is known. */
// prettier-ignore
const dirty: Partial<Record<ScenarioName, Row>> = {
  mask_pair: [[99, 1.2, 31], [99, 0.7, 32], [100, 0.2, 39], [99, 0.2, 64]],
};

/** "None" comes later than there where a stub slows: the ceiling without it has to be bounded too, which is on purpose. */
export const deviating: readonly ScenarioName[] = ['hurts_none'];

/**
 * Slices that come on top of those expected. Before "none", each arm with all stubs but one is measured once, among slices of
 * more arms, which drift further apart. Of a set with a layer that lifts by itself it must be proven that all of it saves more.
 */
const moreSlices: Partial<Record<ScenarioName, number>> = { none: 8, lever15: 4 };

/** Where no layer limits, a lift is claimed in at most so many per cent of runs, whatever the noise. */
export const mostFalseLifts = 1.1;

/** The expected cell, where there is one. */
export function expectedCell(scenario: ScenarioName, noise: NoiseName, cv: (typeof cvs)[number]): Cell | undefined {
  const rows: Partial<Record<ScenarioName, Row>> = noise === 'drifting' ? drifting : noise === 'dirty' ? dirty : {};
  return rows[scenario]?.[cvs.indexOf(cv)];
}

/** Runs behind each expected share. */
const expectedRuns = 1000;

/**
 * How far a share (per cent) of `seeds` runs may be beyond the expected one: three standard errors of the difference of two
 * samples with the pooled share, as the expected one has its own chance as well, and one run more.
 */
export function slack(found: number, expected: number, seeds: number): number {
  const share = (found * seeds + expected * expectedRuns) / (100 * (seeds + expectedRuns));
  return 300 * Math.sqrt(share * (1 - share) * (1 / seeds + 1 / expectedRuns)) + 101 / seeds;
}

/** Whether so many wrong verdicts (per cent) are as few as expected. */
export function isAsFew(found: number, expected: number, seeds: number): boolean {
  return found <= expected + slack(found, expected, seeds);
}

export interface Comparison {
  readonly found: Rates;
  readonly correct: boolean;
  readonly wrong: boolean;
  readonly slices: boolean;
}

/** Runs a cell and holds it against `expected`: better than expected is within. */
export function compare(
  cell: { readonly scenario: ScenarioName; readonly noise: NoiseName; readonly cv: number; readonly seeds: number },
  [correct, wrong, slices]: Cell,
): Comparison {
  const found = rates(cell);
  return {
    found,
    // What is not right is counted like what is wrong.
    correct: isAsFew(Math.max(0, 100 * (1 - found.correct - found.tolerated)), 100 - correct, cell.seeds),
    wrong: isAsFew(100 * found.wrong, wrong, cell.seeds),
    slices: found.meanSlices <= 1.3 * slices + (moreSlices[cell.scenario] ?? 0),
  };
}
