// ioctl(2) from Node: a swap costs one system call instead of the start of a process.

import { openSync } from 'node:fs';
import { libcFunction } from './libc.ts';

interface Binding {
  readonly byPointer: ReturnType<typeof libcFunction>;
  readonly byValue: ReturnType<typeof libcFunction>;
}

let binding: Binding | undefined;

/**
 * Calls ioctl. `argument` is read and written in place, or passed by value when it is a number.
 * Gives the system call's result (>= 0). Throws an Error whose `code` is the errno name.
 */
export async function ioctl(fd: number, request: number, argument: Buffer | number): Promise<number> {
  binding ??= {
    byPointer: libcFunction('int ioctl(int fd, unsigned long request, _Inout_ void *argument)'),
    byValue: libcFunction('int ioctl(int fd, unsigned long request, long argument)'),
  };
  return typeof argument === 'number'
    ? binding.byValue(fd, request, argument)
    : binding.byPointer(fd, request, argument);
}

/** Opens a control node read-write. Throws Node's error when it is missing or not permitted. */
export function openControl(path: string): number {
  return openSync(path, 'r+');
}
