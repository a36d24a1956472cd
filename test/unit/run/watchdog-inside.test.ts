// A run whose watchdog cannot leave its unit or container, whole in memory, with the real session.

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { run } from '../../../agent/cli/handlers/run.ts';
import { openSession } from '../../../agent/host/session/session.ts';
import { reportSchema } from '../../../agent/report/document/document.ts';
import { simClock } from '../../support/sim-host/clock.ts';
import { simHost } from '../../support/sim-host/host.ts';
import { simSurroundings } from '../../support/sim-host/surroundings.ts';

let folder = '';
let told: string[] = [];
let printed = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'layerlift-inside-'));
  [told, printed] = [[], ''];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean(told.push(String(text))));
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

/** `isOutside`: where the watchdog says that it stands. */
function perform(isOutside: boolean, withoutWatchdog?: boolean) {
  vi.useFakeTimers({ toFake: ['Date', 'performance'], now: Date.UTC(2026, 0, 2) });
  const clock = simClock();
  const host = simHost({ clock, seed: 1 });
  const open: typeof openSession = async (id, options) => {
    const watch = () => Promise.resolve({ isOutside, dismiss: () => undefined });
    // The lock and the journal are real ones.
    const opening = openSession(id, { ...options, watch, state: join(folder, 'state') });
    return { ...(await clock.whileReal(opening)), host };
  };
  const surroundings = { ...simSurroundings(host, (what) => told.push(what)), openSession: open };
  const given = {
    ...{ profile: 'profiles/plant-ring.yaml', runs: join(folder, 'runs'), seed: 1, cold: false, budgetMs: 600_000 },
    ...{ deadlineMs: undefined, caps: false, neighbours: false, quiet: true, verbose: false },
    ...(withoutWatchdog === undefined ? {} : { withoutWatchdog }),
    print: (text: string) => (printed += text),
  };
  return clock.run(() => run({ ...given, format: 'json' }, surroundings));
}

const canDie = expect.stringMatching(/the watchdog (cannot leave|was in) the cgroup of/) as string;
const left = (): readonly string[] => readdirSync(folder, { recursive: true }).map(String);

it('is refused before anything is touched, and says what to do', async () => {
  await expect(perform(false)).rejects.toMatchObject({
    exit: 'unavailable',
    problems: [{ message: canDie, hint: expect.stringContaining('--without-watchdog') as string }],
  });
  expect([told, printed]).toEqual([[], '']);
  expect(left()).toEqual(['state', 'state/lock']);
});

it('goes where that is said to be known: it is told before the run begins, and is in its report', async () => {
  expect(await perform(false, true)).toBe('ok');
  expect(told[0]).toEqual(canDie);
  expect(told[0]).toContain('only `layerlift recover` restores the host');
  expect(told.findIndex((what) => what.startsWith('raising the stack'))).toBeGreaterThan(0);
  expect(reportSchema.parse(JSON.parse(printed)).caveats.run).toContainEqual(canDie);
});

it.each([undefined, true])('a watchdog that stands outside is no matter (--without-watchdog: %s)', async (known) => {
  expect(await perform(true, known)).toBe('ok');
  expect(told).not.toContainEqual(canDie);
  expect(reportSchema.parse(JSON.parse(printed)).caveats.run).not.toContainEqual(canDie);
});
