// Table of caps: the limit of each layer over media that take a fixed time.

import { renderDuration } from '../../lib/units.ts';
import { renderLimit } from '../words/caps.ts';
import type { ReportDocument } from '../schema/schema.ts';
import type { Table } from './section.ts';

export function capTable({ caps }: ReportDocument): Table {
  const delay = caps ? renderDuration(caps.delayNs) : '';
  return {
    kind: 'table',
    title: `Limits found with media that take a fixed ${delay} per I/O`,
    head: ['layer', 'alone, with all others stubbed'],
    rows: (caps?.rows ?? []).map(({ of, limit, overNs }) => [
      of === 'stack' ? 'all layers' : of,
      `${renderLimit(limit)}${overNs === undefined ? '' : `, over ${renderDuration(overNs)}`}`,
    ]),
    right: [],
  };
}
