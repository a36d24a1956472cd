// Table of guests: the goodput and latency of each as deployed.

import { renderCount, renderDuration } from '../../lib/units.ts';
import { renderShare } from '../words/figures.ts';
import type { ReportDocument } from '../schema/schema.ts';
import type { Table } from './section.ts';

/** A guest by its number and its group: `3 (db)`. */
export function guestName(guests: ReportDocument['guests'], guest: number): string {
  const group = guests.find((row) => row.guest === guest)?.group;
  return group === undefined ? String(guest) : `${guest} (${group})`;
}

/** Objective and attainment stand there once a guest has an objective, the rate once one offers it. */
export function guestTable({ guests, objective }: ReportDocument): Table {
  const judged = (cells: readonly string[]): readonly string[] => (objective ? cells : []);
  const isOpen = guests.some(({ offered }) => offered !== undefined);
  const open = (cells: readonly string[]): readonly string[] => (isOpen ? cells : []);
  const head = [
    ...['guest', 'I/O a second', ...open(['offered', 'served']), ...judged(['objective', 'attained'])],
    ...['mean latency', 'errors'],
  ];
  return {
    kind: 'table',
    title: 'What each guest gets as deployed',
    head,
    rows: guests.map(({ guest, offered, goodput, meanLatencyNs, errors, objectiveNs, attainment }) => [
      guestName(guests, guest),
      renderCount(goodput),
      ...open([
        offered === undefined ? '-' : renderCount(offered),
        offered === undefined ? '-' : renderShare(goodput / offered),
      ]),
      ...judged([
        objectiveNs === null ? '-' : renderDuration(objectiveNs),
        attainment === null ? '-' : renderShare(attainment),
      ]),
      renderDuration(meanLatencyNs),
      renderCount(errors),
    ]),
    right: head.map((_, i) => i),
  };
}
