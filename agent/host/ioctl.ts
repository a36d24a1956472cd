// ioctl(2) from Node through koffi: a swap costs one system call instead of the start of a process.
// koffi runs `.async` calls on libuv's pool, so that a device that hangs never hangs the agent.

import { openSync } from 'node:fs';
import { createRequire } from 'node:module';

interface Binding {
  readonly call: (fd: number, request: number, buffer: Buffer | number) => Promise<number>;
}

let binding: Binding | undefined;

/**
 * Calls ioctl. `argument` is read and written in place, or passed by value when it is a number.
 * Gives the system call's result (>= 0). Throws an Error whose `code` is the errno name.
 */
export async function ioctl(fd: number, request: number, argument: Buffer | number): Promise<number> {
  binding ??= load();
  return binding.call(fd, request, argument);
}

/** Opens a control node read-write. Throws Node's error when it is missing or not permitted. */
export function openControl(path: string): number {
  return openSync(path, 'r+');
}

function load(): Binding {
  // Loaded at the first use: commands that change nothing never pay for it.
  const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi');
  const libc = koffi.load(null);
  const byPointer = libc.func('int ioctl(int fd, unsigned long request, _Inout_ void *argument)');
  const byValue = libc.func('int ioctl(int fd, unsigned long request, long argument)');
  const names = new Map(Object.entries(koffi.os.errno).map(([name, value]) => [value, name]));
  return {
    call: (fd, request, argument) =>
      new Promise((resolve, reject) => {
        const call = typeof argument === 'number' ? byValue : byPointer;
        call.async(fd, request, argument, (failure: unknown, result: number) => {
          // koffi carries the worker's errno over to this thread for the callback.
          const code = names.get(koffi.errno()) ?? `errno ${koffi.errno()}`;
          if (failure) reject(failure instanceof Error ? failure : new Error('ioctl could not be called'));
          else if (result < 0) reject(Object.assign(new Error(code), { code }));
          else resolve(result);
        });
      }),
  };
}
