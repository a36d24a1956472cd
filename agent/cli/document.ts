// From the records of a run to its report: the same way live and offline.

import { analyse } from '../analysis/analyse.ts';
import type { RunRecords } from '../experiment/read-folder.ts';
import { buildDocument, type ReportDocument } from '../report/document.ts';

export function documentOf({ plan, meta, slices }: RunRecords, folder: string): ReportDocument {
  const analysis = analyse(plan.design, slices);
  return buildDocument({
    run: meta.run,
    version: meta.tool,
    startedAt: meta.startedAt,
    endedAt: meta.endedAt ?? slices.at(-1)?.startedAt ?? meta.startedAt,
    plan,
    host: meta.host,
    slices,
    analysis,
    caveats: meta.caveats,
    exit: analysis.verdict.kind === 'inconclusive' ? 'inconclusive' : 'ok',
    folder,
  });
}
