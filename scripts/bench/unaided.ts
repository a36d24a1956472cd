// Seconds from `kill -9` of the agent to the host as found, with nobody but the watchdog to restore it, and where they go.
// The whole stack of a profile, at moments of a run from its first step to measured slices. Only in the lab: it kills.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { difference, inventory, pause, unaided } from './crash-host.ts';
import { print } from './figures.ts';

const profile = process.env['PROFILE'] ?? 'profiles/demo.yaml';
/** Seconds from the start of the agent to its death. */
const moments = (process.env['MOMENTS'] ?? '3 6 9 12 14 16 18 20 24 30').split(' ').map(Number);
/** Another build, to compare with. */
const agent = process.env['AGENT'] ?? 'agent/dist/main.js';
const aimS = 10;
const pollMs = 10;
const slowMs = 150;

interface Undo {
  readonly what: string;
  readonly ms: number;
}

/** What a journal says, with the time at which each record was first seen. */
function watchJournal(): {
  readonly stop: () => { readonly stepCount: number; readonly undos: readonly Undo[] };
  readonly firstMs: () => number | undefined;
} {
  const text = (): string => {
    try {
      const run = readdirSync('/run/layerlift').find((name) => name !== 'lock');
      return run === undefined ? '' : readFileSync(`/run/layerlift/${run}/journal.ndjson`, 'utf8');
    } catch {
      return '';
    }
  };
  const names = new Map<number, string>();
  const undos: Undo[] = [];
  let [seen, first, since]: [number, number | undefined, number | undefined] = [0, undefined, undefined];
  const look = (): void => {
    const all = text();
    const end = all.lastIndexOf('\n') + 1;
    for (const line of all.slice(seen, Math.max(seen, end)).split('\n')) {
      if (line === '') continue;
      const record = JSON.parse(line) as {
        type: string;
        seq: number;
        step?: { kind: string; argv?: string[]; name?: string; path?: string };
      };
      const { step } = record;
      if (step) names.set(record.seq, `${step.kind} ${step.argv?.join(' ') ?? step.name ?? step.path ?? ''}`);
      const now = performance.now();
      if (record.type === 'undoing') [first, since] = [first ?? now, now];
      // What settles in the run itself is no undo.
      if ((record.type === 'undone' || record.type === 'stuck') && since !== undefined)
        undos.push({ what: names.get(record.seq) ?? `${record.seq}`, ms: now - since });
    }
    seen = Math.max(seen, end);
  };
  const timer = setInterval(look, pollMs);
  return {
    firstMs: () => first,
    stop: () => {
      clearInterval(timer);
      return { stepCount: names.size, undos };
    },
  };
}

async function die(atS: number): Promise<number> {
  const child = spawn(process.execPath, [agent, 'run', profile, '--quiet', '--runs', '/tmp/unaided'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await pause(Math.max(0, atS * 1000 - 1000));
  const journal = watchJournal();
  await pause(1000);
  child.kill('SIGKILL');
  const killed = performance.now();
  const { seconds, status } = await unaided();
  const { stepCount, undos } = journal.stop();
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  const untilFirst = ((journal.firstMs() ?? killed) - killed) / 1000;
  print(
    `killed after ${atS} s, ${stepCount} steps: back after`,
    `${seconds.toFixed(1)} s, of it ${untilFirst.toFixed(1)} s to the first undo`,
  );
  const kinds = new Map<string, Undo[]>();
  for (const undo of undos) {
    const kind = undo.what.split(' ')[0] ?? '';
    kinds.set(kind, [...(kinds.get(kind) ?? []), undo]);
  }
  const sum = (some: readonly Undo[]): number => some.reduce((total, { ms }) => total + ms, 0);
  for (const [kind, some] of [...kinds].sort(([, a], [, b]) => sum(b) - sum(a)))
    print(`  ${some.length} ${kind}`, `${sum(some).toFixed(0)} ms`);
  for (const { what, ms } of undos.filter((one) => one.ms >= slowMs))
    print(`    ${what.slice(0, 70)}`, `${ms.toFixed(0)} ms`);
  const after = inventory();
  if (status !== 0 || after !== before) {
    process.stdout.write(`FAIL status ${status}\n${difference(before, after)}`);
    process.exit(1);
  }
  return seconds;
}

execFileSync('test/support/preload.sh');
const before = inventory();
const back: number[] = [];
for (const atS of moments) back.push(await die(atS));
print(
  'slowest return unaided, agent killed at any moment',
  `${Math.max(...back).toFixed(1)} s of ${back.length} (aim: ${aimS})`,
);
process.exit(Math.max(...back) <= aimS ? 0 : 1);
