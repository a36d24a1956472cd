// `try` before it touches anything: what it shows, whom it asks, and whose run it refuses.

import { readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { tryRun } from '../../../agent/cli/handlers/try.ts';
import { here } from '../../../agent/cli/handlers/run.ts';

const folder = 'test/fixtures/recorded/demo';
const { host } = JSON.parse(readFileSync(`${folder}/host.json`, 'utf8')) as { host: Record<string, unknown> };

/** Tries the recorded run; whatever would touch the host fails the test. */
async function tryIt(answer: string | undefined, facts: Record<string, unknown>, yes = false): Promise<string> {
  const shown: string[] = [];
  const stderr = vi.spyOn(process.stderr, 'write').mockImplementation((text) => shown.push(String(text)) > 0);
  const preflight = vi.fn(() => Promise.reject(new Error('would have begun')));
  const options = { seed: 1, budgetMs: undefined, deadlineMs: undefined, format: 'text', quiet: true } as const;
  try {
    return await tryRun(
      { ...options, run: folder, runs: '/nowhere', to: undefined, yes, verbose: false, print: () => undefined },
      () => Promise.resolve(answer),
      { ...here, preflight, readFacts: () => Promise.resolve(facts) },
    ).catch((failure: unknown) => `${shown.join('')}${(failure as Error).message}`);
  } finally {
    stderr.mockRestore();
  }
}

describe('a trial', () => {
  it('shows the change with its predicted gain, and begins where the answer is yes', async () => {
    const told = await tryIt('y', host);
    expect(told).toMatch(/^turn can_queue of ring from 64 to 128 \(named by run 4e0783\)\n/);
    expect(told).toMatch(/predicted: goodput 2\.\dx/);
    expect(told).toMatch(/would have begun$/);
  });

  it('begins at once where it must not ask', async () => {
    expect(await tryIt('n', host, true)).toMatch(/would have begun$/);
  });

  it.each([
    ['n', /not turned/],
    ['', /not turned/],
    [undefined, /nobody answers/],
  ])('does not begin where the answer is %s', async (answer, why) => {
    const told = await tryIt(answer, host);
    expect(told).toMatch(why);
    expect(told).not.toContain('would have begun');
  });

  it.each([
    [{ ...host, kernel: 'Linux 6.12.1' }, /kernel was Linux 6\.1\.0-56-amd64 x64, and is Linux 6\.12\.1 \(/],
    [{ ...host, cpus: { count: 4, model: 'another' } }, /cpus\.count was 2, and is 4; cpus\.model was/],
  ])('is refused of another host or kernel, with what differs', async (facts, why) => {
    const told = await tryIt('y', facts, true);
    expect(told).toMatch(why);
    expect(told).not.toContain('turn can_queue');
  });

  it('takes no offence at memory or use of the CPUs', async () => {
    expect(await tryIt('y', { ...host, memoryBytes: 1, cpuUse: {} })).toMatch(/would have begun$/);
  });
});
