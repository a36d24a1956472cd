// From what the records of a run say to its report.

import { caveatsOf } from '../../findings/caveats.ts';
import { whatCounts } from '../../findings/counted.ts';
import { gainOf, outcomeOf } from '../../findings/gain.ts';
import { judged } from '../../findings/judge.ts';
import { othersUse } from '../../findings/others.ts';
import { countedSlices } from '../../findings/quality.ts';
import { ringDaemonOf } from '../../findings/ring-daemon.ts';
import { endOf, type RunRecords } from '../../records/run-records.ts';
import type { Plan } from '../../plan/plan.ts';
import { workloadOf } from '../../profile/profile.ts';
import { buildDocument, type ReportDocument } from './document.ts';
import type { Findings } from '../../findings/findings.ts';

/** `folder`: as a user would name it. */
export function documentOf(records: RunRecords, findings: Findings, folder: string): ReportDocument {
  const { plan, meta, slices, caps, neighbours: guests } = records;
  const rechecked = judged(records.rechecked, plan.profile);
  const { analysis, recheck, settle, neighbours } = findings;
  const end = endOf(meta);
  const told = whatCounts(plan, slices).slices;
  const counted = countedSlices(told);
  const others = othersUse(slices, meta.host);
  const ringDaemon = ringDaemonOf(counted);
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
    caveats: caveatsOf(records, findings),
    exit: end?.exit ?? (isAnswered(plan, findings) ? 'ok' : 'inconclusive'),
    ...(end ? { cutShort: { phase: end.phase ?? null, why: end.why, by: end.by ?? null } } : {}),
    folder,
    series: {
      ...{ slices: plan.aims.verdict || plan.turn ? told : [], rechecked },
      ...(caps ? { caps: { delayNs: caps.design.delayNs, points: caps.observations } } : {}),
      ...(guests ? { neighbours: { guests: guests.design.guests, observations: guests.observations } } : {}),
    },
    ...(ringDaemon ? { ringDaemon } : {}),
    ...(findings.twin ? { twin: findings.twin } : {}),
    ...(meta.labels ? { labels: meta.labels } : {}),
    ...(settle ? { pilot: settle } : {}),
    ...(caps && findings.caps
      ? {
          caps: {
            findings: findings.caps,
            knobs: caps.knobs,
            guests: caps.design.guests,
            depths: caps.depths ?? depthsIn(plan),
            profile: plan.profile,
          },
        }
      : {}),
    ...(recheck ? { recheck: { ...recheck, slices: countedSlices(rechecked) } } : {}),
    ...(neighbours ? { neighbours } : {}),
  });
}

/** I/Os in flight that each guest asks for, of a version that did not record it; undefined where a job file says so. */
export function depthsIn({ profile }: Plan): readonly number[] | undefined {
  const depths = profile.guests.map(({ iodepth }, i) => {
    const workload = workloadOf(profile, i + 1);
    return iodepth ?? ('iodepth' in workload ? workload.iodepth : NaN);
  });
  // A plan that was read back is not decoded that far.
  return depths.length > 0 && depths.every((depth) => Number.isSafeInteger(depth) && depth > 0) ? depths : undefined;
}

/** Whether the run has found what it was asked for first. */
function isAnswered(plan: Plan, { analysis, caps, twin }: Findings): boolean {
  const { aims, turn } = plan;
  if (turn) return outcomeOf(turn.predicted, gainOf(analysis.arms, plan), Math.exp(plan.design.delta)) !== 'unknown';
  // It was asked about the host, and this is another stack.
  if (twin?.travels === 'no') return false;
  if (aims.verdict) return analysis.verdict.kind !== 'inconclusive';
  if (!caps) return false;
  return caps.stack.kind !== 'unclear' || caps.layers.some(({ limit }) => limit.kind === 'cap');
}
