// How many job files of a folder run as they are: reads each as a run would, and prints which are taken, what of each is left out or
// changed, and of the others which option on which line is refused and why. Public job files are not kept here: fetch your own.
// With --run, fio runs each for a second as a guest would, on a file of 256 MiB.

import { execaSync } from 'execa';
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { LayerliftError, type Problem } from '../../agent/lib/errors.ts';
import { type JobSection, renderJob } from '../../agent/load/job.ts';
import { readUserJob } from '../../agent/load/user-job.ts';
import { jobChangeWords } from '../../agent/report/words/job-change.ts';

const [, , folder, ...flags] = process.argv;
if (folder === undefined) {
  process.stderr.write('usage: job-files FOLDER [--changes] [--run]\n');
  process.exit(64);
}
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(fio|job)$/.test(name))
  .sort();
// What others include is a part of them.
const included = new Set(
  files.flatMap((name) =>
    [...readFileSync(join(folder, name), 'utf8').matchAll(/^\s*include\s+(\S+)/gm)].map((found) =>
      join(name, '..', found[1] ?? ''),
    ),
  ),
);
const jobs = files.filter((name) => !included.has(name));
const scratch = mkdtempSync(join(tmpdir(), 'layerlift-job-files-'));
const sectors = 2 ** 19;
let [taken, waiting] = [0, 0];
for (const name of jobs) {
  const path = join(folder, name);
  const problems = await problemsOf(path, name);
  if (problems.length === 0) taken++;
  if (problems.some(({ message }) => message.includes('the variable'))) waiting++;
  for (const { at, message, hint } of problems) {
    const where = relative(folder, at ?? path);
    console.log(`refused  ${where}  ${message}${hint === undefined ? '' : ` (${hint})`}`);
  }
}
rmSync(scratch, { recursive: true });
const share = ((100 * taken) / Math.max(1, jobs.length)).toFixed(0);
console.log(
  `taken as they are: ${taken} of ${jobs.length} (${share} %); ${waiting} of the others need the values of their variables`,
);

async function problemsOf(path: string, name: string): Promise<readonly Problem[]> {
  try {
    const { sections, changes } = await readUserJob(path);
    const failed = flags.includes('--run') ? failureOf(sections) : undefined;
    if (failed !== undefined) return [{ at: path, message: `fio does not run it: ${failed}` }];
    console.log(`taken    ${name}`);
    if (flags.includes('--changes')) for (const change of changes) console.log(`           ${jobChangeWords(change)}`);
    return [];
  } catch (failure) {
    if (failure instanceof LayerliftError) return failure.problems;
    throw failure;
  }
}

/** Why a second of the job ends badly; undefined: it does not. */
function failureOf(sections: readonly JobSection[]): string | undefined {
  const [device, job] = [join(scratch, 'lane'), join(scratch, 'guest.fio')];
  writeFileSync(device, '');
  truncateSync(device, sectors * 512);
  writeFileSync(job, renderJob(sections, { guest: 1, device, sectors, seed: 1, runtimeS: 1 }));
  const { exitCode, stderr, stdout } = execaSync('fio', ['--output-format=json', job], {
    reject: false,
    cwd: scratch,
    timeout: 20_000,
    killSignal: 'SIGKILL',
  });
  const ios = [...stdout.matchAll(/"total_ios" : ([1-9])/g)].length;
  if (exitCode === 0 && ios > 0) return undefined;
  return `exit status ${exitCode ?? '?'}, ${stderr.trim().split('\n').slice(-2).join(' | ')}`;
}
