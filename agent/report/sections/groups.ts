// Table of the groups of guests: what each gets as deployed, and with the most stubs in place.

import { renderCount, renderDuration } from '../../lib/units.ts';
import type { ReportDocument } from '../schema/schema.ts';
import type { Table } from './section.ts';

export function groupTable({ groups = [] }: ReportDocument): Table {
  return {
    kind: 'table',
    title: 'What each group of guests gets',
    head: ['group', 'guests', 'I/O a second', 'mean latency', 'I/O a second, all stubbed'],
    rows: groups.map(({ group, guests, goodput, meanLatencyNs, lifted }) => [
      group,
      String(guests),
      renderCount(goodput),
      renderDuration(meanLatencyNs),
      lifted === null ? '-' : renderCount(lifted),
    ]),
    right: [1, 2, 3, 4],
  };
}
