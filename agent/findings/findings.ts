// Everything that a run's records say, computed from them alone: the same live and offline.

import { analyse, type Analysis } from '../analysis/verdict/analyse.ts';
import { type PoorStub, poorStubs, type SliceLatency, withCalibration } from '../analysis/revise/calibration.ts';
import { interferenceFindings } from '../analysis/neighbours/decide.ts';
import type { InterferenceFindings } from '../analysis/neighbours/findings.ts';
import { type LoadFacts, withOutside } from '../analysis/revise/outside.ts';
import { probeFindings } from '../analysis/caps/engine.ts';
import type { ProbeFindings } from '../analysis/caps/limit.ts';
import { type Recheck, recheckOf, withRecheck } from '../analysis/revise/recheck.ts';
import { type Settle, settleOf } from '../analysis/settle/settle.ts';
import { whatCounts } from './counted.ts';
import { judged } from './judge.ts';
import { loadFactsOf } from './load-facts.ts';
import { countedSlices } from './quality.ts';
import type { CutShort } from '../records/phase.ts';
import { endOf, type RunRecords } from '../records/run-records.ts';
import type { SliceRecord } from '../records/slice.ts';
import { latencyOf } from './baseline.ts';

export interface Reading {
  /** Of the slices that count, beside what all of them say of the CPUs, the stubs and the end of the run. */
  readonly analysis: Analysis;
  readonly load: LoadFacts;
  readonly poorStubs: readonly PoorStub[];
  /** Left out: there was no such part of the run. */
  readonly recheck?: Recheck;
  readonly settle?: Settle;
  readonly caps?: ProbeFindings;
  readonly interference?: InterferenceFindings;
}

export function readingOf({ plan, meta, slices, rechecked, pilot, caps, neighbours }: RunRecords): Reading {
  const { design } = plan;
  const told = whatCounts(plan, slices);
  const load = loadFactsOf(told.slices, plan);
  const counted = countedSlices(told.slices);
  const first = withOutside(analyse(told.design, told.observations), design.layers, load);
  const recheck = recheckOf(first, design.layers, countedSlices(judged(rechecked, plan.profile)));
  const poor = poorStubs(design, counted.flatMap(latencyIn));
  return {
    analysis: withEnd(withCalibration(withRecheck(first, recheck), design, poor), endOf(meta)),
    load,
    poorStubs: poor,
    ...(recheck ? { recheck } : {}),
    ...(pilot ? { settle: settleOf(pilot.legs) } : {}),
    ...(caps ? { caps: probeFindings(caps.design, caps.observations) } : {}),
    ...(neighbours ? { interference: interferenceFindings(neighbours.design, neighbours.observations) } : {}),
  };
}

/** Where the run was cut short before its verdict, that is why there is none. */
function withEnd(analysis: Analysis, end: Pick<CutShort, 'why'> | undefined): Analysis {
  const { decided, verdict } = analysis;
  if (decided || !end || verdict.kind !== 'inconclusive') return analysis;
  return { ...analysis, verdict: { ...verdict, why: `the run was cut short: ${end.why}` } };
}

/** Nothing where the junctions gave no figures. */
function latencyIn(slice: SliceRecord): readonly SliceLatency[] {
  const { layers } = latencyOf([slice]);
  const throughNs = layers.at(-1)?.throughNs;
  const ownNs = Object.fromEntries(layers.map(({ layer, ownNs: own }) => [layer, own]));
  return throughNs === undefined ? [] : [{ arm: slice.arm, ownNs, throughNs }];
}
