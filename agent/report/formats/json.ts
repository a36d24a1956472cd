// The document itself, for programs; `reportJsonSchema` describes it.

import type { ReportDocument } from '../schema/schema.ts';

export function renderJson(report: ReportDocument): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}
