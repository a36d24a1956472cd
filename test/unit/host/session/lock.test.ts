// Whoever finds the host taken is told by whom, and nobody waits for ever.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { flock } from '../../../../agent/host/kernel/flock.ts';
import { type Holder, takeLock } from '../../../../agent/host/session/lock.ts';
import { BusyError, OutputError } from '../../../../agent/lib/errors.ts';

const state = { folder: '', waits: [] as string[][] };

const take = (who: Holder): ReturnType<typeof takeLock> =>
  takeLock(who, {
    state: state.folder,
    // All waits are over at once.
    flock: (fd, options) => {
      state.waits.push([...options]);
      return flock(fd, ['-n', '-x']);
    },
  });

let holder: ChildProcess | undefined;
beforeEach(() => {
  state.folder = mkdtempSync(join(tmpdir(), 'layerlift-lock-'));
  state.waits = [];
});
afterEach(() => {
  if (holder?.pid !== undefined) process.kill(-holder.pid, 'SIGKILL');
  holder = undefined;
  rmSync(state.folder, { recursive: true, force: true });
});

/** Another process takes the lock. */
async function hold(): Promise<number> {
  const script = 'exec 9>>"$1"; flock -x 9; echo held; exec sleep 60';
  holder = spawn('sh', ['-c', script, 'sh', join(state.folder, 'lock')], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  if (holder.stdout) await once(holder.stdout, 'data');
  return holder.pid ?? 0;
}

describe('a lock that another process holds', () => {
  it.each(['run', 'recover'] as const)('is refused to a %s, which is told who that is', async (who) => {
    const pid = await hold();
    const failure = await take(who).catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(BusyError);
    expect(failure).toMatchObject({
      problems: [{ message: `another layerlift run holds this host: process ${pid} (sleep)` }],
    });
  });

  it('is waited for by a watchdog, which then says who has it and what to do', async () => {
    const pid = await hold();
    const failure = await take('watchdog').catch((thrown: unknown) => thrown);
    expect(state.waits).toEqual([['-x', '-w', '120']]);
    expect(failure).toMatchObject({
      exit: 'busy',
      problems: [
        {
          message: expect.stringContaining(
            `not restored: process ${pid} (sleep) still holds ${state.folder}/lock`,
          ) as string,
          hint: 'when that has ended: layerlift recover',
        },
      ],
    });
  });
});

it('a lock that is free names its holder until it is given back', async () => {
  const release = await take('run');
  expect(readFileSync(join(state.folder, 'lock'), 'utf8')).toBe('run');
  release();
  (await take('recover'))();
});

it('a folder that cannot be made is one clear error', async () => {
  writeFileSync(join(state.folder, 'file'), '');
  state.folder = join(state.folder, 'file');
  const failure = await take('recover').catch((thrown: unknown) => thrown);
  expect(failure).toBeInstanceOf(OutputError);
  state.folder = join(state.folder, '..');
});
