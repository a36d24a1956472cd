// What is wrong with a part of a profile, and where; from what zod says of it.

import * as z from 'zod';
import { nearest } from '../lib/nearest.ts';

export type Path = readonly PropertyKey[];

export interface Mistake {
  readonly path: Path;
  readonly message: string;
  readonly hint?: string;
}

/** `schema`: what was decoded, at `at`: for the word that was meant where a key is none of its own. */
export function mistakesOf(issue: z.core.$ZodIssue, at: Path, schema: z.ZodType): readonly Mistake[] {
  const path = [...at, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, issue.path);
    return issue.keys.map((key) => {
      const meant = nearest(key, known);
      const hint = meant === undefined ? {} : { hint: `did you mean ${meant}?` };
      return { path: [...path, key], message: 'unknown setting', ...hint };
    });
  }
  if (issue.code === 'invalid_key') return issue.issues.map(({ message }) => ({ path, message }));
  if (issue.code === 'invalid_union' && issue.errors.length > 0 && issue.message === 'Invalid input') {
    return [{ path, message: [...new Set(issue.errors.flat().map((error) => error.message))].join(' or ') }];
  }
  return [{ path, message: issue.message.replace(/^Invalid (input|option): /, '') }];
}

/** The keys that a schema knows at a path in it; of alternatives, those of all. */
function keysAt(schema: z.ZodType, path: Path): readonly string[] {
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodUnion) return inner.options.flatMap((option) => keysAt(option as z.ZodType, path));
  const [first, ...rest] = path;
  if (inner instanceof z.ZodArray) return first === undefined ? [] : keysAt(inner.element as z.ZodType, rest);
  if (inner instanceof z.ZodRecord) return first === undefined ? [] : keysAt(inner.valueType as z.ZodType, rest);
  if (!(inner instanceof z.ZodObject)) return [];
  const shape = inner.shape as Readonly<Record<string, z.ZodType>>;
  if (first === undefined) return Object.keys(shape);
  const field = Object.hasOwn(shape, String(first)) ? shape[String(first)] : undefined;
  return field ? keysAt(field, rest) : [];
}

function unwrapped(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return unwrapped(schema.unwrap() as z.ZodType);
  return schema instanceof z.ZodPipe
    ? unwrapped((schema.in instanceof z.ZodTransform ? schema.out : schema.in) as z.ZodType)
    : schema;
}
