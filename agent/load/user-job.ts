// A user's own fio job file: fio itself parses what was screened (aliases, units), we take over where it runs.

import { execa } from 'execa';
import os from 'node:os';
import { dirname, isAbsolute, join, normalize } from 'node:path';

import { commandEnvironment } from '../host/kernel/run-command.ts';
import { HostError, LayerliftError, NeedError, ProfileError, type Problem } from '../lib/errors.ts';
import type { JobChange } from '../lib/job-change.ts';
import { readInput } from '../profile/load.ts';
import { changesOf } from './job-changes.ts';
import { copiesOf, type JobSection, onlyChecks } from './job.ts';
import { leftOut, mostJobs, problemOfOption } from './job-options.ts';
import { type JobText, readJobText, type TextSection } from './job-text.ts';
import { lastOf, phasesOf } from './phases.ts';
import { sizeOf, type Place } from './place.ts';

type Option = readonly [string, string | undefined];

const largestAnswer = 4 * 2 ** 20;
/** It only reads a file; a host in trouble may still be slow to start it. */
const answerDeadlineMs = 30_000;

export interface UserJob {
  readonly sections: readonly JobSection[];
  /** Differences from the file. */
  readonly changes: readonly JobChange[];
}

/**
 * `phase`: its number, from 1, or the name of a section in it; left out: the last that does not merely check what others wrote.
 * Throws ProfileError for what fio or we cannot accept, NeedError when fio is missing.
 */
export async function readUserJob(path: string, phase?: number | string): Promise<UserJob> {
  const job = readJobText(readInput(path, 'job file'), path, { include: includeBeside, variable: variableOf });
  if (job.problems.length > 0) throw new ProfileError(job.problems);
  const shown = parseShowcmd(await askFio(job, path), path);
  // A name that reads like options would be one section here and several there.
  if (shown.length !== job.sections.length)
    throw new ProfileError([
      { at: path, message: 'the name of a section reads like an option of fio', hint: 'rename it' },
    ]);
  const phases = phasesOf(job.sections);
  const chosen = chosenPhase(job.sections, {
    phases,
    phase,
    path,
    checks: shown.map((section) => onlyChecks([section])),
  });
  const isChosen = (_: unknown, i: number): boolean => phases[i] === chosen;
  const texts = job.sections.filter(isChosen);
  const sections = shown.filter(isChosen).map((section, i) => {
    const place = placeOf(texts[i]);
    return place ? { ...section, place } : section;
  });
  mustBeFew(sections, path);
  const changes = changesOf({ sections, texts, all: job.sections, phase: chosen, phases: Math.max(...phases) + 1 });
  return { sections, changes };
}

async function askFio({ forFio, sections }: JobText, path: string): Promise<string> {
  // Not by its path, where something else may stand by now: fio sees what was screened.
  const result = await execa('fio', ['--showcmd', '-'], {
    input: forFio,
    reject: false,
    timeout: answerDeadlineMs,
    maxBuffer: largestAnswer,
    env: { ...commandEnvironment, HOME: '/nonexistent' },
    extendEnv: false,
  });
  if (result.code === 'ENOENT')
    throw new NeedError([{ message: 'program fio is not installed', hint: 'apt-get install fio' }]);
  if (result.timedOut) throw new HostError(`fio gave no answer on ${path} within ${answerDeadlineMs / 1000} s`);
  if (result.exitCode === 0 && result.stdout.includes('--name=')) return result.stdout;
  throw new ProfileError([complaint(result, sections, path)]);
}

/** The objections of fio to the file, each with its line. */
function complaint(
  { stderr, stdout }: { readonly stderr: string; readonly stdout: string },
  sections: readonly TextSection[],
  path: string,
): Problem {
  const said = `${stderr}\n${stdout}`;
  const lines = said.split('\n').filter((line) => /bad option|fio:|error|unable/i.test(line));
  const why = lines.slice(0, 3).join(' | ') || stderr.trim() || 'it has no job';
  const message = `fio cannot use this job file: ${why}`;
  const [, option = '', value] = /(?:failed parsing |bad option <)([\w-]+)(?:=([^>\n]*))?/i.exec(said) ?? [];
  const line = sections
    .flatMap(({ lines: own }) => own)
    .find((one) => one.option === option && (value === undefined || one.value === value));
  if (!line) return { at: path, message };
  const isUnknown = /bad option/i.test(said);
  const hint = isUnknown
    ? `the fio of this host has no option ${option}: leave it out, or install a newer fio`
    : `fio --cmdhelp=${option} says which values it takes`;
  return { at: line.at, message, hint };
}

