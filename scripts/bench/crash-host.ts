// For the crash matrix: processes of the agent that die on demand, and the host as it is found afterwards.

import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';

const state = '/run/layerlift';
const main = 'agent/dist/main.js';
/** A recovery that hangs, not one on a busy machine. */
const restoreDeadlineMs = 120_000;
const pollMs = 20;

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The host as `inventory.sh` lists it, a line each. */
export function inventory(): string {
  return execFileSync('test/support/inventory.sh', { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

/** The lines that `after` lacks (-) and has beyond `before` (+). */
export function difference(before: string, after: string): string {
  const [a, b] = [new Set(before.split('\n')), new Set(after.split('\n'))];
  const lost = [...a].filter((line) => !b.has(line)).map((line) => `     - ${line}\n`);
  return [...lost, ...[...b].filter((line) => !a.has(line)).map((line) => `     + ${line}\n`)].join('');
}

/** How a process ended: the signal that killed it, or its exit code. */
type Ending = NodeJS.Signals | number | null;

/** A command of the agent that waits to be let go. */
export interface Setup {
  /** Waits until it waits. */
  readonly warm: () => Promise<void>;
  readonly go: () => Promise<{ readonly passed: readonly string[]; readonly ended: Ending; readonly said: string }>;
  readonly drop: () => void;
}

/** How the host came back. `status`: exit code of the recovery, or what one would have been. */
export interface WayBack {
  readonly how: 'unaided' | 'recover';
  readonly seconds: number;
  readonly status: Ending;
  readonly said?: string;
}

let started = 0;

/**
 * Starts a command of the agent that waits before it takes the lock, so that it is warm when its turn comes. `go` lets it
 * run; it gives the points that it passed, how it ended (the signal that killed it, or its exit code) and what it said.
 */
export function prepare(argv: readonly string[], orders: readonly string[]): Setup {
  const points = `/tmp/crash-points.${started++}`;
  rmSync(points, { force: true });
  const faults = [points, 'stop=before the lock', ...orders].join(':');
  const env = { ...process.env, LAYERLIFT_TEST_FAULTS: faults };
  const child = spawn(process.execPath, [main, ...argv], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  let ending: Ending | undefined;
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = new Promise<Ending>((resolve) =>
    child.on('exit', (code, signal) => resolve((ending = signal ?? code))),
  );
  const isStopped = (): boolean => / T /.test(readFileSync(`/proc/${child.pid}/stat`, 'utf8').replace(/^.*\)/, ''));
  const warm: Setup['warm'] = async () => {
    while (ending === undefined && !isStopped()) await pause(pollMs);
  };
  const go: Setup['go'] = async () => {
    await warm();
    child.kill('SIGCONT');
    const endedBy = await ended;
    const passed = existsSync(points) ? readFileSync(points, 'utf8').trim().split('\n') : [];
    rmSync(points, { force: true });
    return { passed, ended: endedBy, said: said.trim() };
  };
  return { warm, go, drop: () => child.kill('SIGKILL') };
}

/** Keeps so many commands warm ahead of their turn. `make(item)` prepares one. */
export function* ahead<T, M extends { readonly drop: () => void }>(
  items: Iterable<T>,
  make: (item: T) => M,
  count = 2,
): Generator<readonly [T, M], void> {
  const waiting: (readonly [T, M])[] = [];
  try {
    for (const item of items) {
      waiting.push([item, make(item)]);
      if (waiting.length > count) yield* waiting.splice(0, 1);
    }
    while (waiting.length > 0) yield* waiting.splice(0, 1);
  } finally {
    for (const [, made] of waiting) made.drop();
  }
}

function isRestored(): boolean {
  return !existsSync(state) || readdirSync(state).every((name) => name === 'lock');
}

/** Waits for the watchdog. Status 40: it has not restored the host. */
export async function unaided(): Promise<WayBack> {
  const start = performance.now();
  while (!isRestored() && performance.now() - start < restoreDeadlineMs) await pause(pollMs);
  return { how: 'unaided', seconds: (performance.now() - start) / 1000, status: isRestored() ? 0 : 40 };
}

/** Lets a prepared `recover` do it, with the watchdog dead as well. */
export async function recovered(recovery: Setup): Promise<WayBack> {
  endWatchdogs();
  const start = performance.now();
  const late = setTimeout(recovery.drop, restoreDeadlineMs);
  const { ended, said } = await recovery.go();
  clearTimeout(late);
  return { how: 'recover', seconds: (performance.now() - start) / 1000, status: ended, said };
}

/** Kills every watchdog of the agent, so that nobody but a recovery restores the host. */
export function endWatchdogs(): void {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (/layerlift-watchdog|\0watchdog\0/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8')))
        process.kill(Number(pid), 9);
    } catch {
      // It has ended by itself.
    }
  }
}
