// A knob as caps.json holds it.

import * as z from 'zod';
import { layers } from '../lib/layer.ts';
import { liveAttributes } from '../lib/live-turn.ts';

const attribute = z.enum(liveAttributes);

export const liveTurnSchema = z.union([
  z.object({ attribute, least: z.number().int(), most: z.number().int() }),
  z.object({ attribute, word: z.string() }),
]);

const change = z.object({
  how: z.string(),
  isCommand: z.boolean(),
  effect: z.string().exactOptional(),
  offset: z.number().int().exactOptional(),
  turn: liveTurnSchema.exactOptional(),
});

const knob = z.object({
  id: z.string(),
  layer: z.enum([...layers, 'load']),
  name: z.string(),
  where: z.string(),
  device: z.string().exactOptional(),
  sharedIn: z.string().exactOptional(),
  value: z.string(),
  defaultValue: z.string().exactOptional(),
  atDefault: z
    .boolean()
    .optional()
    .transform((known): boolean | undefined => known),
  limit: z.number().exactOptional(),
  queues: z.number().exactOptional(),
  scope: z.enum(['queue', 'device', 'shared', 'host', 'cgroup']),
  change,
});

/** One knob, of this version or of one that called the default `standard` and told the change in a sentence. */
export const knobSchema = z.preprocess((raw) => {
  if (typeof raw !== 'object' || raw === null) return raw;
  const { standard, ...rest } = raw as Readonly<Record<string, unknown>>;
  return {
    ...(standard === undefined ? {} : { defaultValue: standard }),
    ...rest,
    ...(typeof rest['change'] === 'string' ? { change: changeFrom(rest['change'], rest['id']) } : {}),
  };
}, knob);

/** How such a sentence began where a shell takes it as it stands. */
const typed = /^(?:echo|sysctl|modprobe|nvme|nbd-client|rbd|iscsiadm) /;
/** A place, beside N, that the reader must fill in. */
const blank = /\b[A-Z]{4,}\b|\.\.\./;

/** `echo N >/sys/...; live`: what earlier versions recorded. */
export function changeFrom(sentence: string, id: unknown): z.output<typeof change> {
  const [, how = sentence, bracket, tail = ''] = /^([^;(]*[^;(\s])\s*([;(]?)\s*(.*)$/s.exec(sentence) ?? [];
  const effect = (bracket === '(' ? tail.replace(')', '') : tail).replaceAll('; ', ', ');
  return {
    ...{ how, isCommand: typed.test(how) && !blank.test(how) },
    ...(effect === '' ? {} : { effect }),
    // nvme connect counts entries, the attribute counts them from 0 (drivers/nvme/host/fabrics.c).
    ...(id === 'nvmf.qsz' ? { offset: 1 } : {}),
  };
}
