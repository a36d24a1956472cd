// The report as one page that needs nothing else: no scripts, no fonts, no network. To be mailed or kept.

import { renderLift, renderRatio } from '../words/figures.ts';
import { footerOf } from '../sections/footer.ts';
import { word } from '../../lib/shell-words.ts';
import { plain } from './plain.ts';
import { type Bar, scaleOf } from '../sections/scale.ts';
import type { ReportDocument } from '../schema/schema.ts';
import type { Section } from '../sections/section.ts';
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
  const [first, ...rest] = sectionsOf(report);
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
${first ? sectionOf(first) : ''}
${chartOf(report)}
${rest.map(sectionOf).join('\n')}
<footer>
${tableOf([], footerOf(report), [])}
<p>Again: <code>layerlift report ${escaped(word(plain(report.folder)))}</code></p>
</footer>
</body>
</html>
`;
}

function sectionOf(section: Section): string {
  const body = section.kind === 'list' ? bullets(section.items) : tableOf(section.head, section.rows, section.right);
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
const chart = { left: 100, length: 400, row: 28, right: 220 } as const;

function chartOf(report: ReportDocument): string {
  const { bars, end } = scaleOf(report);
  if (bars.length === 0) return '';
  const [width, height] = [chart.left + chart.length + chart.right, bars.length * chart.row + 24];
  const foot = height - 20;
  return `<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="lift of stubbing each layer alone, with its bounds">
${bars.map(barOf).join('\n')}
<line class="axis" x1="${chart.left}" y1="0" x2="${chart.left}" y2="${foot}"/>
<text x="${chart.left}" y="${height - 5}">no change</text>
<text x="${chart.left + chart.length}" y="${height - 5}" text-anchor="end">${escaped(renderRatio(end))}</text>
</svg>
<p>Bar: the estimate of stubbing the layer alone. Line: its bounds.</p>`;
}

function barOf({ layer, lift, low, estimate, high }: Bar, row: number): string {
  const x = (share: number): string => (chart.left + share * chart.length).toFixed(1);
  const [top, middle] = [row * chart.row + 4, row * chart.row + 13];
  return `<text x="0" y="${middle + 5}">${escaped(layer)}</text>
<rect class="bar" x="${chart.left}" y="${top}" width="${(estimate * chart.length).toFixed(1)}" height="18"/>
<line class="bound" x1="${x(low)}" y1="${middle}" x2="${x(high)}" y2="${middle}"/>
<text x="${chart.left + chart.length + 8}" y="${middle + 5}">${escaped(renderLift(lift))}</text>`;
}

function escaped(text: string): string {
  return plain(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
