// The verdict, made once: what the slices prove, revised by all else that is known of the run.
//
// Order of precedence. Each takes what those before it have left, so the first that withholds a verdict gives the reason:
//
// 1. outside: too many void slices, a full CPU, a limit of the guests' own. What did not count proves nothing.
// 2. recheck: the lift is gone at the end of the run. It is asked about the verdict that 1 leaves.
// 3. calibration: the stub is no better than what it replaces, so that "none", or the best of the lifts, is not proven.
// 4. end: the run was cut short, and nothing above nor the slices had decided.
//
// Second opinions (order.ts, robust.ts) cast doubt, and withhold nothing.

import type { Analysis } from '../verdict/analyse.ts';
import type { Design } from '../verdict/design.ts';
import type { Observation } from '../fit/observation.ts';
import type { PoorStub } from '../verdict/verdict.ts';
import { withCalibration } from './calibration.ts';
import { type LoadFacts, withOutside } from './outside.ts';
import { type Recheck, recheckOf, withRecheck } from './recheck.ts';

/** Facts beside the slices that count. */
export interface Evidence {
  readonly load: LoadFacts;
  /** The slices of the check at the end that count; empty where there was none. */
  readonly rechecked: readonly Observation[];
  readonly poorStubs: readonly PoorStub[];
  /** Why the run was cut short, as a sentence without its full stop; undefined: it came to its end. */
  readonly cutShort: string | undefined;
}

export interface Revised {
  readonly analysis: Analysis;
  /** Left out: nothing was named, or the check is too small to say. */
  readonly recheck?: Recheck;
}

/** `fitted`: what the slices alone say. */
export function revise(fitted: Analysis, design: Design, evidence: Evidence): Revised {
  const { load, rechecked, poorStubs, cutShort } = evidence;
  const named = withOutside(fitted, design.layers, load);
  const recheck = recheckOf(named, design.layers, rechecked);
  const analysis = withEnd(withCalibration(withRecheck(named, recheck), design, poorStubs), cutShort);
  return { analysis, ...(recheck ? { recheck } : {}) };
}

/** Where the run was cut short before its verdict, that is why there is none. */
function withEnd(analysis: Analysis, why: string | undefined): Analysis {
  const { decided, verdict } = analysis;
  if (decided || why === undefined || verdict.kind !== 'inconclusive') return analysis;
  return { ...analysis, verdict: { ...verdict, why: { kind: 'cut-short', why } } };
}
