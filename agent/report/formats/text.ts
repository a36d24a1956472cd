// The report for a terminal, a ticket or a pager: no colours, no escapes, at most 100 columns.

import { footerOf } from '../sections/footer.ts';
import { word } from '../../lib/shell-words.ts';
import { plain, wrap } from './plain.ts';
import type { ReportDocument } from '../schema/schema.ts';
import type { Bar, Section } from '../sections/section.ts';
import { sectionsOf } from '../sections/sections.ts';
import { renderTable } from './table.ts';

const width = 100;
const barLength = 20;

export function renderText(report: ReportDocument): string {
  const lines = [
    ...wrap(report.sentence, { width }),
    ...wrap(report.next, { width }),
    ...spaced(report.why.flatMap((reason) => wrap(reason, { width, first: '  - ' }))),
    ...sectionsOf(report).flatMap((section) => spaced(sectionLines(section))),
    ...spaced(footerLines(report)),
  ];
  return `${lines.join('\n')}\n`;
}

function spaced(lines: readonly string[]): readonly string[] {
  return lines.length > 0 ? ['', ...lines] : [];
}

function sectionLines(section: Section): readonly string[] {
  if (section.kind === 'list') {
    return [section.title, ...section.items.flatMap((item) => wrap(item, { width, first: '  - ' }))];
  }
  const { title, head, right, chart } = section;
  const rows = section.rows.map((row) => row.map(plain));
  const narrow = indented(renderTable(head, rows, right));
  if (!chart) return [title, ...narrow];
  const bars = new Map(chart.bars.map((bar) => [plain(bar.name), barOf(bar)]));
  const barred = rows.map((row) => [...row, bars.get(row[0] ?? '') ?? '']);
  const wide = indented(renderTable([...head, chart.ends.label], barred, right));
  return [title, ...(wide.every((line) => line.length <= width) ? [...wide, `  (${chart.legend.text})`] : narrow)];
}

function barOf({ low, high, isCutOff }: Bar): string {
  const [full, whole] = [Math.round(low * barLength), Math.round(high * barLength)];
  return '█'.repeat(full) + '░'.repeat(Math.max(0, whole - full)) + (isCutOff ? '>' : '');
}

function footerLines(report: ReportDocument): readonly string[] {
  const lines = footerOf(report).flatMap(([name, value]) => wrap(value, { width, first: name.padEnd(9) }));
  return [...lines, `${'again'.padEnd(9)}layerlift report ${word(plain(report.folder))}`];
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}
