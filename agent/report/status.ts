// Tells people, programs and monitors whether a run holds the host, and the last verdict on it (pure).

import { renderCount, renderDuration } from '../lib/units.ts';
import { plain } from './formats/plain.ts';
import { type PastRun, renderWhen } from './history.ts';
import { renderList, renderNumber } from './words/figures.ts';

/** `residue`: an interrupted run has left changes, and nobody is undoing them. */
export type Condition = 'free' | 'busy' | 'residue';

export interface Status {
  readonly version: 1;
  readonly kind: 'layerlift-status';
  readonly condition: Condition;
  /** Who holds the lock; null: nobody. */
  readonly held: { readonly by: string; readonly processes: readonly string[] } | null;
  /** Runs that have a journal, with their changes in effect; null: the journal cannot be read. */
  readonly runs: readonly { readonly run: string; readonly changes: number | null }[];
  /** The newest run that can be read; null: there is none. */
  readonly last: PastRun | null;
  /** Seconds since it began; null: there is none. */
  readonly lastAgeSeconds: number | null;
}

export function statusOf(host: Pick<Status, 'held' | 'runs'>, last: PastRun | undefined, nowMs: number): Status {
  return {
    ...{ version: 1, kind: 'layerlift-status' },
    condition: host.held ? 'busy' : host.runs.length > 0 ? 'residue' : 'free',
    held: host.held,
    runs: host.runs,
    last: last ?? null,
    lastAgeSeconds: last ? Math.max(0, Math.round((nowMs - Date.parse(last.startedAt)) / 1000)) : null,
  };
}

export function statusText(status: Status): string {
  const { last, lastAgeSeconds } = status;
  const ran =
    last && lastAgeSeconds !== null
      ? [
          `last run  ${renderWhen(last.startedAt)} UTC, ${renderAge(lastAgeSeconds)} ago: ${plain(last.profile)}, ${last.exit.name}`,
          `verdict   ${plain(last.sentence)}`,
          `folder    ${plain(last.folder)}`,
        ]
      : ['last run  none'];
  return `${[`host      ${hostLine(status)}`, ...ran].join('\n')}\n`;
}

/** A sentence without its full stop. */
function hostLine({ condition, held, runs }: Status): string {
  const names = renderList(runs.map(({ run }) => plain(run)));
  switch (condition) {
    case 'free':
      return 'free: no run holds it, and none has left anything';
    case 'busy':
      return `busy: ${renderList((held?.processes ?? []).map(plain))} holds it for ${held?.by === 'run' ? 'a run' : `a ${plain(held?.by ?? '')}`}`;
    case 'residue': {
      const changes = runs.map(({ changes: some }) => some);
      const amount = changes.includes(null)
        ? 'changes that its journal does not tell'
        : renderNumber(
            changes.reduce<number>((total, some) => total + (some ?? 0), 0),
            'change',
          );
      return `NOT AS FOUND: interrupted run ${names} left ${amount}: run \`layerlift recover\``;
    }
  }
}

export type CheckState = 'OK' | 'WARNING' | 'CRITICAL' | 'UNKNOWN';

/**
 * One line for Nagios and its kin with performance data. Source: Monitoring Plugins Development Guidelines, 2.1 and 2.6.
 * `maxAgeSeconds`: a verdict that is older says nothing of today.
 */
export function nagiosCheck(
  status: Status,
  maxAgeSeconds: number,
): { readonly state: CheckState; readonly line: string } {
  const { state, text } = checked(status, maxAgeSeconds);
  return { state, line: nagiosLine(state, text, perfdata(status)) };
}

export function nagiosLine(state: CheckState, text: string, data = ''): string {
  return `LAYERLIFT ${state} - ${plain(text).replaceAll('|', '/')}${data === '' ? '' : ` | ${data}`}\n`;
}

function checked(status: Status, maxAgeSeconds: number): { readonly state: CheckState; readonly text: string } {
  const { condition, last, lastAgeSeconds } = status;
  if (condition === 'residue') return { state: 'CRITICAL', text: hostLine(status) };
  if (!last || lastAgeSeconds === null) return { state: 'UNKNOWN', text: 'no run has given a verdict yet' };
  const ran = `${last.brief}, ${renderAge(lastAgeSeconds)} ago (${last.profile})`;
  if (lastAgeSeconds > maxAgeSeconds) return { state: 'UNKNOWN', text: `the last verdict is too old: ${ran}` };
  if (last.verdict === 'inconclusive' || last.verdict === 'not-asked')
    return { state: 'OK', text: `no verdict: ${ran}` };
  return last.verdict === 'none' ? { state: 'OK', text: ran } : { state: 'WARNING', text: `held back: ${ran}` };
}

function perfdata({ last, lastAgeSeconds }: Status): string {
  const lift = last?.lift ?? null;
  return [
    ...(lift ? [`lift=${lift.estimate.toFixed(2)};;;0`] : []),
    ...(lastAgeSeconds === null ? [] : [`age=${lastAgeSeconds}s;;;0`]),
  ].join(' ');
}

/** Local facts of Ansible: plain names, no nulls, so that a condition needs no guard. */
export function ansibleFacts({ condition, runs, last, lastAgeSeconds }: Status): Readonly<Record<string, unknown>> {
  return {
    condition,
    residue: condition === 'residue',
    residue_runs: condition === 'residue' ? runs.map(({ run }) => run) : [],
    has_verdict: last !== null,
    verdict: last?.verdict ?? '',
    sentence: last?.sentence ?? '',
    profile: last?.profile ?? '',
    exit_code: last?.exit.code ?? -1,
    age_seconds: lastAgeSeconds ?? -1,
    folder: last?.folder ?? '',
    labels: last?.labels ?? {},
  };
}

function renderAge(seconds: number): string {
  if (seconds < 2 * 3600) return renderDuration(seconds * 1e9);
  return seconds < 2 * 86400 ? `${renderCount(seconds / 3600)} h` : `${renderCount(seconds / 86400)} days`;
}
