// Meanings of the words of reports and records: the one list behind `layerlift explain` and the pages. Texts are Markdown of one
// line, without the full stop at their end.

import type { FaultKind } from '../lib/fault.ts';
import type { SliceCaveat } from '../records/caveat.ts';
import type { RunCaveat } from '../records/run-caveat.ts';
import type { ReportDocument } from './schema/schema.ts';
import { verdictsExplained } from './words/verdict/words.ts';

export const groups = ['word', 'verdict', 'arm', 'role', 'caveat'] as const;
export type Group = (typeof groups)[number];

export interface Entry {
  readonly group: Group;
  /** The first is the one that reports use. */
  readonly terms: readonly string[];
  readonly says: string;
  /** The consequence, or how it is told. */
  readonly more?: string;
}

type Involvement = Exclude<ReportDocument['layers'][number]['involvement'], 'unknown'>;
type CaveatKind = Exclude<SliceCaveat['kind'] | RunCaveat['kind'] | FaultKind, 'recorded' | 'note'>;

const words: readonly (readonly [terms: string, says: string])[] = [
  ['layer', '`media`, `network`, `blockstack` or `ring`; always in this order, bottom to top'],
  ['provider', 'one way to build a layer, in the role `deployed` or `stub`'],
  ['lane', 'a block device that a layer offers upward. A layer has one, or one for each guest'],
  ['junction', "our dm-linear device above a layer. It points at the deployed lane or at the stub's"],
  ['stack', 'all layers in both forms with their junctions'],
  ['arm', 'one setting of all junctions. Its stubbed layers decide its name (`lib/arm.ts`)'],
  ['guest, load', 'one cgroup (or domain) with its own fio and lane; all of them together'],
  ['slice, block', 'one arm, settled and measured once; some arms in random order, measured close together'],
  ['pilot', 'the switches at the start of a run that show how long goodput takes to settle'],
  ['goodput', 'useful I/O a second over all guests: completed without error, within the objective'],
  ['baseline, as deployed', 'the arm without any stub. Reports say "as deployed" or "without stubs"'],
  ['drain', 'before a table is swapped, the I/O in flight completes'],
  ['lift', "goodput of an arm compared with the baseline's, estimated within blocks"],
  ['headroom, ceiling', 'what all stubs together lift; the arm that lifts most'],
  ['cap, rate', 'a limit on I/Os in flight; a limit on I/Os a second'],
  ['knob', 'a setting of the host that may cap the I/Os in flight'],
  ['step, verb', 'one change to the host as plain data; how to see, do and undo its kind'],
  ['journal, unwind, residue', 'the record of steps; undoing them newest first; what could not be undone'],
  ['void', 'a slice that was disturbed. It is recorded with the reason, and not counted'],
  ['need, caveat', 'what the host must offer; a reason to doubt a number'],
  ['plant', 'a bottleneck of known place, for tests'],
];

const arms: readonly (readonly [terms: string, says: string])[] = [
  ['`baseline`', 'all layers deployed: the host as it is'],
  ['`stub-LAYER`', 'this layer stubbed, all others deployed: what fixing it alone gains'],
  ['`only-LAYER`', 'all stubbed but this layer: how far the rest could go with it left'],
  ['`stub-A+B`', 'the layers that are named are stubbed'],
  ['`all-stub`', 'every layer stubbed that has a stub: the headroom'],
];

const roles: Readonly<Record<Involvement, string>> = {
  'sole-bottleneck': 'its stub lifts, and with it alone deployed nothing is gained',
  'co-bottleneck': 'its stub lifts nothing, nor do all others: another layer limits as much',
  contributor: 'its stub lifts, and so do all others: it adds time to each I/O',
  'next-limit': 'its stub lifts nothing; with it alone deployed goodput stops short',
  'not-involved': 'its stub lifts nothing, and the others gain as much with it deployed',
};

const caveats: Readonly<Record<CaveatKind, string>> = {
  'no-io': 'no I/O completed in a slice. A slice without any is void',
  'no-junction-counters': 'no switch counted the I/O, so nothing checks what fio says',
  'counts-disagree': 'fio and the counters of the kernel differ in the bytes moved by more than what was in flight',
  'none-in-objective':
    'I/O completed, none of it within its objective: goodput counts as half an I/O, and lifts are rough',
  'still-settling': 'goodput still moved when measuring began. Give a longer `settle`',
  'others-unseen': 'the kernel has no pressure figures (PSI), so whether other tenants suffer cannot be seen',
  'tenant-waited': 'another tenant had to wait, but not because of the guests, so the run went on',
  'cpu-full': 'the CPU of the host was full with stubs in place: more CPU might have lifted further',
  steal: 'a hypervisor above took CPU away. A slice with much more or less of it than those around it is void',
  'xen-ring-full': 'the backend of a Xen ring had no request left: see `layerlift observe`',
  'watchdog-inside': 'the watchdog was in the cgroup of the agent, and might have died with it',
  'rings-charged':
    "the threads of a ring's backend are in the cgroup of its guest, so that its work is charged to the guest",
  'rings-not-charged':
    "the kernel does not let the threads of a ring's backend be moved: its work is charged to no guest",
  'caps-left-out': 'caps were not looked for, and why',
  'left-to-others': 'somebody else set a value during the run, which was left as they want it',
  'failed-before': 'a part of the run failed before the failure that ended it',
  late: 'void: a guest was measured for much longer than asked for',
  'starved-agent': 'void: the agent itself got no CPU, and came late to the end of the slice',
  'moved-host': 'void: the clocks parted, as the host was moved, suspended, or had its time set',
  throttled: 'void: a guest was held back by its own `cpuMax`',
  'foreign-cpu': 'void: programs that are not of this run took much more or less CPU than in the slices around',
  paused: 'void: the guests were paused to see whether another tenant waits because of them',
  'no-answer': 'void: fio of a guest lives and did not answer in time',
};

const entryOf =
  (group: Group) =>
  ([names, says, more]: readonly [string, string, string?]): Entry => ({
    ...{ group, terms: names.replaceAll('`', '').split(', '), says },
    ...(more === undefined ? {} : { more }),
  });

export const glossary: readonly Entry[] = [
  ...words.map(entryOf('word')),
  ...verdictsExplained.map(({ kind, says, more }) => entryOf('verdict')([kind, says, more])),
  ...arms.map(entryOf('arm')),
  ...Object.entries(roles).map(([kind, says]) => entryOf('role')([kind, says])),
  ...Object.entries(caveats).map(([kind, says]) => entryOf('caveat')([kind, says])),
];

/** All entries of a term, however it is written: `Next limit`, `next-limit`. An arm is also known by a layer in it. */
export function entriesFor(term: string): readonly Entry[] {
  const asked = normal(term);
  const exact = glossary.filter(({ terms }) => terms.some((one) => normal(one) === asked));
  return exact.length > 0
    ? exact
    : glossary.filter(({ group, terms }) => group === 'arm' && isArm(terms[0] ?? '', asked));
}

/** Every term once, for suggestions and completion. */
export function allTerms(): readonly string[] {
  return [...new Set(glossary.flatMap(({ terms }) => terms))];
}

function normal(term: string): string {
  return term
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_]+/g, '-');
}

function isArm(pattern: string, asked: string): boolean {
  if (pattern === 'stub-A+B') return /^stub-[a-z]+(\+[a-z]+)+$/.test(asked);
  return (
    pattern.endsWith('-LAYER') &&
    new RegExp(`^${pattern.replace('LAYER', '(media|network|blockstack|ring)')}$`).test(asked)
  );
}
