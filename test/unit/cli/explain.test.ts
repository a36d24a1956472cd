import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../agent/lib/errors.ts';
import { layers } from '../../../agent/lib/layer.ts';
import { everyArm } from '../../../agent/lib/arm.ts';
import { entriesFor, glossary } from '../../../agent/report/glossary.ts';
import { reportSchema } from '../../../agent/report/schema/schema.ts';
import { verdictSchema } from '../../../agent/report/schema/verdict.ts';
import { printedBy } from '../../support/printed-by.ts';

const told = (term?: string): Promise<string> => printedBy(['explain', ...(term === undefined ? [] : [term])]);

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
  ])('says what "%s" means, in at most 100 columns', async (term) => {
    const text = await told(term);
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

  it('lists all without a term', async () => {
    const text = await told();
    for (const { terms, says } of glossary) {
      expect(text).toContain(terms.join(', '));
      expect(text.replaceAll(/\s+/g, ' ')).toContain(says.replaceAll(/\s+/g, ' '));
    }
  });

  it('offers the nearest word', async () => {
    await expect(told('levre')).rejects.toThrow(/did you mean "lever"/);
    const failure = await told('weather').catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(UsageError);
    expect(String(failure)).not.toMatch(/did you mean/);
  });
});
