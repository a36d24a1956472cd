// Labels of a run, `key=value`: what its user wants to find it by, or what a pipeline wants to hand through.

import { UsageError } from './errors.ts';

export type Labels = Readonly<Record<string, string>>;

/** A name as most metric and log systems take it. */
const key = /^[A-Za-z_][A-Za-z0-9_.-]{0,62}$/;
/** Characters. */
const longestValue = 200;

const hint = 'expected KEY=VALUE such as ticket=INC-1234: a key of letters, digits, "_", "." and "-"';

/** Throws UsageError naming the first label that is none, and a key that is given twice. */
export function parseLabels(texts: readonly string[], option: string): Labels {
  const labels = new Map<string, string>();
  for (const text of texts) {
    const [name, value] = split(text);
    if (value === undefined || !key.test(name)) throw new UsageError(`${option}: "${text}" is not a label`, hint);
    if (value.length > longestValue || /[\p{Cc}\u2028\u2029]/u.test(value))
      throw new UsageError(
        `${option}: the value of "${name}" is no label`,
        `expected one line of at most ${longestValue} characters`,
      );
    if (labels.has(name)) throw new UsageError(`${option}: "${name}" is given more than once`, 'give each key once');
    labels.set(name, value);
  }
  return Object.fromEntries(labels);
}

/** `ticket=INC-1234, phase=before`; empty of none. */
export function renderLabels(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ');
}

/** Whether `labels` has all of `asked`. */
export function hasLabels(labels: Labels, asked: Labels): boolean {
  return Object.entries(asked).every(([name, value]) => labels[name] === value);
}

function split(text: string): readonly [string, string | undefined] {
  const at = text.indexOf('=');
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
