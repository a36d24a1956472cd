// From the records of a run to its report: the same way live and offline.

import { analyse, type Analysis } from '../analysis/analyse.ts';
import { interferenceFindings } from '../analysis/interference/decide.ts';
import { type LoadFacts, outsideCaveats, withOutside } from '../analysis/outside.ts';
import { probeFindings } from '../analysis/probe/engine.ts';
import type { CapsRecord } from '../experiment/probe-record.ts';
import { checkCaveats } from '../experiment/check.ts';
import { loadFactsOf } from '../experiment/load-facts.ts';
import { settleIn } from '../experiment/pilot-record.ts';
import { countedSlices } from '../experiment/quality.ts';
import type { RunRecords } from '../experiment/read-folder.ts';
import type { SliceRecord } from '../experiment/record.ts';
import { settlingRunCaveats } from '../experiment/settling.ts';
import type { Plan } from '../plan/plan.ts';
import { buildDocument, type ReportDocument, type ReportInput } from '../report/document.ts';

/** The analysis of the slices that count, beside what all of them say of the CPUs. */
export function analysisOf({ plan, slices }: Pick<RunRecords, 'plan' | 'slices'>): Analysis {
  return readBeside(plan, slices, loadFactsOf(slices, plan));
}

function readBeside({ design }: Plan, slices: readonly SliceRecord[], facts: LoadFacts): Analysis {
  return withOutside(analyse(design, countedSlices(slices)), design.layers, facts);
}

export function documentOf(
  { plan, meta, slices, pilot, caps, neighbours }: RunRecords,
  folder: string,
): ReportDocument {
  const facts = loadFactsOf(slices, plan);
  const analysis = readBeside(plan, slices, facts);
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
      ...settlingRunCaveats(countedSlices(slices)),
      ...checkCaveats(analysis, countedSlices(slices), plan.design.delta),
    ],
    exit: analysis.verdict.kind === 'inconclusive' ? 'inconclusive' : 'ok',
    folder,
    ...(pilot ? { pilot: settleIn(pilot) } : {}),
    ...(caps ? { caps: capsInput(caps) } : {}),
    ...(neighbours ? { interference: interferenceFindings(neighbours.design, neighbours.observations) } : {}),
  });
}

function capsInput({ design, observations, knobs }: CapsRecord): NonNullable<ReportInput['caps']> {
  return { findings: probeFindings(design, observations), knobs, guests: design.guests };
}
