// A user's own fio job file: fio itself parses what was screened (aliases, units), we take over where it runs.

import { execa } from 'execa';
import { commandEnvironment } from '../host/kernel/run-command.ts';
import { HostError, NeedError, ProfileError, type Problem } from '../lib/errors.ts';
import { readInput } from '../profile/load.ts';
import type { JobSection } from './job.ts';
import { leftOut, mostJobs, problemOfOption } from './job-options.ts';
import { screenJob } from './screen-job.ts';

type Option = readonly [string, string | undefined];

const largestAnswer = 4 * 2 ** 20;
/** It only reads a file; a host in trouble may still be slow to start it. */
const answerDeadlineMs = 30_000;

/** Throws ProfileError for what fio or we cannot accept, NeedError when fio is missing. */
export async function readUserJob(path: string): Promise<readonly JobSection[]> {
  const text = readInput(path, 'job file');
  const refusals = screenJob(text, path);
  if (refusals.length > 0) throw new ProfileError(refusals);
  // Not by its path, where something else may stand by now: fio sees what was screened.
  const result = await execa('fio', ['--showcmd', '-'], {
    input: text,
    reject: false,
    timeout: answerDeadlineMs,
    maxBuffer: largestAnswer,
    env: { ...commandEnvironment, HOME: '/nonexistent' },
    extendEnv: false,
  });
  if (result.code === 'ENOENT')
    throw new NeedError([{ message: 'program fio is not installed', hint: 'apt-get install fio' }]);
  if (result.timedOut) throw new HostError(`fio gave no answer on ${path} within ${answerDeadlineMs / 1000} s`);
  const complaint = `${result.stderr}\n${result.stdout}`
    .split('\n')
    .filter((line) => /bad option|fio:|error|unable/i.test(line));
  if (result.exitCode !== 0 || !result.stdout.includes('--name=')) {
    const why = complaint.slice(0, 3).join(' | ') || result.stderr.trim() || 'it has no job';
    throw new ProfileError([{ at: path, message: `fio cannot use this job file: ${why}` }]);
  }
  return parseShowcmd(result.stdout, path);
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
  const threads = jobs.reduce((sum, { options }) => sum + Number(new Map(options).get('numjobs') ?? 1), 0);
  if (threads > mostJobs) {
    problems.push({
      at: path,
      message: `${threads} jobs for each guest are too many`,
      hint: `expected at most ${mostJobs}, the numjobs of all sections together`,
    });
  }
  if (problems.length > 0) throw new ProfileError(problems);
  return jobs;
}
