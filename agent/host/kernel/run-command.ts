// Runs one program to its end: an argument vector, never a shell line, with a fixed environment and a deadline.

import { execa } from 'execa';
import { HostError } from '../../lib/errors.ts';
import { words } from '../../lib/shell-words.ts';
import { programMark } from './programs.ts';
import { exists } from './files.ts';

export const commandEnvironment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C.UTF-8',
  HOME: '/root',
};

/** Where a program is on the path that the agent calls programs by; undefined: it is not installed. */
export async function findProgram(
  name: string,
  isThere: (path: string) => Promise<boolean> = exists,
): Promise<string | undefined> {
  const paths = commandEnvironment.PATH.split(':').map((folder) => `${folder}/${name}`);
  const found = await Promise.all(paths.map(isThere));
  return paths.find((_, i) => found[i]);
}

const defaultDeadlineMs = 30_000;

export interface CommandOptions {
  readonly deadlineMs?: number;
  /** The folder to run in, and what the program reads; without them the agent's own, and nothing. */
  readonly place?: { readonly cwd: string; readonly input: string };
  /** Ends it when aborted: only for a program that may be cut off anywhere. */
  readonly stop?: AbortSignal;
}

/** Gives stdout. Throws HostError with the command, what came back and the end of its stderr. */
export async function runCommand(
  argv: readonly string[],
  { deadlineMs = defaultDeadlineMs, place, stop }: CommandOptions = {},
): Promise<string> {
  const [file = '', ...args] = argv;
  const result = await execa(file, args, {
    reject: false,
    ...place,
    stdio: [place ? 'pipe' : 'ignore', 'pipe', 'pipe', programMark() ?? 'ignore'],
    // Out of the terminal's reach: Ctrl-C must not end an undo half-way.
    detached: true,
    timeout: deadlineMs,
    forceKillAfterDelay: 2_000,
    ...(stop ? { cancelSignal: stop } : {}),
    env: commandEnvironment,
    extendEnv: false,
  });
  if (!result.failed) return result.stdout;
  throw new HostError(`cannot run \`${words(argv)}\`: ${failureOf(result, deadlineMs)}`, undefined, { cause: result });
}

interface Failure {
  readonly timedOut: boolean;
  readonly isCanceled: boolean;
  readonly code?: string | undefined;
  readonly signal?: string | undefined;
  readonly exitCode?: number | undefined;
  readonly stderr: string;
}

function failureOf(result: Failure, deadlineMs: number): string {
  if (result.timedOut) return `no end after ${deadlineMs / 1000} s`;
  if (result.isCanceled) return 'ended, as the run stops';
  if (result.code === 'ENOENT') return 'the program is not installed';
  if (result.signal) return `ended by ${result.signal}`;
  const tail = result.stderr.trim().split('\n').slice(-3).join(' | ');
  return `exit ${result.exitCode ?? result.code ?? '?'}${tail ? `: ${tail}` : ''}`;
}
