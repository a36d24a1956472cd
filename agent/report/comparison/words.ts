// A comparison in words: one sentence to act on, what to keep in mind, and tables for a terminal (pure).

import { allStubId, baselineId } from '../../lib/arm.ts';
import type { Lift } from '../../analysis/verdict/verdict.ts';
import { renderCount } from '../../lib/units.ts';
import { unreachable } from '../../lib/unreachable.ts';
import { plain, wrap } from '../formats/plain.ts';
import { renderTable } from '../formats/table.ts';
import { type PastRun, renderWhen } from '../history.ts';
import { renderLift, renderNumber, renderRatio, renderRise } from '../words/figures.ts';
import { renderCap } from './caps.ts';
import type { Change, Comparison } from './comparison.ts';
import type { Difference } from './differences.ts';

const width = 100;
/** More rows of one kind say no more. */
const mostRows = 20;

export function comparisonSentence(comparison: Comparison): string {
  const { outcome, tolerance, apart } = comparison;
  const baseline = changeOf(comparison, baselineId);
  const lost = renderRatio(tolerance);
  switch (outcome) {
    case 'worse':
    case 'better':
      return `${outcome === 'worse' ? 'Worse' : 'Better'}: from A to B, goodput as deployed ${baseline?.change ? renderRise(baseline.change) : 'changes'}${levels(baseline)}.`;
    case 'no-worse':
      return `No worse: from A to B, goodput as deployed changes by ${renderLift(baseline?.change)}, so a loss of more than ${lost} is excluded.`;
    case 'unclear':
      return baseline?.change
        ? `Cannot tell: from A to B, goodput as deployed changes by ${renderLift(baseline.change)}; a loss of more than ${lost} is neither proven nor excluded.`
        : 'Cannot tell: too few slices of the stack as deployed were measured in A or in B.';
    case 'apart':
      return `Cannot tell: A and B had different loads (${apart.map(({ path }) => plain(path)).join(', ')}), so their goodput is not compared.`;
    default:
      return unreachable(outcome);
  }
}

/** Reasons to read the comparison with care, as sentences. */
export function comparisonNotes(comparison: Comparison): readonly string[] {
  const { from, to, verdictChanged, versions } = comparison;
  return [
    verdictChanged ? `the verdict changed: ${from.brief} in A, ${to.brief} in B` : 'the verdict names the same in both',
    ...hostNotes(comparison),
    ...Object.entries({ A: from, B: to }).flatMap(([name, { cutShort }]) =>
      cutShort === null ? [] : [`${name} was cut short: ${cutShort}`],
    ),
    ...(versions ? [`A is of version ${versions.from ?? '-'} of layerlift, B of ${versions.to ?? '-'}`] : []),
    'bounds are one-sided, at 5 % each, and speak of the time of each run; how much runs of this host differ by themselves, two runs do not tell',
  ];
}

/** A change that all stubs leave in place is not of the stack. */
function hostNotes(comparison: Comparison): readonly string[] {
  const [all, baseline] = [changeOf(comparison, allStubId)?.change, changeOf(comparison, baselineId)?.change];
  if (comparison.outcome === 'apart' || !all || !baseline) return [];
  const isAlike = (all.high < 1 && baseline.high < 1) || (all.low > 1 && baseline.low > 1);
  return isAlike
    ? [`with all stubs in place goodput changes too, by ${renderLift(all)}: so much of it is not of the stubbed layers`]
    : [];
}

export function comparisonText(comparison: Comparison): string {
  const { from, to, goodput, lifts, caps, knobs, asked, host } = comparison;
  const changedCaps = caps.filter(({ from: a, to: b, changed }) => a && b && changed !== false);
  const parts: readonly (readonly string[])[] = [
    wrap(comparisonSentence(comparison), { width }),
    comparisonNotes(comparison).flatMap((note) => wrap(note, { width, first: '  - ' })),
    table('The runs', ['', 'UTC', 'host', 'profile', 'verdict', 'folder'], [runRow('A', from), runRow('B', to)]),
    table(
      'Goodput, useful I/O a second',
      ['arm', 'A', 'B', 'change'],
      goodput.map(({ what, from: a, to: b, change }) => [what, rate(a), rate(b), renderLift(finite(change))]),
      [1, 2],
    ),
    table(
      'What a stub lifts',
      ['layer', 'A', 'B', 'change'],
      lifts.map((one) => [one.layer, renderLift(one.from), renderLift(one.to), renderLift(finite(one.change))]),
    ),
    table(
      'Limits that differ, or may',
      ['layer', 'A', 'B'],
      changedCaps.map((one) => [one.of === 'stack' ? 'all layers' : one.of, renderCap(one.from), renderCap(one.to)]),
    ),
    table(
      'Settings that differ',
      ['layer', 'setting', 'A', 'B', 'where'],
      knobs.map((one) => [one.layer, one.name, one.from, one.to, one.where]),
    ),
    table('Asked for differently', ['key', 'A', 'B'], asked.map(differenceRow)),
    table('The host', ['fact', 'A', 'B'], host.map(differenceRow)),
  ];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function table(
  title: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
): readonly string[] {
  if (rows.length === 0) return [];
  const shown = rows.slice(0, mostRows).map((row) => row.map(plain));
  const more = rows.length - shown.length;
  return [
    title,
    ...renderTable(head, shown, right).map((line) => `  ${line}`),
    ...(more > 0 ? [`  and ${renderNumber(more, 'more row')}: --format json has all`] : []),
  ];
}

function runRow(name: string, run: PastRun): readonly string[] {
  return [name, renderWhen(run.startedAt), run.host ?? '-', run.profile, run.brief, run.folder];
}

function differenceRow({ path, from, to }: Difference): readonly string[] {
  return [path, from ?? '-', to ?? '-'];
}

function changeOf({ goodput }: Comparison, arm: string): Change | undefined {
  return goodput.find(({ what }) => what === arm);
}

function levels(change: Change | undefined): string {
  return change ? `, from ${rate(change.from)} to ${rate(change.to)} useful I/O a second` : '';
}

function rate(value: number | null): string {
  return value === null ? '-' : renderCount(value < 10 ? Number(value.toFixed(1)) : Math.round(value));
}

/** Two slices in each of two runs bound nothing: such an interval is no figure. */
function finite(change: Lift | null): Lift | null {
  return change && change.high / change.low < 1000 ? change : null;
}
