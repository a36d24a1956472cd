#!/usr/bin/env node
// argv -> command -> exit code: the only process.exit, and the only place where an error becomes text.

// libuv reads this at its first use: a device that hangs must not occupy the whole pool.
process.env['UV_THREADPOOL_SIZE'] ??= '32';

import { leaveIfStuck } from './cli/terminal/leave.ts';
import { LayerliftError, reasonOf, renderProblem } from './lib/errors.ts';
import { exitCode, type ExitName } from './lib/exit-codes.ts';

// `layerlift ... | head` closes stdout early, and a terminal can go away: what follows is not wanted, and no reason to fail.
process.stdout.on('error', (failure: NodeJS.ErrnoException) => {
  if (failure.code !== 'EPIPE' && failure.code !== 'EIO') throw failure;
});
// A closed stderr must not stop us from restoring the host.
process.stderr.on('error', () => undefined);

let code: number;
try {
  code = exitCode(await run(process.argv.slice(2)));
} catch (failure) {
  code = tell(failure);
}
process.stdout.write('', () => {
  leaveIfStuck(code);
  process.exit(code);
});

/** A watchdog has a host to restore: it does not wait for the code that reads command lines. */
async function run(argv: readonly string[]): Promise<ExitName> {
  const [name, id, ...rest] = argv;
  if (name === 'watchdog' && id !== undefined && !id.startsWith('-') && rest.length === 0)
    return (await import('./cli/handlers/watchdog.ts')).watchdog({ run: id });
  return (await import('./cli/command-line.ts')).parseCommand(argv);
}

function tell(failure: unknown): number {
  if (!(failure instanceof LayerliftError)) {
    process.stderr.write(`layerlift: internal error: ${reasonOf(failure)}\n`);
    if (failure instanceof Error && process.env['DEBUG']) process.stderr.write(`${failure.stack ?? ''}\n`);
    return exitCode('internal');
  }
  for (const problem of failure.problems) process.stderr.write(`layerlift: ${renderProblem(problem)}\n`);
  if (failure.exit === 'residue')
    process.stderr.write('layerlift: THE HOST IS NOT AS FOUND; try `layerlift recover`, then the lines above\n');
  return exitCode(failure.exit);
}
