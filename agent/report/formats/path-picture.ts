// The path of an I/O from the guests down to the media, as a part of the page: of each layer its own time, its lift, its cap and
// the setting that makes it.

import { layers as order } from '../../lib/layer.ts';
import { renderCount, renderDuration } from '../../lib/units.ts';
import { sum } from '../../lib/numbers.ts';
import { renderLimit } from '../words/caps.ts';
import { renderLift, renderNumber, renderShare } from '../words/figures.ts';
import type { ReportDocument } from '../schema/schema.ts';
import { escaped, marked } from './markup.ts';

type Row = ReportDocument['layers'][number];

export function pathPicture(report: ReportDocument): string {
  const rows = [...report.layers].sort((a, b) => order.indexOf(b.layer) - order.indexOf(a.layer));
  return `<figure class="path" aria-labelledby="path-title">
<figcaption id="path-title">The path of an I/O, from the guests to the media</figcaption>
<ol>
${[guestsOf(report), ...rows.map((row) => stopOf(row, report))].join('\n')}
</ol>
</figure>`;
}

function guestsOf({ guests, latency: { guestsNs } }: ReportDocument): string {
  const goodput = renderCount(sum(guests.map((one) => one.goodput)));
  const facts = [
    ...(guests.length > 0 ? [['useful I/O a second', goodput] as const] : []),
    ...(guestsNs === null ? [] : [['an I/O takes', renderDuration(guestsNs)] as const]),
  ];
  return `<li><b>${guests.length > 0 ? renderNumber(guests.length, 'guest') : 'guests'}</b> <span class="dim">as deployed</span>${listOf(facts)}</li>`;
}

function stopOf({ layer, deployed, stub, lift, involvement }: Row, report: ReportDocument): string {
  const { latency, caps } = report;
  const own = latency.layers.find((one) => one.layer === layer);
  const total = sum(latency.layers.map(({ ownNs }) => ownNs));
  const share = own && total > 0 ? own.ownNs / total : 0;
  const cap = caps?.rows.find(({ of }) => of === layer);
  const [knob] = cap?.knobs ?? [];
  const setTo = knob?.needed === undefined || knob.needed === null ? '' : `; ${knob.needed} is needed`;
  const facts = [
    ...(own ? [['own time', `${renderDuration(own.ownNs)} (${renderShare(share)})`] as const] : []),
    ['stubbed', lift ? renderLift(lift) : stub ? 'not measured alone' : 'has no stub'] as const,
    ...(cap ? [['limit', renderLimit(cap.limit)] as const] : []),
    ...(knob ? [['setting', `${knob.name} = ${knob.value}${setTo}`] as const] : []),
  ];
  const named = namedAs(layer, report);
  const bar = own
    ? `<svg class="share" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect class="whole" width="100" height="6"/><rect class="${layer}" width="${(100 * share).toFixed(1)}" height="6"/></svg>`
    : '';
  const mark = named
    ? ` <strong class="mark">${named}</strong>`
    : involvement === 'next-limit'
      ? ' <span class="mark">next limit</span>'
      : '';
  return `<li${named ? ' class="named"' : ''}><b>${layer}</b> <span class="dim">${escaped(deployed.provider)}</span>${mark}${bar}${listOf(facts)}</li>`;
}

function listOf(facts: readonly (readonly [string, string])[]): string {
  return facts.length > 0
    ? `<dl>${facts.map(([name, value]) => `<div><dt>${name}</dt><dd>${marked(value)}</dd></div>`).join('')}</dl>`
    : '';
}

function namedAs(layer: Row['layer'], { verdict }: ReportDocument): string | undefined {
  if (verdict.kind === 'lever' && verdict.layer === layer) return 'holds the host back';
  if (verdict.kind === 'tie' && verdict.layers.includes(layer)) return 'one of those that hold the host back';
  if (verdict.kind === 'masked' && verdict.layers.includes(layer)) return 'holds the host back with others';
  return undefined;
}
