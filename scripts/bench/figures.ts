// What all benchmarks share: a clock, a host, a median, one way of printing.

import type { Host } from '../../agent/host/host.ts';
import { openSession } from '../../agent/host/session/session.ts';
import { median } from '../../agent/lib/numbers.ts';

export async function timed(body: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await body();
  return performance.now() - start;
}

/** Runs `body` on the live host of a session of its own, and unwinds it. */
export async function onHost(run: string, body: (host: Host) => Promise<void>): Promise<void> {
  const session = await openSession(run, { stop: new AbortController().signal });
  let clean = false;
  try {
    await session.host.scope(() => body(session.host));
    clean = true;
  } finally {
    session.close({ clean });
  }
}

export { median };

export function print(what: string, figure: string): void {
  process.stdout.write(`${what.padEnd(52)} ${figure}\n`);
}
