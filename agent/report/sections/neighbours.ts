// Tables of how the guests slow one another down.

import type { OneSided } from '../../analysis/neighbours/findings.ts';
import { renderCount } from '../../lib/units.ts';
import { renderShare } from '../words/figures.ts';
import type { ReportDocument } from '../schema/schema.ts';
import { type Measured, times } from '../words/neighbours.ts';
import { guestName } from './guests.ts';
import type { Table } from './section.ts';

export function neighboursTables(
  findings: ReportDocument['interference'],
  guests: ReportDocument['guests'] = [],
): readonly Table[] {
  return findings?.kind === 'measured' ? [slowdownTable(findings, guests), scalingTable(findings)] : [];
}

function slowdownTable({ guests }: Measured, known: ReportDocument['guests']): Table {
  const rows = guests.filter(({ alone, slowdown }) => alone !== null || slowdown !== null);
  return {
    kind: 'table',
    title: 'What the guests do to one another (useful I/O a second)',
    head: ['guest', 'alone', 'together', 'slowdown'],
    rows: rows.map(({ guest, alone, together, slowdown }) => [
      guestName(known, guest),
      orDash(alone, renderCount),
      orDash(together, renderCount),
      orDash(slowdown, renderSlowdown),
    ]),
    right: [0, 1, 2],
  };
}

function scalingTable({ scaling }: Measured): Table {
  return {
    kind: 'table',
    title: 'What more guests add',
    head: ['guests', 'I/O a second in sum', 'efficiency'],
    rows: scaling.map(({ guests, goodput, efficiency }) => [
      String(guests),
      renderCount(goodput),
      orDash(efficiency, renderShare),
    ]),
    right: [0, 1, 2],
  };
}

/** `1.8x (1.6 to 2.1)`. */
function renderSlowdown({ estimate, low, high }: OneSided): string {
  return `${times(estimate)} (${low.toFixed(1)} to ${high.toFixed(1)})`;
}

function orDash<T>(value: T | null, draw: (value: T) => string): string {
  return value === null ? '-' : draw(value);
}
