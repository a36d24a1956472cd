// A user's own fio job file: fio itself parses it (includes, aliases, environment), we take over where it runs.

import { execa } from 'execa';
import { commandEnvironment } from '../host/run-command.ts';
import { NeedError, ProfileError, type Problem } from '../lib/errors.ts';
import type { JobSection } from './job.ts';

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
  'stonewall',
]);

/** Throws ProfileError for what fio or we cannot accept, NeedError when fio is missing. */
export async function readUserJob(path: string): Promise<readonly JobSection[]> {
  const result = await execa('fio', ['--showcmd', path], {
    reject: false,
    timeout: 15_000,
    stdin: 'ignore',
    env: { ...commandEnvironment, HOME: '/nonexistent' },
    extendEnv: false,
  });
  if (result.code === 'ENOENT')
    throw new NeedError([{ message: 'program fio is not installed', hint: 'apt-get install fio' }]);
  const complaint = `${result.stderr}\n${result.stdout}`
    .split('\n')
    .filter((line) => /bad option|fio:|error|unable/i.test(line));
  if (result.exitCode !== 0 || !result.stdout.includes('--name=')) {
    const why = complaint.slice(0, 3).join(' | ') || result.stderr.trim() || 'it has no job';
    throw new ProfileError([{ at: path, message: `fio cannot use this job file: ${why}` }]);
  }
  return parseShowcmd(result.stdout, path);
}

/** Parses the unquoted command line that `fio --showcmd` prints: options are split only where ` --key` stands. */
export function parseShowcmd(text: string, path: string): readonly JobSection[] {
  const sections: { name: string; options: [string, string | undefined][] }[] = [];
  const problems: Problem[] = [];
  for (const part of text
    .trim()
    .replace(/^fio\s*/, ' ')
    .split(/\s+--(?=[a-z])/)
    .slice(1)) {
    const match = /^([a-z][\w-]*)(?:[=\s]([\s\S]*))?$/.exec(part.trim());
    const [key, value] = [match?.[1] ?? '', match?.[2]];
    if (key === 'name') sections.push({ name: (value ?? 'job').replaceAll(/[^\w.-]/g, '_'), options: [] });
    else if (refused.some((pattern) => pattern.test(key))) {
      problems.push({
        at: path,
        message: `the option ${key} is not accepted`,
        hint: 'it reaches beyond the guest: leave it out',
      });
    } else if (key === 'ioengine' && value?.startsWith('external')) {
      problems.push({ at: path, message: 'external I/O engines are not accepted', hint: 'use one that fio brings' });
    } else if (!dropped.has(key)) sections.at(-1)?.options.push([key, value]);
  }
  if (problems.length > 0) throw new ProfileError(problems);
  return sections;
}
