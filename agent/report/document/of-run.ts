// From what the records of a run say to its report.

import type { Analysis } from '../../analysis/verdict/analyse.ts';
import { calibrationCaveats } from '../../analysis/revise/calibration.ts';
import { outsideCaveats } from '../../analysis/revise/outside.ts';
import type { Recheck } from '../../analysis/revise/recheck.ts';
import { namedIn } from '../../analysis/verdict/verdict.ts';
import { checkCaveats } from '../../findings/second-opinions.ts';
import { whatCounts } from '../../findings/counted.ts';
import { judged } from '../../findings/judge.ts';
import { othersCaveats, othersUse } from '../../findings/others.ts';
import { countedSlices, voidedWithoutIo } from '../../findings/quality.ts';
import { endOf, type RunRecords } from '../../records/run-records.ts';
import type { SliceRecord } from '../../records/slice.ts';
import { settlingRunCaveats } from '../../findings/settling.ts';
import { oneOfEachKind } from '../../lib/fault.ts';
import type { Plan } from '../../plan/plan.ts';
import { faultWords, voidSlicesWords } from '../words/fault.ts';
import { runCaveatWords } from '../words/run-caveat.ts';
import { renderLift, renderNumber } from '../words/figures.ts';
import { buildDocument, type ReportDocument } from './document.ts';
import type { Findings } from '../../findings/findings.ts';

/** `folder`: as a user would name it. */
export function documentOf(records: RunRecords, findings: Findings, folder: string): ReportDocument {
  const { plan, meta, slices, caps } = records;
  const rechecked = judged(records.rechecked, plan.profile);
  const { analysis, load, poorStubs, recheck, settle, interference } = findings;
  const end = endOf(meta);
  const counted = countedSlices(whatCounts(plan, slices).slices);
  const others = othersUse(slices, meta.host);
  return buildDocument({
    run: meta.run,
    version: meta.tool,
    startedAt: meta.startedAt,
    endedAt: meta.endedAt ?? slices.at(-1)?.startedAt ?? meta.startedAt,
    plan,
    host: meta.host,
    ...(others ? { others } : {}),
    slices: counted,
    analysis,
    caveats: [
      ...meta.caveats.map(runCaveatWords),
      ...othersCaveats(others),
      ...(load.void.count > 0 ? [`${voidSlicesWords(load.void)}; they do not count`] : []),
      ...outsideCaveats(analysis, plan.design.layers, load),
      ...recheckCaveats(analysis, rechecked, recheck),
      ...calibrationCaveats(analysis, poorStubs),
      ...settlingRunCaveats(counted),
      ...checkCaveats(analysis, counted, plan.design.delta),
    ],
    exit: end?.exit ?? (isAnswered(plan, findings) ? 'ok' : 'inconclusive'),
    ...(end ? { cutShort: { phase: end.phase ?? null, why: end.why, by: end.by ?? null } } : {}),
    folder,
    ...(meta.labels ? { labels: meta.labels } : {}),
    ...(settle ? { pilot: settle } : {}),
    ...(caps && findings.caps
      ? {
          caps: {
            findings: findings.caps,
            knobs: caps.knobs,
            guests: caps.design.guests,
            depths: caps.depths ?? depthsIn(plan),
          },
        }
      : {}),
    ...(recheck ? { recheck: { ...recheck, slices: countedSlices(rechecked) } } : {}),
    ...(interference ? { interference } : {}),
  });
}

/** I/Os in flight that each guest asks for, of a version that did not record it; undefined where a job file says so. */
function depthsIn({ profile: { workload, guests } }: Plan): readonly number[] | undefined {
  const depths = 'iodepth' in workload ? guests.map((guest) => guest.iodepth ?? workload.iodepth) : [];
  // A plan that was read back is not decoded that far.
  return depths.length > 0 && depths.every((depth) => Number.isSafeInteger(depth) && depth > 0) ? depths : undefined;
}

/** Whether the run has found what it was asked for first. */
function isAnswered({ aims }: Plan, { analysis, caps }: Findings): boolean {
  if (aims.verdict) return analysis.verdict.kind !== 'inconclusive';
  if (!caps) return false;
  return caps.stack.kind !== 'unclear' || caps.layers.some(({ limit }) => limit.kind === 'cap');
}

/** A check that was made and says nothing must not be taken for one that was passed. */
function recheckCaveats(
  { verdict }: Analysis,
  rechecked: readonly SliceRecord[],
  recheck: Recheck | undefined,
): readonly string[] {
  if (rechecked.length === 0 || namedIn(verdict).length === 0) return [];
  if (recheck) {
    const { arm, lift, pairs, outcome } = recheck;
    return outcome === 'unclear'
      ? [
          `the check at the end cannot say at its noise whether the lift is still there: ${arm} now ${renderLift(lift)} over ${renderNumber(pairs, 'pair')} of slices`,
        ]
      : [];
  }
  const reasons = oneOfEachKind(rechecked.flatMap((slice) => voidedWithoutIo(slice) ?? []));
  return [
    reasons.length > 0
      ? `the check at the end says nothing, as its slices were void: ${faultWords(reasons)}`
      : 'the check at the end says nothing, as too few of its slices were measured',
  ];
}
