// The report as one page that needs nothing else: no scripts, no fonts, no network. To be mailed, printed or kept.

import { footerOf } from '../sections/footer.ts';
import { word } from '../../lib/shell-words.ts';
import { asVariables, dark, light } from '../plots/colours.ts';
import { drawInPage } from '../plots/draw.ts';
import type { Plot } from '../plots/plot.ts';
import { plotsOf } from '../plots/plots.ts';
import { escaped, marked } from './markup.ts';
import { pathPicture } from './path-picture.ts';
import { plain } from './plain.ts';
import type { ReportDocument } from '../schema/schema.ts';
import type { Section } from '../sections/section.ts';
import { sectionsOf } from '../sections/sections.ts';

/** Pixels. A plot is drawn for both, and the page shows the one that fits: scaled down, its words could not be read. */
const widths = { narrow: 350, wide: 760 } as const;

const style = `
:root { color-scheme: light dark; ${asVariables(light)} }
@media screen and (prefers-color-scheme: dark) { :root { ${asVariables(dark)} } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: var(--text); background: var(--paper); }
h1 { font-size: 1.4rem; line-height: 1.3; } h2 { font-size: 1.1rem; margin-top: 2rem; }
table { border-collapse: collapse; font-size: .9rem; } th, td { text-align: left; padding: .2rem 1rem .2rem 0; vertical-align: top; }
tr { border-bottom: 1px solid color-mix(in srgb, var(--faint) 40%, transparent); } .n { text-align: right; font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; } code { overflow-wrap: anywhere; font-size: .92em; } li, p, td { overflow-wrap: break-word; }
footer { margin-top: 2rem; } .dim { opacity: .75; }
figure { margin: 2rem 0; break-inside: avoid; } figcaption { font-weight: 600; margin-bottom: .5rem; }
figure p, details { font-size: .9rem; margin: .3rem 0; } summary { cursor: pointer; }
figure > svg { display: block; width: 100%; height: auto; } figure > svg.wide { max-width: ${widths.wide}px; } figure > svg.narrow { display: none; max-width: 30rem; }
@media screen and (max-width: 600px) { figure > svg.narrow { display: block; } figure > svg.wide { display: none; } }
.path ol { list-style: none; margin: 0; padding: 0; }
.path li { border: 1px solid var(--faint); border-radius: .4rem; padding: .4rem .7rem; break-inside: avoid; }
.path li + li { margin-top: 1rem; position: relative; } .path li + li::before { content: ""; position: absolute; left: 1.5rem; top: -1.05rem; height: 1rem; border-left: 2px solid var(--faint); }
.path li.named { border: 2px solid var(--text); } .path li.named::before { margin: -1px 0 0 -1px; } .path .mark { border: 1px solid currentColor; border-radius: .7rem; padding: 0 .5rem; margin-left: .5rem; font-size: .8rem; white-space: nowrap; }
.path dl { display: flex; flex-wrap: wrap; gap: 0 1.5rem; margin: .1rem 0 0; font-size: .9rem; } .path dl div { display: flex; gap: .4rem; }
.path dt { opacity: .75; white-space: nowrap; } .path dd { margin: 0; overflow-wrap: anywhere; }
.path .share { display: block; width: 100%; height: 6px; margin: .3rem 0; } .share .whole { fill: var(--faint); opacity: .25; }
${['media', 'network', 'blockstack', 'ring'].map((layer) => `.share .${layer} { fill: var(--${layer}); }`).join(' ')}
@media screen and (max-width: 600px) { th, td { padding-right: .6rem; } td:last-child { overflow-wrap: anywhere; } }
@media print { body { margin: 0; max-width: none; font-size: 11pt; } h2 { break-after: avoid; } tr { break-inside: avoid; } details { display: none; } h2 + .scroll { break-inside: avoid; } * { print-color-adjust: exact; } }
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
<h1>${marked(report.sentence)}</h1>
<p><strong>${marked(report.next)}</strong></p>
${pathPicture(report)}
${report.why.length > 0 ? '<h2>Why</h2>' : ''}
${bullets(report.why)}
${plotsOf(report).map(figureOf).join('\n')}
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
  const body = section.kind === 'list' ? bullets(section.items) : tableOf(section.head, section.rows, section.right);
  return `<h2>${marked(section.title)}</h2>\n${body}`;
}

function figureOf(plot: Plot): string {
  const { name, title, legend, table } = plot;
  const drawn = Object.entries(widths).map(([tag, widthPx]) =>
    drawInPage(plot, { widthPx, tag }).replace('<svg ', `<svg class="${tag}" `),
  );
  const figures = table
    ? `\n<details><summary>Figures</summary>\n${tableOf(table.head, table.rows, [])}\n</details>`
    : '';
  return `<figure id="${name}">
<figcaption>${marked(title)}</figcaption>
${drawn.join('\n')}
<p>${marked(legend)}</p>${figures}
</figure>`;
}

function bullets(items: readonly string[]): string {
  return items.length > 0 ? `<ul>\n${items.map((item) => `<li>${marked(item)}</li>`).join('\n')}\n</ul>` : '';
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[], right: readonly number[]): string {
  const rowOf = (tag: string, cells: readonly string[]): string =>
    `<tr>${cells.map((cell, i) => `<${tag}${right.includes(i) ? ' class="n"' : ''}>${marked(cell)}</${tag}>`).join('')}</tr>`;
  const heading = head.length > 0 ? [rowOf('th', head)] : [];
  return `<div class="scroll"><table>\n${[...heading, ...rows.map((row) => rowOf('td', row))].join('\n')}\n</table></div>`;
}
