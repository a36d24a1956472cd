// Every decoder gets the snapshot, and a place to say what it could not see or understand.

import * as z from 'zod';
import { chosenValue } from '../host/formats/choice.ts';
import { type Missing, type Snapshot, valueIn } from './snapshot.ts';

export interface Look {
  readonly snapshot: Snapshot;
  readonly missing: Missing[];
}

export function lookAt(snapshot: Snapshot): Look {
  return { snapshot, missing: [...snapshot.missing] };
}

/** Digits that a double holds. */
export const count = z
  .string()
  .regex(/^\d{1,15}$/, 'a whole number')
  .transform(Number);
export const word = z.string().max(4096, 'a short text');
/** The value in force of an attribute that lists its choices, such as `none [mq-deadline]`. */
export const chosen = word.transform(chosenValue);
/** `1.0k`, `4.0M`: as bcache prints sizes; or a plain number of bytes. */
export const readableBytes = z
  .string()
  .regex(/^\d{1,15}(\.\d+)?[kMGT]?$/, 'a size')
  .transform((text) => Math.round(parseFloat(text) * 1024 ** ('kMGT'.indexOf(text.at(-1) ?? '') + 1)));

type Fields = Readonly<Record<string, z.ZodType>>;

/** A schema is compiled when it is first used, which takes far longer than its use: one for each table of fields. */
const compiled = new WeakMap<Fields, z.ZodType>();

function schemaOf(fields: Fields): z.ZodType {
  const known = compiled.get(fields);
  if (known) return known;
  const schema = z.object(fields).partial();
  compiled.set(fields, schema);
  return schema;
}

/**
 * The files of a folder by their names, each decoded by its schema. What is absent or empty is undefined; what is not as
 * expected is left out and said.
 */
export function readFields<F extends Fields>(look: Look, folder: string, fields: F): Partial<z.output<z.ZodObject<F>>> {
  const texts = Object.keys(fields).flatMap((name) => {
    const text = valueIn(look.snapshot, `${folder}/${name}`);
    return text === undefined ? [] : [[name, text] as const];
  });
  if (texts.length === 0) return {};
  return decodeFields(look, folder, { fields, values: Object.fromEntries(texts) });
}

/** The same of values that stand elsewhere. */
export function decodeFields<F extends Fields>(
  look: Look,
  where: string,
  { fields, values }: { fields: F; values: Readonly<Record<string, unknown>> },
): Partial<z.output<z.ZodObject<F>>> {
  const schema = schemaOf(fields);
  const first = schema.safeParse(values);
  if (first.success) return first.data as Partial<z.output<z.ZodObject<F>>>;
  const wrong = new Map(first.error.issues.map(({ path, message }) => [String(path[0]), message]));
  for (const [name, expected] of wrong) {
    const seen = String(values[name]).slice(0, 40);
    look.missing.push({ what: `${where}/${name}`, why: `expected ${expected}, not "${seen}"` });
  }
  const rest = Object.fromEntries(Object.entries(values).filter(([name]) => !wrong.has(name)));
  const second = schema.safeParse(rest);
  return second.success ? (second.data as Partial<z.output<z.ZodObject<F>>>) : {};
}

/** The answer of a tool as JSON of a schema; undefined where there is none. Rubbish is said. */
export function readJson<S extends z.ZodType>(look: Look, tool: string, schema: S): z.output<S> | undefined {
  const text = look.snapshot.answers.get(tool);
  if (text === undefined || text.trim() === '') return undefined;
  try {
    const read = schema.safeParse(JSON.parse(text));
    if (read.success) return read.data;
    look.missing.push({ what: tool, why: `its answer is not as expected: ${read.error.issues[0]?.message ?? ''}` });
  } catch {
    look.missing.push({ what: tool, why: 'its answer is no JSON' });
  }
  return undefined;
}
