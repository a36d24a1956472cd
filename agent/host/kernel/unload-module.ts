// delete_module(2) itself: an unwind has many modules, and the start of rmmod takes longer than the call.

import { constants } from 'node:fs';
import { reasonOf } from '../../lib/errors.ts';
import { readText } from './files.ts';
import { libcFunction, nativeFailure } from './libc.ts';
import { runCommand } from './run-command.ts';

let deleteModule: ((name: string, flags: number) => Promise<number>) | undefined;

/** Throws an Error whose `code` is the errno name; for one in use EAGAIN. */
export async function unloadModule(name: string): Promise<void> {
  if (nativeFailure() !== undefined) return unloadByRmmod(name, { read: readText, run: runCommand });
  deleteModule ??= libcFunction('int delete_module(const char *name, unsigned int flags)');
  await deleteModule(name, constants.O_NONBLOCK);
}

/** The host as rmmod needs it; in tests, texts that are given. */
interface RmmodHost {
  readonly read: (path: string) => Promise<string | undefined>;
  readonly run: (argv: readonly string[]) => Promise<string>;
}

/** Without the native module: rmmod says in words why it cannot, and the kernel's list says the same. */
export async function unloadByRmmod(module: string, { read, run }: RmmodHost): Promise<void> {
  try {
    await run(['rmmod', module]);
  } catch (failure) {
    const loaded = ((await read('/proc/modules')) ?? '').split('\n').find((line) => line.startsWith(`${module} `));
    if (loaded === undefined) return;
    // In use, by its count of users, or by what stands on it.
    const isUsed = loaded.split(' ')[2] !== '0' || /in use|busy|temporarily unavailable/i.test(reasonOf(failure));
    throw isUsed ? Object.assign(new Error('EAGAIN', { cause: failure }), { code: 'EAGAIN' }) : failure;
  }
}
