// The report as GitHub flavoured Markdown, for tickets and wikis.

import { footerOf } from '../sections/footer.ts';
import { word } from '../../lib/shell-words.ts';
import { plain, spansOf } from './plain.ts';
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
    `Again: ${codeOf(`layerlift report ${word(plain(report.folder))}`)}`,
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
  return [line(head.map(cell)), line(rule), ...rows.map((row) => line(row.map(cell)))].join('\n');
}

/** Nothing in `text` is markup, a link or HTML, but what stands between backquotes is code. */
function escaped(text: string, code = codeOf): string {
  return spansOf(plain(text))
    .map((span) => (span.isCode ? code(span.text) : literal(span.text)))
    .join('');
}

/** Nor is anything in it the end of a cell: a `|` is that in code too, unless a backslash stands before it. */
function cell(text: string): string {
  return escaped(text, (inside) => codeOf(inside).replaceAll('|', '\\|'));
}

function literal(text: string): string {
  return text
    .replace(/[\\`*_[\]|~#]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

/** A code span around anything: its fence is longer than any run of backticks in it. */
function codeOf(text: string): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return longest > 0 ? `${fence} ${text} ${fence}` : `${fence}${text}${fence}`;
}
