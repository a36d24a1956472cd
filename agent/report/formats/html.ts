// The report as one page that needs nothing else: no scripts, no fonts, no network. To be mailed or kept.

import { footerOf } from '../sections/footer.ts';
import { word } from '../../lib/shell-words.ts';
import { plain } from './plain.ts';
import type { ReportDocument } from '../schema/schema.ts';
import type { Bar, Chart, Section } from '../sections/section.ts';
import { sectionsOf } from '../sections/sections.ts';

const style = `
:root { color-scheme: light dark; --bar: #3b6ea5; --line: #8888; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
table { border-collapse: collapse; } th, td { text-align: left; padding: .2rem 1rem .2rem 0; vertical-align: top; }
tr { border-bottom: 1px solid var(--line); } .n { text-align: right; font-variant-numeric: tabular-nums; }
svg { max-width: 100%; } svg text { font: 13px system-ui, sans-serif; fill: currentColor; }
.bar { fill: var(--bar); } .bound, .axis { stroke: currentColor; } footer { margin-top: 2rem; font-size: .9rem; }
`;

export function renderHtml(report: ReportDocument): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>layerlift ${escaped(report.run)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escaped(report.sentence)}</h1>
<p><strong>${escaped(report.next)}</strong></p>
${bullets(report.why)}
${sectionsOf(report).map(sectionOf).join('\n')}
<footer>
${tableOf([], footerOf(report), [])}
<p>Again: <code>layerlift report ${escaped(word(plain(report.folder)))}</code></p>
</footer>
</body>
</html>
`;
}

function sectionOf(section: Section): string {
  const body =
    section.kind === 'list'
      ? bullets(section.items)
      : `${tableOf(section.head, section.rows, section.right)}${section.chart ? `\n${chartOf(section.chart)}` : ''}`;
  return `<h2>${escaped(section.title)}</h2>\n${body}`;
}

function bullets(items: readonly string[]): string {
  return items.length > 0 ? `<ul>\n${items.map((item) => `<li>${escaped(item)}</li>`).join('\n')}\n</ul>` : '';
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[], right: readonly number[]): string {
  const rowOf = (tag: string, cells: readonly string[]): string =>
    `<tr>${cells.map((cell, i) => `<${tag}${right.includes(i) ? ' class="n"' : ''}>${escaped(cell)}</${tag}>`).join('')}</tr>`;
  const heading = head.length > 0 ? [rowOf('th', head)] : [];
  return `<table>\n${[...heading, ...rows.map((row) => rowOf('td', row))].join('\n')}\n</table>`;
}

/** Pixels. */
const size = { left: 100, length: 400, row: 28, right: 220 } as const;

function chartOf({ title, legend, bars, ends }: Chart): string {
  const [width, height] = [size.left + size.length + size.right, bars.length * size.row + 24];
  const foot = height - 20;
  return `<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">
${bars.map(barOf).join('\n')}
<line class="axis" x1="${size.left}" y1="0" x2="${size.left}" y2="${foot}"/>
<text x="${size.left}" y="${height - 5}">${escaped(ends.from)}</text>
<text x="${size.left + size.length}" y="${height - 5}" text-anchor="end">${escaped(ends.to)}</text>
</svg>
<p>${escaped(legend.picture)}</p>`;
}

function barOf({ name, figure, low, estimate, high }: Bar, row: number): string {
  const x = (share: number): string => (size.left + share * size.length).toFixed(1);
  const [top, middle] = [row * size.row + 4, row * size.row + 13];
  return `<text x="0" y="${middle + 5}">${escaped(name)}</text>
<rect class="bar" x="${size.left}" y="${top}" width="${(estimate * size.length).toFixed(1)}" height="18"/>
<line class="bound" x1="${x(low)}" y1="${middle}" x2="${x(high)}" y2="${middle}"/>
<text x="${size.left + size.length + 8}" y="${middle + 5}">${escaped(figure)}</text>`;
}

function escaped(text: string): string {
  return plain(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
