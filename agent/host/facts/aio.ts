// The room that this host has for Linux AIO.

import { readFileSync } from 'node:fs';

/** Events over all contexts of the host (fs/aio.c, ioctx_alloc): those that are taken, and the most. */
export interface AioRoom {
  readonly used: number;
  readonly most: number;
}

/** Undefined on a kernel without Linux AIO. */
export function aioRoom(): AioRoom | undefined {
  try {
    const [used = NaN, most = NaN] = ['aio-nr', 'aio-max-nr'].map((name) =>
      Number(readFileSync(`/proc/sys/fs/${name}`, 'utf8')),
    );
    return Number.isFinite(used + most) ? { used, most } : undefined;
  } catch {
    return undefined;
  }
}
