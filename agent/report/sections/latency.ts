// Where the time of an I/O is spent as deployed.

import { renderDuration } from '../../lib/units.ts';
import { renderShare } from '../words/figures.ts';
import type { ReportDocument } from '../schema/schema.ts';
import type { Table } from './section.ts';

export function latencyTable({ latency }: ReportDocument): Table {
  const total = latency.layers.reduce((sum, { ownNs }) => sum + ownNs, 0);
  const share = (ownNs: number): string => (total > 0 ? renderShare(ownNs / total) : '-');
  const guests = latency.guestsNs === null ? [] : [['guests', '', '', renderDuration(latency.guestsNs)]];
  return {
    kind: 'table',
    title: 'Where time is spent as deployed (mean of an I/O)',
    head: ['layer', 'itself', 'share', 'with all below'],
    rows: [
      ...latency.layers.map(({ layer, ownNs, throughNs }) => [
        layer,
        renderDuration(ownNs),
        share(ownNs),
        renderDuration(throughNs),
      ]),
      ...guests,
    ],
    right: [1, 2, 3],
  };
}
