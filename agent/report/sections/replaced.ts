// List of layers, each with the stub that replaced it.

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
