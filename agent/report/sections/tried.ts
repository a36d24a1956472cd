// Table of a knob that was tried: predicted and real gain side by side.

import { renderLift } from '../words/figures.ts';
import { turnText } from '../words/tried.ts';
import type { ReportDocument } from '../schema/schema.ts';
import type { Table } from './section.ts';

export function triedTable({ tried, slices, blocks }: ReportDocument): Table {
  return {
    kind: 'table',
    title: 'Predicted and real gain',
    head: ['turned', 'how', 'predicted', 'real', 'slices', 'blocks'],
    rows: tried
      ? [
          [
            turnText(tried),
            hows[tried.how],
            renderLift(tried.predicted),
            renderLift(tried.gain),
            `${slices}`,
            `${blocks}`,
          ],
        ]
      : [],
    right: [4, 5],
  };
}

const hows: Readonly<Record<NonNullable<ReportDocument['tried']>['how'], string>> = {
  live: 'under the load',
  anew: 'stack raised for each slice',
};
