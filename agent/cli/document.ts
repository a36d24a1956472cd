// From what the records of a run say to its report.

import { calibrationCaveats } from '../analysis/calibration.ts';
import { outsideCaveats } from '../analysis/outside.ts';
import { checkCaveats } from '../experiment/check.ts';
import { countedSlices } from '../experiment/quality.ts';
import type { RunRecords } from '../experiment/read-folder.ts';
import { settlingRunCaveats } from '../experiment/settling.ts';
import type { Plan } from '../plan/plan.ts';
import { buildDocument, type ReportDocument } from '../report/document.ts';
import type { Reading } from './reading.ts';

/** `folder`: as a user would name it. */
export function documentOf(records: RunRecords, reading: Reading, folder: string): ReportDocument {
  const { plan, meta, slices, rechecked, caps } = records;
  const { analysis, load, poorStubs, recheck, settle, interference } = reading;
  const counted = countedSlices(slices);
  return buildDocument({
    run: meta.run,
    version: meta.tool,
    startedAt: meta.startedAt,
    endedAt: meta.endedAt ?? slices.at(-1)?.startedAt ?? meta.startedAt,
    plan,
    host: meta.host,
    slices: counted,
    analysis,
    caveats: [
      ...meta.caveats,
      ...outsideCaveats(analysis, plan.design.layers, load),
      ...calibrationCaveats(analysis, poorStubs),
      ...settlingRunCaveats(counted),
      ...checkCaveats(analysis, counted, plan.design.delta),
    ],
    exit: isAnswered(plan, reading) ? 'ok' : 'inconclusive',
    folder,
    ...(settle ? { pilot: settle } : {}),
    ...(caps && reading.caps
      ? { caps: { findings: reading.caps, knobs: caps.knobs, guests: caps.design.guests } }
      : {}),
    ...(recheck ? { recheck: { ...recheck, slices: countedSlices(rechecked) } } : {}),
    ...(interference ? { interference } : {}),
  });
}

/** Whether the run has found what it was asked for first. */
function isAnswered({ aims }: Plan, { analysis, caps }: Reading): boolean {
  if (aims.verdict) return analysis.verdict.kind !== 'inconclusive';
  return caps !== undefined && caps.stack.kind !== 'unclear';
}
