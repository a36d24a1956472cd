// What to set so that a cap no longer binds, in words that can be typed: the knob, its value, the value that is needed, the command.

import { ringSlots } from '../../lib/xen.ts';
import type { ReportDocument } from '../schema/schema.ts';

type Row = NonNullable<ReportDocument['caps']>['rows'][number];
type Knob = Row['knobs'][number];

/**
 * The value with which a knob lets through `inFlight` I/Os in its scope; undefined where its value does not say how many it lets
 * through. Settings count in I/Os, in entries of which one stays free, in rings or queues of so many I/Os, or in orders of pages.
 */
export function valueFor(
  { id, value, limit }: Pick<Knob, 'id' | 'value' | 'limit'>,
  inFlight: number,
): number | undefined {
  const now = /^\d+$/.test(value) ? Number(value) : NaN;
  if (id === 'xen.order' && limit === ringSlots(now)) return Math.max(0, Math.ceil(Math.log2(inFlight / ringSlots(0))));
  if (Math.abs(now - limit) <= mostFree) return inFlight + now - limit;
  return now > 0 && limit % now === 0 ? Math.ceil((inFlight * now) / limit) : undefined;
}

/** Entries of a queue that hold no I/O: one that stays free, one that the driver keeps. */
const mostFree = 2;

/** `raise can_queue of ring from 64 (default 1024) to 128: \`echo 128 >/sys/...\`, for the next adapter`. */
export function raiseClause(knob: Knob): string {
  const { name, layer, value, defaultValue, atDefault, needed } = knob;
  const state = atDefault === true ? ' (its default)' : defaultValue === null ? '' : ` (default ${defaultValue})`;
  const target = needed === null ? '' : ` to ${needed} or more`;
  return `raise ${name} of ${layer} from ${value}${state}${target}: ${commandOf(knob)}`;
}

/** What a shell takes as it stands. */
const typed = /^(?:echo|sysctl|modprobe|nvme|nbd-client|rbd|iscsiadm) /;
/** A place that the reader must fill in. */
const blank = /\bN\b|\b[A-Z]{4,}\b|\.\.\./;

function commandOf({ id, change, needed }: Knob): string {
  const [, how = change, bracket, tail = ''] = /^([^;(]*[^;(\s])\s*([;(]?)\s*(.*)$/s.exec(change) ?? [];
  const rest = (bracket === '(' ? tail.replace(')', '') : tail).replaceAll('; ', ', ');
  // The option counts entries, the attribute counts them from 0 (drivers/nvme/host/fabrics.c).
  const wanted = needed === null ? undefined : id === 'nvmf.qsz' ? Number(needed) + 1 : needed;
  const line = wanted === undefined ? how : how.replace(/\bN\b/, `${wanted}`);
  const quoted = typed.test(line) && !blank.test(line) ? `\`${line}\`` : line;
  return rest === '' ? quoted : `${quoted}, ${rest}`;
}
