// A user's own fio job file: fio itself parses what was screened (aliases, units), we take over where it runs.

import { execa } from 'execa';
import { commandEnvironment } from '../host/run-command.ts';
import { HostError, NeedError, ProfileError, type Problem } from '../lib/errors.ts';
import { readInput } from '../profile/load.ts';
import type { JobSection } from './job.ts';
import { engines, screenJob } from './screen-job.ts';

type Option = readonly [string, string | undefined];

// They start programs, load code, write other files, or give fio ends and places that the run must decide.
const refused = [
  /^exec_(pre|post)run$/,
  /^trigger/,
  /^(write|read)_(iolog|bw_log|lat_log|hist_log|iops_log)$/,
  /^(replay_|merge_blktrace)/,
  /^(verify_state_save|verify_state_load|state_file|aux-path|opendir|directory|filename_format|file_service_type)$/,
  /^(cgroup|cgroup_weight|cgroup_nodelete|uid|gid)$/,
  /^(profile|client|server|daemonize|dump_cmdline)$/,
];
const dropped = new Set([
  'filename',
  'size',
  'runtime',
  'time_based',
  'ramp_time',
  'loops',
  'output',
  'group_reporting',
  'startdelay',
  // They end fio early, or keep it from counting.
  'number_ios',
  'io_size',
  'exitall',
  'exitall_on_error',
  'gtod_reduce',
  'disable_lat',
  'disable_clat',
  'disable_slat',
  'stonewall',
]);

const largestAnswer = 4 * 2 ** 20;
/** It only reads a file; a host in trouble may still be slow to start it. */
const answerDeadlineMs = 30_000;

/** Throws ProfileError for what fio or we cannot accept, NeedError when fio is missing. */
export async function readUserJob(path: string): Promise<readonly JobSection[]> {
  const refusals = screenJob(readInput(path, 'job file'), path);
  if (refusals.length > 0) throw new ProfileError(refusals);
  const result = await execa('fio', ['--showcmd', path], {
    reject: false,
    timeout: answerDeadlineMs,
    maxBuffer: largestAnswer,
    stdin: 'ignore',
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
    const [key, value] = [match?.[1] ?? '', match?.[2]];
    const problem = problemOf(key, value);
    if (problem) problems.push({ at: path, ...problem });
    else if (key === 'name')
      sections.push({ name: (value ?? 'job').replaceAll(/[^\w.-]/g, '_'), options: [...common] });
    else if (!dropped.has(key)) (sections.at(-1)?.options ?? common).push([key, value]);
  }
  if (problems.length > 0) throw new ProfileError(problems);
  return sections.map(({ name, options }) => ({ name, options: [...new Map(options)] }));
}

function problemOf(key: string, value: string | undefined): Problem | undefined {
  if (refused.some((pattern) => pattern.test(key))) {
    return { message: `the option ${key} is not accepted`, hint: 'it reaches beyond the guest: leave it out' };
  }
  if (key === 'rw' && value?.includes('trim'))
    return { message: `the mode ${value} is not accepted`, hint: 'use reads or writes' };
  if (/^(steadystate|ss)(_|$)/.test(key))
    return { message: `the option ${key} is not accepted`, hint: 'the run decides when it is over' };
  if (key === 'ioengine' && !engines.has(value ?? '')) {
    return {
      message: `the I/O engine ${value ?? ''} is not accepted`,
      hint: `expected one of ${[...engines].join(', ')}`,
    };
  }
  return undefined;
}
