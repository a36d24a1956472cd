// Every arm that was measured.

import { renderCount } from '../../lib/units.ts';
import { renderLift } from '../words/figures.ts';
import type { ReportDocument } from '../schema/schema.ts';
import type { Table } from './section.ts';

export function armTable({ arms }: ReportDocument): Table {
  return {
    kind: 'table',
    title: 'What was measured',
    head: ['arm', 'slices', 'I/O a second', 'goodput over baseline'],
    rows: arms.map(({ arm, slices, meanGoodput, lift }) => [
      arm,
      String(slices),
      renderCount(meanGoodput),
      renderLift(lift),
    ]),
    right: [1, 2],
  };
}
