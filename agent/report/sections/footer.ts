// The last lines of a report: what its figures speak of, how surely, and where they are kept.

import { renderLabels } from '../../lib/labels.ts';
import { renderBytes } from '../../lib/units.ts';
import { renderNumber, renderShare } from '../words/figures.ts';
import type { ReportDocument } from '../schema/schema.ts';
import { settleLine } from '../words/settle.ts';

/** Names and values. */
export function footerOf(report: ReportDocument): readonly (readonly [string, string])[] {
  const { settings, sigma, window, cost } = report;
  const noise = sigma === null ? 'noise unknown' : `noise ${renderShare(sigma)} a slice`;
  const amount = `${renderNumber(report.slices, 'slice')} in ${renderNumber(report.blocks, 'block')}, ${Math.round(report.secondsMeasured)} s measured`;
  const question = report.profile.question ? `: ${report.profile.question}` : '';
  return [
    ['run', `${report.run} (layerlift ${report.toolVersion}, ${report.exit.name}, exit code ${report.exit.code})`],
    ['profile', `${report.profile.name}${question}`],
    [
      'window',
      `${toSeconds(window.from)} to ${toSeconds(window.to)}; the verdict is about this host, this load and this time`,
    ],
    ['slices', `${amount}, ${noise}, seed ${settings.seed}${settings.cold ? ', stack raised again for each' : ''}`],
    ['settle', settleLine(report)],
    [
      'bounds',
      `one-sided; a lift that is not there is claimed in at most ${renderShare(settings.alpha)} of runs, over all layers and looks`,
    ],
    ...(cost
      ? [
          [
            'agent',
            `${renderShare(cost.cpuPercent / 100)} of one CPU, ${renderBytes(cost.residentBytes)} of memory`,
          ] as const,
        ]
      : []),
    ...(report.others ? [['others', othersLine(report.others)] as const] : []),
    ...(report.labels ? [['labels', renderLabels(report.labels)] as const] : []),
    ['folder', report.folder],
  ];
}

function othersLine(others: NonNullable<ReportDocument['others']>): string {
  const [median, least, most, before] = [
    others.medianPercent,
    others.leastPercent,
    others.mostPercent,
    others.beforePercent ?? 0,
  ].map((percent) => renderShare(percent / 100));
  const earlier = others.beforePercent === null ? '' : `, ${before} before the run`;
  return `${median} of the CPU in programs that are not of this run (${least} to ${most} by slice)${earlier}`;
}

function toSeconds(instant: string): string {
  return instant.replace(/\.\d+(?=Z$)/, '');
}
