// From the records of a run to its report: the same way live and offline.

import { analyse, type Analysis } from '../analysis/analyse.ts';
import {
  calibrationCaveats,
  type PoorStub,
  poorStubs,
  type SliceLatency,
  withCalibration,
} from '../analysis/calibration.ts';
import { interferenceFindings } from '../analysis/interference/decide.ts';
import { type LoadFacts, outsideCaveats, withOutside } from '../analysis/outside.ts';
import { type Recheck, recheckOf, withRecheck } from '../analysis/recheck.ts';
import { probeFindings } from '../analysis/probe/engine.ts';
import { namedIn } from '../analysis/verdict.ts';
import type { CapsRecord } from '../experiment/probe-record.ts';
import { settleOf } from '../analysis/settle/settle.ts';
import { checkCaveats } from '../experiment/check.ts';
import { loadFactsOf } from '../experiment/load-facts.ts';
import { countedSlices } from '../experiment/quality.ts';
import type { RunRecords } from '../experiment/read-folder.ts';
import type { SliceRecord } from '../experiment/record.ts';
import { settlingRunCaveats } from '../experiment/settling.ts';
import type { Plan } from '../plan/plan.ts';
import { latencyOf } from '../report/baseline.ts';
import { buildDocument, type ReportDocument, type ReportInput } from '../report/document.ts';

/** All that a run's folder says, computed again; what the run did not measure is left out. */
export function findingsOf(records: RunRecords) {
  const { plan, pilot, caps, neighbours } = records;
  const { analysis, recheck } = readingOf(records);
  return {
    // Where no verdict was asked for, too few slices for one are no finding.
    analysis: plan.aims.verdict ? analysis : { ...analysis, verdict: { kind: 'not-asked' as const } },
    ...(recheck ? { recheck } : {}),
    ...(pilot ? { settle: settleOf(pilot.legs) } : {}),
    ...(caps ? { caps: capsInput(caps).findings } : {}),
    ...(neighbours ? { interference: interferenceFindings(neighbours.design, neighbours.observations) } : {}),
  };
}

type Measured = Pick<RunRecords, 'plan' | 'slices' | 'rechecked'>;

export interface Reading {
  readonly facts: LoadFacts;
  readonly analysis: Analysis;
  readonly recheck: Recheck | undefined;
  readonly poor: readonly PoorStub[];
}

/** The analysis of the slices that count, beside what all of them say of the CPUs, the stubs and the end of the run. */
export function readingOf({ plan, slices, rechecked }: Measured): Reading {
  const { design } = plan;
  const facts = loadFactsOf(slices, plan);
  const first = withOutside(analyse(design, countedSlices(slices)), design.layers, facts);
  const recheck = recheckOf(first, design.layers, countedSlices(rechecked));
  const poor = poorStubs(design, countedSlices(slices).flatMap(latencyIn));
  return { facts, recheck, poor, analysis: withCalibration(withRecheck(first, recheck), design, poor) };
}

export function documentOf(records: RunRecords, reading: Reading, folder: string): ReportDocument {
  const { plan, meta, slices, pilot, rechecked, caps, neighbours } = records;
  const { facts, analysis, recheck, poor } = reading;
  const findings = caps && capsInput(caps);
  return buildDocument({
    run: meta.run,
    version: meta.tool,
    startedAt: meta.startedAt,
    endedAt: meta.endedAt ?? slices.at(-1)?.startedAt ?? meta.startedAt,
    plan,
    host: meta.host,
    slices: countedSlices(slices),
    analysis,
    caveats: [
      ...meta.caveats,
      ...outsideCaveats(analysis, plan.design.layers, facts),
      ...recheckCaveats(analysis, rechecked, recheck),
      ...calibrationCaveats(analysis, poor),
      ...settlingRunCaveats(countedSlices(slices)),
      ...checkCaveats(analysis, countedSlices(slices), plan.design.delta),
    ],
    exit: isAnswered(plan, analysis, findings) ? 'ok' : 'inconclusive',
    folder,
    ...(pilot ? { pilot: settleOf(pilot.legs) } : {}),
    ...(findings ? { caps: findings } : {}),
    ...(recheck ? { recheck: { ...recheck, slices: countedSlices(rechecked) } } : {}),
    ...(neighbours ? { interference: interferenceFindings(neighbours.design, neighbours.observations) } : {}),
  });
}

/** A check that was made and says nothing must not be taken for one that was passed. */
function recheckCaveats(
  { verdict }: Analysis,
  rechecked: readonly SliceRecord[],
  recheck: Recheck | undefined,
): readonly string[] {
  if (rechecked.length === 0 || recheck || namedIn(verdict).length === 0) return [];
  const reasons = [...new Set(rechecked.map(({ voided }) => voided ?? 'no I/O completed'))];
  return [`the check at the end says nothing, as its slices were void: ${reasons.join('; ')}`];
}

/** Nothing where the junctions gave no figures. */
function latencyIn(slice: SliceRecord): readonly SliceLatency[] {
  const { layers } = latencyOf([slice]);
  const throughNs = layers.at(-1)?.throughNs;
  const ownNs = Object.fromEntries(layers.map(({ layer, ownNs: own }) => [layer, own]));
  return throughNs === undefined ? [] : [{ arm: slice.arm, ownNs, throughNs }];
}

/** Whether the run has found what it was asked for first. */
function isAnswered({ aims }: Plan, { verdict }: Analysis, caps: ReportInput['caps']): boolean {
  if (aims.verdict) return verdict.kind !== 'inconclusive';
  if (!caps) return false;
  const { stack, layers } = caps.findings;
  return stack.kind !== 'unclear' || layers.some(({ limit }) => limit.kind === 'cap');
}

function capsInput({ design, observations, knobs }: CapsRecord): NonNullable<ReportInput['caps']> {
  return { findings: probeFindings(design, observations), knobs, guests: design.guests };
}
