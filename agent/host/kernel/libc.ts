// Functions of the C library that Node has none for, through koffi: no process is started for a system call.
// koffi runs `.async` calls on libuv's pool, so that a device that hangs never hangs the agent.

import { createRequire } from 'node:module';
import { HostError, reasonOf } from '../../lib/errors.ts';

type Koffi = typeof import('koffi');
type Argument = Buffer | number | string;

/** The remedy. */
export const nativeHint =
  'install it for this machine (`npm ci`, or node_modules/koffi and node_modules/@koromix of a built folder)';

let loaded: { readonly koffi: Koffi; readonly errnoNames: ReadonlyMap<number, string> } | undefined;

/**
 * The function of this C prototype, such as `int close(int fd)`. A call gives its result (>= 0), and throws an Error whose
 * `code` is the errno name.
 */
export function libcFunction(prototype: string): (...args: readonly Argument[]) => Promise<number> {
  const { koffi, errnoNames } = (loaded ??= load());
  const call = koffi.load(null).func(prototype);
  return (...args) =>
    new Promise((resolve, reject) => {
      call.async(...args, (failure: unknown, result: number) => {
        // koffi carries the worker's errno over to this thread for the callback.
        const code = errnoNames.get(koffi.errno()) ?? `errno ${koffi.errno()}`;
        if (failure) reject(failure instanceof Error ? failure : new Error(`${prototype} could not be called`));
        else if (result < 0) reject(Object.assign(new Error(code), { code }));
        else resolve(result);
      });
    });
}

/** As `libcFunction`, on this thread and at once: for calls that never wait. */
export function libcFunctionNow(prototype: string): (...args: readonly Argument[]) => number {
  const { koffi, errnoNames } = (loaded ??= load());
  const call = koffi.load(null).func(prototype);
  return (...args) => {
    const result = call(...args) as number;
    if (result >= 0) return result;
    const code = errnoNames.get(koffi.errno()) ?? `errno ${koffi.errno()}`;
    throw Object.assign(new Error(code), { code });
  };
}

/** Why the native module cannot be loaded, as one line; undefined where it can. */
export function nativeFailure(): string | undefined {
  try {
    loaded ??= load();
    return undefined;
  } catch (failure) {
    return failure instanceof HostError ? (failure.problems[0]?.message ?? '') : reasonOf(failure);
  }
}

// Loaded at the first use: commands that change nothing never pay for it.
function load(): NonNullable<typeof loaded> {
  const koffi = requireNative();
  // Of two names for a number the first is meant: EAGAIN, not EWOULDBLOCK.
  const names = Object.entries(koffi.os.errno).reverse();
  return { koffi, errnoNames: new Map(names.map(([name, value]) => [value, name])) };
}

function requireNative(): Koffi {
  try {
    return createRequire(import.meta.url)('koffi') as Koffi;
  } catch (cause) {
    const [first = ''] = reasonOf(cause).split('\n');
    throw new HostError(`the native module koffi cannot be loaded: ${first}`, nativeHint, { cause });
  }
}
