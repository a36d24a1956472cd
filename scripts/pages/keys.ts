// The keys of a zod schema as rows of a table: name, description, values, default.

import * as z from 'zod';
import { writeBytes, writeDuration } from '../../agent/lib/units.ts';
import { renderList } from '../../agent/report/words/figures.ts';

export interface Key {
  /** Dotted; keys of list items as `list[].key`. */
  readonly path: string;
  readonly about: string;
  readonly values: string;
  /** `required`, `-` for none, or the value as code. */
  readonly fallback: string;
}

/** All keys in the order of the schema, those of a group after the group. */
export function keysOf(schema: z.ZodType, at = ''): readonly Key[] {
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodUnion) return keysOfUnion(inner, at);
  if (inner instanceof z.ZodArray) return keysOf(inner.element as z.ZodType, `${at}[]`);
  if (!(inner instanceof z.ZodObject)) return [];
  return Object.entries(inner.shape as Readonly<Record<string, z.ZodType>>).flatMap(([name, field]) => {
    const path = at === '' ? name : `${at}.${name}`;
    const about = metaOf(field, 'description') ?? '';
    return [{ path, about, values: valuesOf(field), fallback: fallbackOf(field) }, ...keysOf(field, path)];
  });
}

/** Keys that a map and a list of such maps share stand there once. */
function keysOfUnion(union: z.ZodUnion, at: string): readonly Key[] {
  const options = optionsOf(union);
  const isChoice = options.filter((option) => unwrapped(option) instanceof z.ZodObject).length > 1;
  const all = options.flatMap((option) => keysOf(option, at).map((key) => (isChoice ? asChoice(key) : key)));
  const paths = new Set(all.map(({ path }) => path));
  return all.filter(({ path }) => !path.startsWith(`${at}[].`) || !paths.has(path.replace(`${at}[]`, at)));
}

/** What one of several alternatives cannot do without, nobody must give. */
function asChoice(key: Key): Key {
  return { ...key, fallback: key.fallback === 'required' ? '-' : key.fallback };
}

export function tableOf(keys: readonly Key[]): string {
  const rows = keys.map(({ path, about, values, fallback }) => `| \`${path}\` | ${about} | ${values} | ${fallback} |`);
  return ['| key | what it is | values | default |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function valuesOf(field: z.ZodType): string {
  const stated = metaOf(field, 'values');
  const inner = unwrapped(field);
  if (stated !== undefined) return stated;
  if (inner instanceof z.ZodEnum) return renderList(inner.options.map(code), 'or');
  if (inner instanceof z.ZodLiteral) return renderList([...inner.values].map(code), 'or');
  if (inner instanceof z.ZodBoolean) return '`true` or `false`';
  if (inner instanceof z.ZodNumber) return `${inner.minValue} to ${inner.maxValue}`;
  return inner instanceof z.ZodUnion ? renderList(optionsOf(inner).map(valuesOf).filter(Boolean), 'or') : '';
}

function fallbackOf(field: z.ZodType): string {
  const absent = field.safeParse(undefined);
  if (!absent.success) return 'required';
  const value: unknown = field instanceof z.ZodPrefault ? field.def.defaultValue : absent.data;
  if (value === undefined) return '-';
  if (typeof value !== 'number') return code(typeof value === 'string' ? value : JSON.stringify(value));
  const unit = metaOf(field, 'unit');
  if (unit === 'duration') return code(writeDuration(value));
  return code(unit === 'size' ? writeBytes(value) : value);
}

/** Without default, optional, and what prepares the input. */
function unwrapped(schema: z.ZodType): z.ZodType {
  if (isWrapper(schema)) return unwrapped(schema.unwrap() as z.ZodType);
  const prepares = schema instanceof z.ZodPipe && schema.in instanceof z.ZodTransform;
  return prepares ? unwrapped(schema.out as z.ZodType) : schema;
}

/** From the outermost wrapper that has it inward. */
function metaOf(schema: z.ZodType, name: string): string | undefined {
  const own: unknown = schema.meta()?.[name];
  if (typeof own === 'string') return own;
  return isWrapper(schema) ? metaOf(schema.unwrap() as z.ZodType, name) : undefined;
}

function isWrapper(schema: z.ZodType): schema is z.ZodOptional | z.ZodDefault | z.ZodPrefault {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault;
}

function optionsOf(union: z.ZodUnion): readonly z.ZodType[] {
  return union.options as readonly z.ZodType[];
}

export function code(value: unknown): string {
  return `\`${String(value)}\``;
}