/** A file beside the one that includes it, or below. */
function includeBeside(name: string, from: string): { readonly path: string; readonly text: string } | string {
  if (name === '' || isAbsolute(name) || normalize(name).startsWith('..'))
    return `${name} is not beside the file that includes it`;
  const path = join(dirname(from), name);
  try {
    return { path, text: readInput(path, 'included job file') };
  } catch (failure) {
    if (failure instanceof LayerliftError) return failure.problems[0]?.message ?? 'it cannot be read';
    throw failure;
  }
}

/** Those of the environment, as for fio, and its keywords (fio(1), RESERVED KEYWORDS). */
function variableOf(name: string): string | undefined {
  return name === '$ncpus' ? `${os.cpus().length}` : name.startsWith('$') ? undefined : process.env[name];
}

function chosenPhase(
  sections: readonly TextSection[],
  {
    phases,
    phase,
    path,
    checks,
  }: { phases: readonly number[]; phase: number | string | undefined; path: string; checks: readonly boolean[] },
): number {
  const count = Math.max(...phases) + 1;
  if (phase === undefined) {
    const checking = new Set(phases.filter((_, i) => checks[i]));
    const others = phases.filter((one) => !checking.has(one));
    return Math.max(...(others.length > 0 ? others : phases));
  }
  const named = typeof phase === 'number' ? phase - 1 : phases[sections.findIndex(({ name }) => name === phase)];
  if (named !== undefined && named < count) return named;
  const has = sections.map(({ name }, i) => `${(phases[i] ?? 0) + 1} (${name})`);
  throw new ProfileError([
    { at: path, message: `the job file has no phase ${phase}`, hint: `expected one of ${has.join(', ')}` },
  ]);
}

function placeOf(section: TextSection | undefined): Place | undefined {
  if (!section) return undefined;
  const size = lastOf(section, ['size']) ?? lastOf(section, ['filesize']);
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(size ?? '')?.[1];
  const bytes = sizeOf(size);
  const isPart = percent !== undefined && Number(percent) > 0 && Number(percent) < 100;
  if (bytes === undefined && !isPart) return undefined;
  const name = lastOf(section, ['filename']);
  return {
    file: name === undefined || name === '' ? undefined : name,
    bytes,
    ...(isPart ? { percent: Number(percent) } : {}),
  };
}

function mustBeFew(sections: readonly JobSection[], path: string): void {
  const threads = sections.reduce((sum, { options }) => sum + copiesOf(options), 0);
  if (threads <= mostJobs) return;
  throw new ProfileError([
    {
      at: path,
      message: `${threads} jobs for each guest are too many`,
      hint: `expected at most ${mostJobs}, the numjobs of all sections together`,
    },
  ]);
}

/**
 * Parses the unquoted command line that `fio --showcmd` prints: options are split only where ` --key` stands.
 * What stands before the first name is the global section: every job has it, under its own options.
 */
export function parseShowcmd(text: string, path: string): readonly JobSection[] {
  const common: Option[] = [];
  const sections: { name: string; options: Option[] }[] = [];
  const problems: Problem[] = [];
  const parts = text
    .trim()
    .replace(/^fio\s*/, ' ')
    .split(/\s+--(?=[a-z])/)
    .slice(1);
  for (const part of parts) {
    const match = /^([a-z][\w-]*)(?:[=\s]([\s\S]*))?$/.exec(part.trim());
    const [key, value] = [match?.[1] ?? '', match?.[2]?.trim()];
    // Once more: the name of a section can hold what reads like options.
    const problem = problemOfOption(key, value);
    if (problem) problems.push({ at: path, ...problem });
    else if (key === 'name')
      sections.push({ name: (value ?? 'job').replaceAll(/[^\w.-]/g, '_'), options: [...common] });
    else if (!leftOut.has(key)) (sections.at(-1)?.options ?? common).push([key, value]);
  }
  const jobs = sections.map(({ name, options }) => ({ name, options: [...new Map(options)] }));
  if (problems.length > 0) throw new ProfileError(problems);
  return jobs;
}
