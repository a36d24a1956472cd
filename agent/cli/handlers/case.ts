// `case [NAME]`: runs a case of profiles/cases, and says whether what is planted in it was found; without a name, lists them.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { InternalError, UsageError } from '../../lib/errors.ts';
import type { ExitName } from '../../lib/exit-codes.ts';
import { jsonText } from '../../lib/json-text.ts';
import { nearest } from '../../lib/nearest.ts';
import { type Case, capsFor } from '../../profile/case.ts';
import { loadProfile } from '../../profile/load.ts';
import type { Profile } from '../../profile/profile.ts';
import { caseResult } from '../../report/case/result.ts';
import { caseText, casesText, type ListedCase } from '../../report/case/text.ts';
import { reportSchema } from '../../report/document/document.ts';
import { run, type RunOptions } from './run.ts';

const shipped = new URL('../../profiles/cases/', import.meta.url).pathname;

export interface CaseOptions extends Pick<RunOptions, 'seed' | 'runs' | 'quiet' | 'verbose' | 'print'> {
  /** Left out: all are listed. */
  readonly name: string | undefined;
  readonly list: boolean;
  readonly format: 'text' | 'json';
}

/** The parts of this program that a case needs, to be replaced in tests. */
const here = { folder: shipped, run };

/** Throws what `run` throws, and UsageError for a name that is none. Gives `case-wrong` for what is not as planted, `inconclusive` for what was withheld. */
export async function runCase(options: CaseOptions, { folder, run: runProfile } = here): Promise<ExitName> {
  const { name, format, print } = options;
  if (name === undefined || options.list) {
    const cases = listCases(folder);
    print(format === 'json' ? jsonText({ version: 1, kind: 'layerlift-cases', cases }) : casesText(cases));
    return 'ok';
  }
  const { path, standsFor } = findCase(folder, name);
  let text = '';
  await runProfile({
    ...options,
    ...{ profile: path, caps: capsFor(standsFor.expect), neighbours: false, fast: false, cold: false },
    ...{ budgetMs: undefined, deadlineMs: undefined, impact: undefined, format: 'json' },
    print: (part) => (text += part),
  });
  const result = caseResult(name, standsFor, reportSchema.parse(JSON.parse(text)));
  print(format === 'json' ? jsonText(result) : caseText(result));
  return ({ right: 'ok', wrong: 'case-wrong', withheld: 'inconclusive' } as const)[result.outcome];
}

export function listCases(folder = shipped): readonly ListedCase[] {
  return namesIn(folder).map((name) => {
    const { standsFor, profile } = findCase(folder, name);
    const providers = profile.stack.map(({ deployed }) => deployed.provider);
    return { name, question: profile.question, ...standsFor, providers };
  });
}

function namesIn(folder: string): readonly string[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  return files.map((file) => file.slice(0, -'.yaml'.length)).sort();
}

function findCase(folder: string, name: string): { path: string; standsFor: Case; profile: Profile } {
  const names = namesIn(folder);
  if (!names.includes(name)) {
    const meant = nearest(name, names);
    const hint = '`layerlift case` lists them; a profile of your own is for `layerlift run`';
    throw new UsageError(`there is no case "${name}"${meant === undefined ? '' : `: did you mean ${meant}?`}`, hint);
  }
  const path = join(folder, `${name}.yaml`);
  const { profile } = loadProfile(path);
  if (!profile.case) throw new InternalError(`${path} has no \`case\``);
  return { path, standsFor: profile.case, profile };
}
