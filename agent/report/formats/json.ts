// The document itself, for programs; `reportJsonSchema` describes it.

import type { ReportDocument } from '../schema/schema.ts';
import { jsonText } from '../../lib/json-text.ts';

export function renderJson(report: ReportDocument): string {
  return jsonText(report);
}
