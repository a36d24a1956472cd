// The formats of a report: one line a format, named in format-names.ts.

import type { FormatName } from './format-names.ts';
import { renderJson } from './json.ts';
import { renderMarkdown } from './markdown.ts';
import { renderNdjson } from './ndjson.ts';
import type { ReportDocument } from '../schema/schema.ts';
import { renderText } from './text.ts';

const atOnce = {
  text: renderText,
  json: renderJson,
  ndjson: renderNdjson,
  md: renderMarkdown,
} as const satisfies Partial<Record<FormatName, (report: ReportDocument) => string>>;

/** With a library for drawing, which nobody else is to load. */
const later = {
  html: async (report: ReportDocument) => (await import('./html.ts')).renderHtml(report),
} as const satisfies Record<Exclude<FormatName, keyof typeof atOnce>, (report: ReportDocument) => Promise<string>>;

export type { FormatName } from './format-names.ts';

/** The whole output, ending in a newline. */
export function render(format: keyof typeof atOnce, report: ReportDocument): string;
export function render(format: FormatName, report: ReportDocument): string | Promise<string>;
export function render(format: FormatName, report: ReportDocument): string | Promise<string> {
  return format === 'html' ? later[format](report) : atOnce[format](report);
}
