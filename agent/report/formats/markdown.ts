// The report as GitHub flavoured Markdown, for tickets and wikis.

import { footerOf } from '../sections/footer.ts';
import { word } from '../../lib/shell-words.ts';
import { plain } from './plain.ts';
import type { ReportDocument } from '../schema/schema.ts';
import type { Section } from '../sections/section.ts';
import { sectionsOf } from '../sections/sections.ts';

export function renderMarkdown(report: ReportDocument): string {
  const parts = [
    `# ${escaped(report.sentence)}`,
    escaped(report.next),
    ...(report.why.length > 0 ? [bullets(report.why)] : []),
    ...sectionsOf(report).map((section) => `## ${escaped(section.title)}\n\n${bodyOf(section)}`),
    `## Run\n\n${tableOf(['', ''], footerOf(report), [])}`,
    `Again: ${code(`layerlift report ${word(plain(report.folder))}`)}`,
  ];
  return `${parts.join('\n\n')}\n`;
}

function bodyOf(section: Section): string {
  return section.kind === 'list' ? bullets(section.items) : tableOf(section.head, section.rows, section.right);
}

function bullets(items: readonly string[]): string {
  return items.map((item) => `- ${escaped(item)}`).join('\n');
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[], right: readonly number[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, i) => (right.includes(i) ? '---:' : '---'));
  return [line(head.map(escaped)), line(rule), ...rows.map((row) => line(row.map(escaped)))].join('\n');
}

/** Nothing in `text` is markup, a link, HTML or the end of a cell. */
function escaped(text: string): string {
  return plain(text)
    .replace(/[\\`*_[\]|~#]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

/** A code span around anything: its fence is longer than any run of backticks in it. */
function code(text: string): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return longest > 0 ? `${fence} ${text} ${fence}` : `${fence}${text}${fence}`;
}
