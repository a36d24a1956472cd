// Results go to stdout whole, or the exit code says that they did not.

import { fstatSync, writeSync } from 'node:fs';

let failure: string | undefined;

/** Why a part of the output is lost; undefined: nothing is, or whoever read it wanted no more. */
export function outputFailure(): string | undefined {
  return failure;
}

/** From here on, what cannot be written is known. */
export function keepOutputWhole(): void {
  // `layerlift ... | head` closes stdout early, and a terminal can go away: what follows is not wanted, and no reason to fail.
  process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    if (code !== 'EPIPE' && code !== 'EIO') failure ??= code ?? message;
  });
  if (!isFile()) return;
  // Where there is no room for all, the kernel writes a part and says how much (write(2)), which Node does not look at.
  process.stdout._write = (chunk: Uint8Array | string, _encoding, done) => {
    const bytes = Buffer.from(chunk);
    try {
      for (let written = 0; written < bytes.length;) written += writeSync(1, bytes, written);
      done();
    } catch (cause) {
      done(cause instanceof Error ? cause : new Error(String(cause)));
    }
  };
}

function isFile(): boolean {
  try {
    return fstatSync(1).isFile();
  } catch {
    return false;
  }
}
