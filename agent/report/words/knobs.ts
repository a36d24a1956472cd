// Says how to lift a cap, in words that can be typed: the knob, its value, the value that is needed, the command.

import type { Change } from '../../knobs/change.ts';
import type { ReportDocument } from '../schema/schema.ts';

type Row = NonNullable<ReportDocument['caps']>['rows'][number];
type Knob = Row['knobs'][number];

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
