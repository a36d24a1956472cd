// The settings that match a cap.

import type { ReportDocument } from '../schema/schema.ts';
import type { Table } from './section.ts';

export function knobTable({ caps }: ReportDocument): Table {
  return {
    kind: 'table',
    title: 'Settings that match a cap',
    head: ['layer', 'setting', 'value', 'default', 'where'],
    rows: (caps?.rows ?? []).flatMap(({ knobs }) =>
      knobs.map(({ layer, name, value, defaultValue, where }) => [layer, name, value, defaultValue ?? '-', where]),
    ),
    right: [],
  };
}
