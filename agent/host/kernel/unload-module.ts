// delete_module(2) itself: an unwind has many modules, and the start of rmmod takes longer than the call.

import { constants } from 'node:fs';
import { libcFunction } from './libc.ts';

let deleteModule: ((name: string, flags: number) => Promise<number>) | undefined;

/** Throws an Error whose `code` is the errno name; for one in use EAGAIN. */
export async function unloadModule(name: string): Promise<void> {
  deleteModule ??= libcFunction('int delete_module(const char *name, unsigned int flags)');
  await deleteModule(name, constants.O_NONBLOCK);
}
