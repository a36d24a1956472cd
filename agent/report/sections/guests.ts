// Table of guests: the goodput and latency of each as deployed.

import { renderCount, renderDuration } from '../../lib/units.ts';
import { renderShare } from '../words/figures.ts';
import type { ReportDocument } from '../schema/schema.ts';
import type { Table } from './section.ts';

/** Objective and attainment stand there once a guest has an objective. */
export function guestTable({ guests, objective }: ReportDocument): Table {
  const judged = (cells: readonly string[]): readonly string[] => (objective ? cells : []);
  return {
    kind: 'table',
    title: 'What each guest gets as deployed',
    head: ['guest', 'I/O a second', ...judged(['objective', 'attained']), 'mean latency', 'errors'],
    rows: guests.map(({ guest, goodput, meanLatencyNs, errors, objectiveNs, attainment }) => [
      String(guest),
      renderCount(goodput),
      ...judged([
        objectiveNs === null ? '-' : renderDuration(objectiveNs),
        attainment === null ? '-' : renderShare(attainment),
      ]),
      renderDuration(meanLatencyNs),
      renderCount(errors),
    ]),
    right: objective ? [0, 1, 2, 3, 4, 5] : [0, 1, 2, 3],
  };
}
