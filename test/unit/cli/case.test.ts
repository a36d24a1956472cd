// The command `case`, with the run itself left out.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCase, type CaseOptions } from '../../../agent/cli/handlers/case.ts';
import type { RunOptions } from '../../../agent/cli/handlers/run.ts';
import { UsageError } from '../../../agent/lib/errors.ts';
import { caseResultSchema } from '../../../agent/report/case/result.ts';
import { jsonText } from '../../../agent/lib/json-text.ts';
import { documentOf, runs } from '../../support/documents.ts';

const report = documentOf(runs.lever);
const found = report.verdict.kind === 'lever' ? report.verdict.layer : '';

const profileOf = (layer: string): string => `# Question: who is it?
version: 1
name: one
case: { report: 'https://example.org/1', guilty: x, expect: { verdict: { kind: lever, layer: ${layer} } } }
guests: 1
stack: { media: { deployed: { provider: model } } }
`;

let folder = '';
let printed = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'layerlift-case-'));
  printed = '';
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const asked: CaseOptions = {
  ...{ name: 'one', list: false, format: 'text', seed: 1, runs: 'runs', quiet: true, verbose: false },
  print: (text) => (printed += text),
};

function place(layer: string): { folder: string; run: (options: RunOptions) => Promise<'ok'>; ran: RunOptions[] } {
  writeFileSync(join(folder, 'one.yaml'), profileOf(layer));
  const ran: RunOptions[] = [];
  const run = (options: RunOptions): Promise<'ok'> => {
    ran.push(options);
    options.print(jsonText(report));
    return Promise.resolve('ok');
  };
  return { folder, run, ran };
}

describe('case', () => {
  it('runs the profile as it is, with a verdict alone where no cap is expected', async () => {
    const here = place(found);
    expect(await runCase(asked, here)).toBe('ok');
    expect(here.ran).toMatchObject([{ profile: join(folder, 'one.yaml'), caps: false, seed: 1, format: 'json' }]);
    expect(printed).toMatch(/^case one: right/);
  });

  it('ends with a code of its own where another layer was found', async () => {
    expect(await runCase(asked, place(found === 'ring' ? 'media' : 'ring'))).toBe('case-wrong');
    expect(printed).toMatch(/^case one: wrong/);
  });

  it('gives its result as JSON', async () => {
    await runCase({ ...asked, format: 'json' }, place(found));
    expect(caseResultSchema.parse(JSON.parse(printed))).toMatchObject({ name: 'one', outcome: 'right' });
  });

  it('lists the cases, and runs none', async () => {
    const here = place(found);
    expect(await runCase({ ...asked, name: undefined }, here)).toBe('ok');
    expect(printed).toMatch(/^one +\w+ +who is it\?$/m);
    printed = '';
    await runCase({ ...asked, list: true, format: 'json' }, here);
    expect(JSON.parse(printed)).toMatchObject({
      kind: 'layerlift-cases',
      cases: [{ name: 'one', providers: ['model'] }],
    });
    expect(here.ran).toEqual([]);
  });

  it('refuses a name that is none, with the nearest', async () => {
    await expect(runCase({ ...asked, name: 'oen' }, place(found))).rejects.toThrow(
      /there is no case "oen": did you mean one\?/,
    );
    await expect(runCase({ ...asked, name: '../one' }, place(found))).rejects.toThrow(UsageError);
  });
});
