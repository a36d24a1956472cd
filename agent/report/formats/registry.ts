// The formats of a report: one line a format, named in format-names.ts.

import type { FormatName } from './format-names.ts';
import { renderHtml } from './html.ts';
import { renderJson } from './json.ts';
import { renderMarkdown } from './markdown.ts';
import { renderNdjson } from './ndjson.ts';
import type { ReportDocument } from '../schema/schema.ts';
import { renderText } from './text.ts';

export const formats = {
  text: renderText,
  json: renderJson,
  ndjson: renderNdjson,
  md: renderMarkdown,
  html: renderHtml,
} as const satisfies Record<FormatName, (report: ReportDocument) => string>;

export type { FormatName } from './format-names.ts';

/** The whole output, ending in a newline. */
export function render(format: FormatName, report: ReportDocument): string {
  return formats[format](report);
}
