// The body of a report as titled tables and lists, in reading order; each format draws them in its own way.

import { renderCount, renderDuration } from '../../lib/units.ts';
import { renderLift, renderNumber, renderShare } from '../words/figures.ts';
import { renderLimit } from '../words/caps.ts';
import { neighboursTables } from './neighbours.ts';
import type { Section, Table } from './section.ts';
import type { ReportDocument } from '../schema/schema.ts';

/** Those that have something to say. */
export function sectionsOf(report: ReportDocument): readonly Section[] {
  const sections: readonly Section[] = [
    liftTable(report),
    capTable(report),
    knobTable(report),
    latencyTable(report),
    guestTable(report),
    ...neighboursTables(report.interference),
    replacedTable(report),
    armTable(report),
    { kind: 'list', title: 'Caveats', items: caveatsOf(report) },
    { kind: 'list', title: 'Open questions', items: report.open },
  ];
  return sections.filter((section) => (section.kind === 'table' ? section.rows : section.items).length > 0);
}

const involvements: Readonly<Record<ReportDocument['layers'][number]['involvement'], string>> = {
  'sole-bottleneck': 'sole bottleneck',
  'co-bottleneck': 'co-bottleneck',
  contributor: 'contributor',
  'next-limit': 'next limit',
  'not-involved': 'not involved',
  unknown: '-',
};

function liftTable({ layers }: ReportDocument): Table {
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

function capTable({ caps }: ReportDocument): Table {
  const delay = caps ? renderDuration(caps.delayNs) : '';
  return {
    kind: 'table',
    title: `Limits found with media slowed to ${delay} per I/O`,
    head: ['layer', 'alone, with all others stubbed'],
    rows: (caps?.rows ?? []).map(({ of, limit, overNs }) => [
      of === 'stack' ? 'all layers' : of,
      `${renderLimit(limit)}${overNs === undefined ? '' : `, over ${renderDuration(overNs)}`}`,
    ]),
    right: [],
  };
}

function knobTable({ caps }: ReportDocument): Table {
  return {
    kind: 'table',
    title: 'Settings that match a cap',
    head: ['layer', 'setting', 'value', 'default', 'where'],
    rows: (caps?.rows ?? []).flatMap(({ knobs }) =>
      knobs.map(({ layer, name, value, standard, where }) => [layer, name, value, standard ?? '-', where]),
    ),
    right: [],
  };
}

function replacedTable({ layers }: ReportDocument): Table {
  return {
    kind: 'table',
    title: 'What was replaced by what',
    head: ['layer', 'deployed', 'stub'],
    rows: layers.map(({ layer, deployed, stub }) => [layer, deployed.provider, stub?.provider ?? 'none']),
    right: [],
  };
}

function armTable({ arms }: ReportDocument): Table {
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

function latencyTable({ latency }: ReportDocument): Table {
  const total = latency.layers.reduce((sum, { ownNs }) => sum + ownNs, 0);
  const share = (ownNs: number): string => (total > 0 ? renderShare(ownNs / total) : '-');
  const guests = latency.guestsNs === null ? [] : [['guests', '', '', renderDuration(latency.guestsNs)]];
  return {
    kind: 'table',
    title: 'Where time is spent as deployed (mean of an I/O)',
    head: ['layer', 'itself', 'share', 'with all below'],
    rows: [
      ...latency.layers.map(({ layer, ownNs, throughNs }) => [
        layer,
        renderDuration(ownNs),
        share(ownNs),
        renderDuration(throughNs),
      ]),
      ...guests,
    ],
    right: [1, 2, 3],
  };
}

/** Objective and attainment stand there once a guest has an objective. */
function guestTable({ guests, objective }: ReportDocument): Table {
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

function caveatsOf({ caveats, slices }: ReportDocument): readonly string[] {
  const counted = caveats.slices.map(
    ({ text, slices: count }) =>
      `in ${count} of ${renderNumber(slices, 'slice')}${count > 1 ? ', such as' : ''}: ${text}`,
  );
  return [...caveats.run, ...counted];
}
