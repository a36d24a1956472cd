// Where two plain values differ, leaf by leaf (pure).

import { isRecord } from '../../lib/record.ts';

/** `from`, `to`: as JSON, or a text as it is; null: it is not there. */
export interface Difference {
  readonly path: string;
  readonly from: string | null;
  readonly to: string | null;
}

/** In the order of the first value, then what the second alone has. Items of a list are matched by their `layer` or `name`, else by place. */
export function differencesOf(from: unknown, to: unknown, path = ''): readonly Difference[] {
  const [first, second] = [childrenOf(from), childrenOf(to)];
  if (!first || !second) {
    const [before, after] = [rendered(from), rendered(to)];
    return before === after ? [] : [{ path, from: before, to: after }];
  }
  return [...new Set([...first.keys(), ...second.keys()])].flatMap((key) =>
    differencesOf(first.get(key), second.get(key), key.startsWith('[') || path === '' ? path + key : `${path}.${key}`),
  );
}

/** Undefined: a leaf. */
function childrenOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    const names = items.map(nameOf);
    const areNames = new Set(names).size === names.length;
    return new Map(items.map((item, i) => [`[${(areNames ? names[i] : undefined) ?? String(i + 1)}]`, item]));
  }
  return isRecord(value) ? new Map(Object.entries(value)) : undefined;
}

function nameOf(item: unknown): string | undefined {
  const name = isRecord(item) ? (item['layer'] ?? item['name']) : undefined;
  return typeof name === 'string' ? name : undefined;
}

function rendered(value: unknown): string | null {
  if (value === undefined) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
