// The fields of a JSON Schema as lines that can be compared: `exit.code: integer, always`.

import { isRecord } from '../../agent/lib/record.ts';

export interface Field {
  readonly types: ReadonlySet<string>;
  /** It is there wherever the object is that holds it. */
  readonly always: boolean;
}

/** Every field by its path: `layers[].lift`; `[]` is an item of a list, `.*` a value under a name that is free. */
export function fieldsOf(schema: unknown): ReadonlyMap<string, Field> {
  const found = new Map<string, Field>();
  walk(schema, '', true, found);
  return found;
}

export function linesOf(fields: ReadonlyMap<string, Field>): readonly string[] {
  return [...fields].map(
    ([path, { types, always }]) => `${path}: ${[...types].sort().join(' | ')}${always ? ', always' : ''}`,
  );
}

/** The way back from `linesOf`. */
export function readLines(text: string): ReadonlyMap<string, Field> {
  return new Map(
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [, path = '', types = '', always] = /^(.*): (.*?)(, always)?$/.exec(line) ?? [];
        return [path, { types: new Set(types.split(' | ')), always: always !== undefined }];
      }),
  );
}

/** What a reader who knows the fields `before` would stumble over in a document with the fields `now`. */
export function brokenPromises(before: ReadonlyMap<string, Field>, now: ReadonlyMap<string, Field>): readonly string[] {
  return [...before].flatMap(([path, was]) => {
    const is = now.get(path);
    if (!is) return [`${path} is gone`];
    const fresh = [...is.types].filter(
      (type) => !was.types.has(type) && !(type === 'integer' && was.types.has('number')),
    );
    return [
      ...(fresh.length > 0 ? [`${path} may be ${fresh.join(' or ')}`] : []),
      ...(was.always && !is.always ? [`${path} may be left out`] : []),
    ];
  });
}

function walk(node: unknown, path: string, always: boolean, found: Map<string, Field>): void {
  if (!isRecord(node)) return;
  const variants = [node['anyOf'], node['oneOf']].flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : []));
  if (variants.length > 0) {
    for (const variant of variants) walk(variant, path, always, found);
    return;
  }
  if (path !== '') {
    const known = found.get(path);
    const types = new Set([...(known?.types ?? []), typeOf(node)]);
    found.set(path, { types, always: always && (known?.always ?? true) });
  }
  const required: readonly unknown[] = Array.isArray(node['required']) ? node['required'] : [];
  const properties = isRecord(node['properties']) ? Object.entries(node['properties']) : [];
  for (const [key, value] of properties) {
    walk(value, path === '' ? key : `${path}.${key}`, required.includes(key), found);
  }
  walk(node['items'], `${path}[]`, true, found);
  walk(node['additionalProperties'], `${path}.*`, true, found);
}

function typeOf(node: Readonly<Record<string, unknown>>): string {
  if (typeof node['type'] === 'string') return node['type'];
  return 'const' in node ? (node['const'] === null ? 'null' : typeof node['const']) : 'anything';
}
