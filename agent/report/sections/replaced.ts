// What each layer was replaced by.

import type { ReportDocument } from '../schema/schema.ts';
import type { Table } from './section.ts';

export function replacedTable({ layers }: ReportDocument): Table {
  return {
    kind: 'table',
    title: 'What was replaced by what',
    head: ['layer', 'deployed', 'stub'],
    rows: layers.map(({ layer, deployed, stub }) => [layer, deployed.provider, stub?.provider ?? 'none']),
    right: [],
  };
}
