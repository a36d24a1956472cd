import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { askCommand } from '../../../agent/host/kernel/ask-command.ts';
import { stopIf } from '../../../agent/run/stop-if.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stop-if-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

// A loaded machine takes seconds to start a program: only what never answers is given half of one.
const firstSentence = (command: string): Promise<string> => {
  const deadlineMs = command.startsWith('sleep') ? 500 : 20_000;
  return new Promise((resolve) =>
    stopIf(command, resolve, { periodMs: 20, ask: (line) => askCommand(line, deadlineMs) }),
  );
};

/** The command lines of all processes; a zombie has an empty one. */
const processes = (): readonly string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      } catch {
        return '';
      }
    });

describe('--stop-if', () => {
  it.each([
    ['true', /^stopped as --stop-if asked for it: `true` ended with 0$/],
    ['exit 2', /could not be asked: `exit 2`: it ended with 2 \(expected 0 to stop, 1 to go on\)$/],
    ['/no/such/program', /could not be asked: .*: it ended with 127/],
    ['kill -9 $$', /could not be asked: .*: (ended by SIGKILL|ended with 137)/],
    ['sleep 60', /could not be asked: `sleep 60`: no answer within 0\.5 s/],
  ])('stops when the command is `%s`', async (command, sentence) => {
    expect(await firstSentence(command)).toMatch(sentence);
  });

  it('goes on while the exit status is 1, one at a time, and stops when it is 0', async () => {
    const count = join(folder, 'count');
    const sentence = await firstSentence(`echo >>${count}; [ $(wc -l <${count}) -ge 4 ]`);
    expect(sentence).toContain('asked for it');
    expect(readFileSync(count, 'utf8')).toHaveLength(4);
  });

  it('leaves no process of a command that hung', async () => {
    const mark = `60.${process.pid}`;
    const running = (): readonly string[] => processes().filter((line) => line.includes(mark));
    const asked = askCommand(`sleep ${mark} & sleep ${mark}`, 1_000);
    await vi.waitFor(() => expect(running()).not.toEqual([]), { timeout: 900, interval: 10 }).catch(() => undefined);
    await asked;
    await vi.waitFor(() => expect(running()).toEqual([]), { timeout: 10_000 });
  });

  it('is not asked once the run has ended', async () => {
    let asked = 0;
    const asking = stopIf('x', () => undefined, {
      periodMs: 10,
      ask: () => Promise.resolve({ kind: asked++ < 0 ? 'yes' : 'no' }),
    });
    await vi.waitFor(() => expect(asked).toBeGreaterThan(1), { timeout: 10_000, interval: 5 });
    asking.end();
    const then = asked;
    await delay(60);
    expect(asked).toBe(then);
  });
});
