import { describe, expect, it } from 'vitest';
import { explain } from '../../../agent/cli/commands/explain.ts';
import { UsageError } from '../../../agent/lib/errors.ts';
import { layers } from '../../../agent/lib/layer.ts';
import { everyArm } from '../../../agent/lib/arm.ts';
import { entriesFor, glossary } from '../../../agent/report/glossary.ts';
import { reportSchema } from '../../../agent/report/schema/schema.ts';
import { verdictSchema } from '../../../agent/report/schema/verdict.ts';

const told = (term: string | undefined): string => {
  let printed = '';
  explain({ term, print: (text) => (printed += text) });
  return printed;
};

describe('explain', () => {
  it.each([
    'lever',
    'masked',
    'goodput',
    'next limit',
    'Next-Limit',
    'sole_bottleneck',
    'foreign-cpu',
    'cpu-full',
    'load',
    'residue',
  ])('says what "%s" means, in at most 100 columns', (term) => {
    const text = told(term);
    expect(text.length).toBeGreaterThan(30);
    expect(text.split('\n').filter((line) => line.length > 100)).toEqual([]);
  });

  it('knows every verdict, every role and every arm that a report can show', () => {
    const verdicts = verdictSchema.options.map(({ shape }) => shape.kind.value).filter((kind) => kind !== 'not-asked');
    const roles = reportSchema.shape.layers
      .unwrap()
      .element.shape.involvement.options.filter((role) => role !== 'unknown');
    const arms = everyArm(layers).map(({ id }) => id);
    for (const term of [...verdicts, ...roles, ...arms]) expect(entriesFor(term).length, term).toBeGreaterThan(0);
    // A word of its own, and an arm.
    expect(entriesFor('baseline').map(({ group }) => group)).toEqual(['word', 'arm']);
  });

  it('lists all without a term', () => {
    const text = told(undefined);
    for (const { terms, says } of glossary) {
      expect(text).toContain(terms.join(', '));
      expect(text.replaceAll(/\s+/g, ' ')).toContain(says.replaceAll(/\s+/g, ' '));
    }
  });

  it('offers the nearest word', () => {
    expect(() => told('levre')).toThrow(/did you mean "lever"/);
    expect(() => told('weather')).toThrow(UsageError);
    expect(() => told('weather')).not.toThrow(/did you mean/);
  });
});
