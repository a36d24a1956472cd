// Table of lifts: one row a layer.

import { renderLift } from '../words/figures.ts';
import type { ReportDocument } from '../schema/schema.ts';
import type { Table } from './section.ts';

const involvements: Readonly<Record<ReportDocument['layers'][number]['involvement'], string>> = {
  'sole-bottleneck': 'sole bottleneck',
  'co-bottleneck': 'co-bottleneck',
  contributor: 'contributor',
  'next-limit': 'next limit',
  'not-involved': 'not involved',
  unknown: '-',
};

export function liftTable({ layers }: ReportDocument): Table {
  return {
    kind: 'table',
    title: 'What a stub lifts',
    head: ['layer', 'stubbed alone', 'all stubbed but it', 'role'],
    rows: layers
      .filter(hasLift)
      .map(({ layer, lift, ceiling, involvement }) => [
        layer,
        renderLift(lift),
        renderLift(ceiling),
        involvements[involvement],
      ]),
    right: [],
  };
}

function hasLift({ lift, ceiling }: ReportDocument['layers'][number]): boolean {
  return lift !== null || ceiling !== null;
}
