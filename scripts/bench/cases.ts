// Runs the cases of profiles/cases in the lab, those of one machine in one boot, and prints a table as on agent/docs/cases.md.
// Arguments: the names of cases; without one, all.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { listCases } from '../../agent/cli/handlers/case.ts';
import type { ListedCase } from '../../agent/report/case/text.ts';
import { caseResultSchema, type CaseResult } from '../../agent/report/case/result.ts';
import { bootOf, machineFor, type Machine } from '../../test/support/provider-cases.ts';

/** Five minutes of measuring, and what is around it. */
const mostSecondsEach = 480;

interface Row {
  readonly name: string;
  /** A text: it did not come to a report, for this reason. */
  readonly result: CaseResult | string;
}

const cases = asked(process.argv.slice(2));
print(
  `${new Date().toISOString().slice(0, 10)}, ${cpus().length} CPUs, ${cpus()[0]?.model.trim() ?? 'unknown'}, emulated kernel\n`,
);
print('| case | layer named | outcome | found against planted | minutes |');
print('| --- | --- | --- | --- | --- |');
const rows = (Object.keys(bootOf) as Machine[]).flatMap((machine) => {
  const here = cases.filter((one) => machineFor(one.providers) === machine).map(({ name }) => name);
  const ran = here.length > 0 ? runTogether(machine, here) : [];
  for (const row of ran) print(lineOf(row));
  return ran;
});
const right = rows.filter(({ result }) => typeof result !== 'string' && result.outcome === 'right').length;
print(`\n${right} of ${rows.length} right`);
if (right < rows.length) process.exitCode = 1;

function asked(names: readonly string[]): readonly ListedCase[] {
  const all = listCases('profiles/cases');
  const unknown = names.filter((name) => all.every((one) => one.name !== name));
  if (unknown.length > 0) throw new Error(`there is no case ${unknown.join(', ')}: \`layerlift case\` lists them`);
  return names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
}

/** One boot. The lab sees no change of the tree between two cases. */
function runTogether(machine: Machine, names: readonly string[]): readonly Row[] {
  const out = mkdtempSync(join(tmpdir(), 'layerlift-cases-'));
  const each =
    'node agent/dist/main.js case "$name" -q --format json --runs /tmp/runs >"$LAB_OUT/$name.json" 2>"$LAB_OUT/$name.err"';
  const script = `test/support/preload.sh; for name in ${names.join(' ')}; do ${each} || true; done`;
  const deadline = `${60 + names.length * mostSecondsEach}`;
  const lab = spawnSync(
    'scripts/lab',
    ['--out', out, '--deadline', deadline, ...argumentsOf(bootOf[machine]), '--', 'bash', '-c', script],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  const textOf = (file: string): string => (existsSync(join(out, file)) ? readFileSync(join(out, file), 'utf8') : '');
  const ran = names.map((name): Row => {
    const text = textOf(`${name}.json`);
    if (text !== '') return { name, result: caseResultSchema.parse(JSON.parse(text)) };
    return { name, result: textOf(`${name}.err`).trim().split('\n')[0] || `the lab ended with ${lab.status}` };
  });
  rmSync(out, { recursive: true, force: true });
  return ran;
}

function argumentsOf({ kernel, xen }: (typeof bootOf)[Machine]): readonly string[] {
  return [...(kernel === undefined ? [] : ['--kernel', kernel]), ...(xen === true ? ['--xen'] : [])];
}

function lineOf({ name, result }: Row): string {
  if (typeof result === 'string') return `| \`${name}\` | - | not run | ${result} | - |`;
  const { verdict, outcome, figures, minutes } = result;
  const named = verdict.outcome === null ? '-' : verdict.found;
  const found = figures.map((one) => `${one.what}: ${one.found} of ${one.planted}`).join('; ');
  return `| \`${name}\` | ${named} | ${outcome} | ${found || '-'} | ${minutes.toFixed(1)} |`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
