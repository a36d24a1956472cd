// The body of a report as titled tables and lists, in reading order; each format draws them in its own way.

import { renderNumber } from '../words/figures.ts';
import { armTable } from './arms.ts';
import { capTable } from './caps.ts';
import { groupTable } from './groups.ts';
import { guestTable } from './guests.ts';
import { knobTable } from './knobs.ts';
import { latencyTable } from './latency.ts';
import { liftChart } from './lift-chart.ts';
import { liftTable } from './lifts.ts';
import { neighboursTables } from './neighbours.ts';
import { replacedTable } from './replaced.ts';
import { type Section, withChart } from './section.ts';
import { triedTable } from './tried.ts';
import { twinSections } from './twin.ts';
import type { ReportDocument } from '../schema/schema.ts';

/** Those that have something to say. */
export function sectionsOf(report: ReportDocument): readonly Section[] {
  const sections: readonly Section[] = [
    triedTable(report),
    ...twinSections(report.twin),
    // Of a knob that was tried no layer was stubbed.
    ...(report.tried ? [] : [withChart(liftTable(report), liftChart(report))]),
    capTable(report),
    knobTable(report),
    latencyTable(report),
    groupTable(report),
    guestTable(report),
    ...neighboursTables(report.interference, report.guests),
    ...(report.tried ? [] : [replacedTable(report)]),
    armTable(report),
    { kind: 'list', title: 'Caveats', items: caveatsOf(report) },
    { kind: 'list', title: 'Open questions', items: report.open },
    { kind: 'list', title: 'Block stack as raised', items: report.stackNotes ?? [] },
  ];
  return sections.filter((section) => (section.kind === 'table' ? section.rows : section.items).length > 0);
}

function caveatsOf({ caveats, slices }: ReportDocument): readonly string[] {
  const counted = caveats.slices.map(
    ({ text, slices: count }) =>
      `in ${count} of ${renderNumber(slices, 'slice')}${count > 1 ? ', such as' : ''}: ${text}`,
  );
  return [...caveats.run, ...counted];
}
