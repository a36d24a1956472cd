// Everything that a run's records say, computed from them alone: the same live and offline.

import { analyse } from '../analysis/verdict/analyse.ts';
import { poorStubs, type SliceLatency } from '../analysis/revise/calibration.ts';
import type { PoorStub } from '../analysis/verdict/verdict.ts';
import { neighboursFindings } from '../analysis/neighbours/decide.ts';
import type { NeighboursFindings } from '../analysis/neighbours/findings.ts';
import type { LoadFacts } from '../analysis/revise/outside.ts';
import { capsFindings } from '../analysis/caps/engine.ts';
import type { CapsFindings } from '../analysis/caps/limit.ts';
import { type Revised, revise } from '../analysis/revise/revise.ts';
import { type Settle, settleOf } from '../analysis/settle/settle.ts';
import { whatCounts } from './counted.ts';
import { credibleRates } from './credible-rates.ts';
import { mean } from '../lib/numbers.ts';
import { judged } from './judge.ts';
import { loadFactsOf } from './load-facts.ts';
import { servedGuests, without } from './open-loop.ts';
import { countedSlices } from './quality.ts';
import { endOf, type RunRecords } from '../records/run-records.ts';
import type { SliceRecord } from '../records/slice.ts';
import { baselineOf, latencyOf } from './baseline.ts';
import { twinOf, type TwinFindings } from './twin.ts';

export interface Findings extends Revised {
  readonly load: LoadFacts;
  readonly poorStubs: readonly PoorStub[];
  /** Left out: there was no such part of the run. */
  readonly settle?: Settle;
  readonly caps?: CapsFindings;
  readonly neighbours?: NeighboursFindings;
  /** Where the stack is a twin of the host's own. */
  readonly twin?: TwinFindings;
}

export function findingsOf({ plan, meta, slices, rechecked, pilot, caps, neighbours, hostSide }: RunRecords): Findings {
  const { design } = plan;
  const told = whatCounts(plan, slices);
  const served = servedGuests(told.slices, plan.profile);
  const load = loadFactsOf(told.slices, plan);
  const counted = countedSlices(told.slices);
  const poor = poorStubs(design, counted.flatMap(latencyIn));
  const revised = revise(analyse(told.design, told.observations), design, {
    load,
    rechecked: without(countedSlices(judged(rechecked, plan.profile)), served),
    poorStubs: poor,
    cutShort: endOf(meta)?.why,
  });
  const deployed = mean(baselineOf(counted).map(({ goodput }) => goodput));
  const limits = caps && credibleRates(capsFindings(caps.design, caps.observations), deployed);
  const cap = limits?.stack.kind === 'cap' ? limits.stack.size.estimate : undefined;
  const headroom = revised.analysis.arms.find(({ stubbed }) => stubbed.length === design.layers.length)?.lift?.estimate;
  return {
    ...revised,
    load,
    poorStubs: poor,
    ...(pilot ? { settle: settleOf(pilot.legs) } : {}),
    ...(limits ? { caps: limits } : {}),
    ...(neighbours ? { neighbours: neighboursFindings(neighbours.design, neighbours.observations) } : {}),
    ...(hostSide ? { twin: twinOf(hostSide, { slices: counted, cap, headroom }) } : {}),
  };
}

/** Nothing where the junctions gave no figures. */
function latencyIn(slice: SliceRecord): readonly SliceLatency[] {
  const { layers } = latencyOf([slice]);
  const throughNs = layers.at(-1)?.throughNs;
  const ownNs = Object.fromEntries(layers.map(({ layer, ownNs: own }) => [layer, own]));
  return throughNs === undefined ? [] : [{ arm: slice.arm, ownNs, throughNs }];
}
