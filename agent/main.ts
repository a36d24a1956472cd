#!/usr/bin/env node
// argv -> command -> exit code: the only process.exit, and the only place where an error becomes text.

// libuv reads this at its first use: a device that hangs must not occupy the whole pool.
process.env['UV_THREADPOOL_SIZE'] ??= '32';

import { leaveIfStuck } from './cli/terminal/leave.ts';
import { keepOutputWhole, outputFailure } from './cli/terminal/stdout.ts';
import { LayerliftError, reasonOf, renderProblem, UsageError } from './lib/errors.ts';
import { exitCode, type ExitName } from './lib/exit-codes.ts';

/** They name nothing in the current folder, and must work wherever somebody stands when a host is in trouble. */
const needNoFolder = new Set([
  'recover',
  'status',
  'selftest',
  'knobs',
  'explain',
  'exit-codes',
  'schema',
  'completion',
]);

keepOutputWhole();
// A closed stderr must not stop us from restoring the host.
process.stderr.on('error', () => undefined);

let code: number;
try {
  code = exitCode(await run(process.argv.slice(2)));
} catch (failure) {
  code = tell(failure);
}
process.stdout.write('', () => {
  // An error of the stream is told after the write that met it.
  setImmediate(() => {
    const lost = outputFailure();
    if (lost !== undefined) {
      process.stderr.write(`layerlift: the output cannot be written: ${lost} on stdout\n`);
      // A host that is not as found is worse.
      if (code !== exitCode('residue')) code = exitCode('output');
    }
    leaveIfStuck(code);
    process.exit(code);
  });
});

/** A watchdog has a host to restore: it does not wait for the code that reads command lines. */
async function run(argv: readonly string[]): Promise<ExitName> {
  const [name, id, ...rest] = argv;
  if (name === 'watchdog' && id !== undefined && !id.startsWith('-') && rest.length === 0)
    return (await import('./cli/handlers/watchdog.ts')).watchdog({ run: id });
  leaveLostFolder(argv);
  const words = argv.map((word) => (word === '-' ? '/dev/stdin' : word));
  return (await import('./cli/command-line.ts')).parseCommand(words);
}

/** Where the current folder was removed, whatever asks for it fails (getcwd(2), ENOENT). */
function leaveLostFolder(argv: readonly string[]): void {
  try {
    process.cwd();
  } catch {
    const [name = '--help'] = argv;
    const isAlone = argv.length < 2 && name === 'doctor';
    const asksHelp = name.startsWith('-') || argv.includes('--help');
    if (!needNoFolder.has(name) && !isAlone && !asksHelp)
      throw new UsageError(
        'the current folder is gone: it was removed or is no longer mounted',
        'cd to one that is there',
      );
    process.chdir('/');
  }
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
