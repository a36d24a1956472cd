// The end of the process when something hangs in the kernel.

import { createRequire } from 'node:module';
import { isAnythingHanging } from './patience.ts';

/**
 * Ends the process at once where a thread of libuv's pool is held in the kernel: process.exit waits for all of them
 * (uv_library_shutdown), and would never return. Else it does nothing.
 */
export function leaveIfHanging(code: number): void {
  if (!isAnythingHanging()) return;
  const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi');
  koffi.load(null).func('void _exit(int status)')(code);
}
