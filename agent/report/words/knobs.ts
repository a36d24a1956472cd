// Says how to lift a cap, in words that can be typed: the knob, its value, the value that is needed, the command.

import type { Change } from '../../knobs/change.ts';
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
export function raiseClause({ name, layer, value, defaultValue, atDefault, needed, set }: Knob): string {
  const { how, isCommand, effect } = set;
  const state = atDefault === true ? ' (its default)' : defaultValue === null ? '' : ` (default ${defaultValue})`;
  const target = needed === null ? '' : ` to ${needed} or more`;
  return `raise ${name} of ${layer} from ${value}${state}${target}: ${isCommand ? `\`${how}\`` : how}${effect === null ? '' : `, ${effect}`}`;
}

/** `needed`: the value to fill in; undefined: not known. */
export function settingFor({ how, isCommand, effect, offset = 0 }: Change, needed: number | undefined): Knob['set'] {
  const filled = needed === undefined ? how : how.replace(placeholder, `${needed + offset}`);
  return { how: filled, isCommand: isCommand && !placeholder.test(filled), effect: effect ?? null };
}

/** In a `Change`. */
const placeholder = /\bN\b/;
