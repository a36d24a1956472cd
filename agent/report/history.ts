// Runs of the past, one a line (pure).

import type { Lift } from '../analysis/verdict/verdict.ts';
import { type Labels, renderLabels } from '../lib/labels.ts';
import { plain } from './formats/plain.ts';
import { renderTable } from './formats/table.ts';
import type { ReportDocument } from './schema/schema.ts';
import { briefVerdict } from './words/brief.ts';
import { renderNumber } from './words/figures.ts';

export interface PastRun {
  readonly run: string;
  /** As a user would name it. */
  readonly folder: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Null: versions before did not record it. */
  readonly host: string | null;
  readonly profile: string;
  readonly verdict: ReportDocument['verdict']['kind'];
  /** The verdict in a few words. */
  readonly brief: string;
  readonly sentence: string;
  /** The lift of the verdict, if it has one. */
  readonly lift: Lift | null;
  readonly exit: ReportDocument['exit'];
  /** Why the run ended before it had done all; null: it came to its end. */
  readonly cutShort: string | null;
  readonly labels: Labels;
}

/** A folder that no run can be read from. */
export interface Unreadable {
  readonly folder: string;
  readonly why: string;
}

export function pastRunOf(report: ReportDocument): PastRun {
  return {
    run: report.run,
    folder: report.folder,
    startedAt: report.startedAt,
    host: hostOf(report),
    profile: report.profile.name,
    verdict: report.verdict.kind,
    brief: briefVerdict(report.verdict),
    sentence: report.sentence,
    lift: 'lift' in report.verdict ? report.verdict.lift : null,
    exit: report.exit,
    cutShort: report.cutShort?.why ?? null,
    labels: report.labels ?? {},
  };
}

export function hostOf({ host }: Pick<ReportDocument, 'host'>): string | null {
  const name = host['hostname'];
  return typeof name === 'string' ? name : null;
}

/** `2026-11-28 18:40:50` of an instant, in UTC. */
export function renderWhen(instant: string): string {
  return instant.slice(0, 19).replace('T', ' ');
}

/** `place`: where was looked; `more`: runs that the limit on their number leaves out. */
export function historyText(
  { runs, unreadable }: { readonly runs: readonly PastRun[]; readonly unreadable: readonly Unreadable[] },
  { place, more }: { readonly place: string; readonly more: number },
): string {
  const rows = runs.map((one) => [
    renderWhen(one.startedAt),
    plain(one.host ?? '-'),
    plain(one.profile),
    `${plain(one.brief)}${one.cutShort === null ? '' : ` (${one.exit.name})`}`,
    plain(renderLabels(one.labels)) || '-',
    plain(lastPart(one.folder)),
  ]);
  const table = rows.length > 0 ? renderTable(['UTC', 'host', 'profile', 'verdict', 'labels', 'folder'], rows) : [];
  const none = runs.length + unreadable.length === 0 ? [`no run in ${plain(place)}`] : [];
  const notes = [
    ...(more > 0 ? [`${renderNumber(more, 'older run')} in ${plain(place)}: --last N shows more`] : []),
    ...unreadable.map(({ folder, why }) => `cannot read ${plain(folder)}: ${plain(why)}`),
  ];
  return `${[...none, ...table, ...(table.length > 0 && notes.length > 0 ? [''] : []), ...notes].join('\n')}\n`;
}

function lastPart(path: string): string {
  return path.split('/').findLast((part) => part !== '') ?? path;
}
