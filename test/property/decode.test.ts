import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { ProfileError } from '../../agent/lib/errors.ts';
import { decodeProfile } from '../../agent/profile/decode.ts';

const folder = new URL('../../profiles/', import.meta.url);
const texts = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.includes('.'))
  .map((name) => readFileSync(new URL(name, folder), 'utf8'));

/** Decodes; true when that gave a profile, false when it was refused in the way that a user can read. */
function isAccepted(text: string): boolean {
  try {
    decodeProfile(text, 'p.yaml');
    return true;
  } catch (failure) {
    expect(failure).toBeInstanceOf(ProfileError);
    const { problems } = failure as ProfileError;
    expect(problems.length).toBeGreaterThan(0);
    for (const { message, at } of problems) {
      expect(message).not.toMatch(/^\s*$|\[object/);
      expect(at).toMatch(/^p\.yaml(:[1-9]\d*:[1-9]\d*)?$/);
    }
    return false;
  }
}

const hostile = fc.constantFrom(
  ...['null', '~', '{}', '[]', '-1', '1e309', '.nan', '""', '*a', '&a x', '<<: {}', '!!set {a}', '? {a: 1}\n: 2'],
  ...['__proto__: {a: 1}', '2001-01-01', "'", '"', '|', '%YAML 9', '---', '{sectors/0}', '{below', '\u0000', '\t'],
);

/** A profile of ours with a few words, lines or characters changed. */
const mutated = fc
  .tuple(
    fc.constantFrom(...texts),
    fc.array(
      fc.record({
        at: fc.nat(),
        how: fc.constantFrom('drop line', 'repeat line', 'replace word', 'replace value', 'insert', 'cut'),
        what: fc.oneof(hostile, fc.string({ maxLength: 8, unit: 'binary' })),
      }),
      { minLength: 1, maxLength: 5 },
    ),
  )
  .map(([text, changes]) => changes.reduce(mutate, text));

function mutate(text: string, { at, how, what }: { at: number; how: string; what: string }): string {
  const lines = text.split('\n');
  const line = at % lines.length;
  const position = at % (text.length + 1);
  switch (how) {
    case 'drop line':
      return lines.filter((_, i) => i !== line).join('\n');
    case 'repeat line':
      return lines.flatMap((one, i) => (i === line ? [one, one] : [one])).join('\n');
    case 'replace word':
      return lines.map((one, i) => (i === line ? one.replace(/\w+/, () => what) : one)).join('\n');
    case 'replace value':
      return lines.map((one, i) => (i === line ? one.replace(/: .*/, () => `: ${what}`) : one)).join('\n');
    case 'insert':
      return text.slice(0, position) + what + text.slice(position);
    default:
      return text.slice(0, position);
  }
}

describe('decoding a profile throws nothing but ProfileError, with a place in the file', () => {
  it('for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => void isAccepted(text)),
      { seed: 11 },
    );
  });

  it('for any structure', () => {
    const section = fc.object({
      maxDepth: 4,
      key: fc.constantFrom('deployed', 'stub', 'provider', 'devices', 'only', 'a'),
    });
    const shape = fc.record({
      version: fc.constantFrom(1, 2, null),
      name: fc.constantFrom('x', '', 3),
      guests: fc.oneof(fc.nat(70), section),
      workload: section,
      stack: fc.dictionary(fc.constantFrom('media', 'network', 'blockstack', 'ring', 'x'), fc.oneof(section, fc.nat())),
    });
    fc.assert(
      fc.property(shape, (value) => void isAccepted(stringify(value))),
      { seed: 12, numRuns: 200 },
    );
  });

  it('for any change to the profiles that are shipped', () => {
    fc.assert(
      fc.property(mutated, (text) => void isAccepted(text)),
      { seed: 13, numRuns: 600 },
    );
  });

  it('and some changes are accepted, some refused: the search is no idle one', () => {
    const seen = new Set(fc.sample(mutated, { seed: 13, numRuns: 200 }).map(isAccepted));
    expect([...seen].sort()).toEqual([false, true]);
  });
});
