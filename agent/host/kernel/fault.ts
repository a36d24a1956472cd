// Death on demand: the seam by which a test shows that the host is restored after a death at any point.
//
// LAYERLIFT_TEST_FAULTS=FILE writes the name of each point that the agent passes to FILE, one a line;
// FILE:kill=N kills it at the point of this number, FILE:term=NAME sends it SIGTERM and FILE:stop=NAME SIGSTOP at the first
// of this name. Without it nothing happens.

import { execFileSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';

interface Faults {
  readonly file: string;
  readonly kill: number | undefined;
  readonly term: string | undefined;
  readonly stop: string | undefined;
}

const faults = parseFaults(process.env['LAYERLIFT_TEST_FAULTS']);
let passed = 0;
const told = new Set<string>();

/** Undefined where the variable is not set. */
export function parseFaults(text: string | undefined): Faults | undefined {
  if (text === undefined || text === '') return undefined;
  const [file = '', ...orders] = text.split(':');
  const valueOf = (name: string): string | undefined =>
    orders.find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1);
  const kill = valueOf('kill');
  return { file, kill: kill === undefined ? undefined : Number(kill), term: valueOf('term'), stop: valueOf('stop') };
}

/** A point at which the agent may die. `last`: what it still does before that. */
export function faultPoint(name: string, last?: () => void): void {
  if (!faults) return;
  passed++;
  appendFileSync(faults.file, `${name}\n`);
  if (!told.has(name)) {
    told.add(name);
    if (name === faults.term) signalSelf('TERM');
    if (name === faults.stop) signalSelf('STOP');
  }
  if (passed !== faults.kill) return;
  last?.();
  signalSelf('KILL');
}

function signalSelf(signal: 'TERM' | 'STOP' | 'KILL'): void {
  execFileSync('sh', ['-c', `kill -${signal} $PPID`]);
}
