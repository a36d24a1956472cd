// That a run was cut short, in words: where, by what, and what to do about it.

import type { Phase } from '../../records/phase.ts';
import type { ExitName, Stopper } from '../../lib/exit-codes.ts';
import type { Facts } from './facts.ts';

const places: Readonly<Record<Phase, string>> = {
  raising: 'while the stack was raised',
  pilot: 'in the pilot',
  slices: 'while layers were compared',
  neighbours: 'while guests were compared with one another',
  caps: 'while caps were looked for',
  check: 'in the check at the end',
  restoring: 'while the host was restored',
  reporting: 'while the report was written',
};

/** The first of the reasons: what stands there is not all that was asked for. */
export function cutSentence({ cutShort, decided }: Pick<Facts, 'cutShort' | 'decided'>): readonly string[] {
  if (!cutShort) return [];
  const { phase, why } = cutShort;
  const place = phase === 'slices' && decided ? ' after the verdict' : phase ? ` ${places[phase]}` : '';
  return [`CUT SHORT${place}: ${why}; this is what was known by then`];
}

const remedies: Readonly<Partial<Record<ExitName, string>>> = {
  deadline: 'repeat with a smaller --budget, or a later --deadline',
  // A record of an earlier version does not say who it was.
  impact: 'repeat when what ended it is over',
  'load-failed': "look at what was said on stderr and at the guests' limits, and repeat",
  'host-failed': 'look at what was said on stderr and at `dmesg`, and repeat',
  output: 'make room, or name another place with --runs, and repeat',
  hangup: 'repeat, and let it run to its end',
  interrupt: 'repeat, and let it run to its end',
  terminate: 'repeat, and let it run to its end',
  inconclusive: 'follow what was said on stderr, and repeat',
};

/** Of runs that ended by `impact`. */
const remediesBy: Readonly<Record<Stopper, string>> = {
  others: 'repeat with a tighter --max-impact, or when others leave more room',
  'stop-if': 'repeat when the command of --stop-if lets a run go on; if it could not be asked, mend it first',
  'disk-user': 'end what has opened the disk, or give another disk up, and repeat',
};

/** The next step after a run that was cut short before it could answer; undefined for others. */
export function remedyOf({ cutShort, exit }: Pick<Facts, 'cutShort' | 'exit'>): string | undefined {
  if (!cutShort) return undefined;
  if (cutShort.by) return remediesBy[cutShort.by];
  // One that left no word said nothing on stderr either.
  return (cutShort.phase && remedies[exit.name]) ?? 'repeat';
}
