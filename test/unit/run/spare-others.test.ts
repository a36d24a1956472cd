import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { spareOthers, type Sparing } from '../../../agent/run/spare-others.ts';
import { giveWay, unlessSuffering } from '../../../agent/experiment/give-way.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A tenant that waits for the CPU for so many per cent of the time: by the time in seconds, and whether the guests run. */
async function host(waitsAt: (s: number, guestsRun: boolean) => number, usual = 0) {
  let [totalUs, atMs, guestsRun] = [0, performance.now(), true];
  const start = atMs;
  const advance = (): void => {
    for (; atMs + 10 <= performance.now(); atMs += 10) totalUs += 100 * waitsAt((atMs - start) / 1000, guestsRun);
  };
  const files: Readonly<Record<string, () => string>> = {
    '/proc/self/cgroup': () => '0::/\n',
    '/sys/fs/cgroup/tenant/cpu.pressure': () => {
      advance();
      return `some avg10=0.00 avg60=${usual.toFixed(2)} avg300=0.00 total=${Math.round(totalUs)}\n`;
    },
  };
  const stops: string[] = [];
  const sparing = await spareOthers(
    {
      read: (path) => Promise.resolve(files[path]?.()),
      list: (folder) => Promise.resolve(folder === '/sys/fs/cgroup/' ? ['tenant'] : []),
      sleep: (ms) => new Promise((resolve) => void setTimeout(resolve, ms)),
    },
    30,
    (sentence) => void stops.push(sentence),
  );
  const load = {
    running: () => (guestsRun ? [1, 2] : []),
    letRun: (guests: readonly number[]) => {
      advance();
      guestsRun = guests.length > 0;
      return Promise.resolve();
    },
  };
  return { sparing, stops, load, runs: () => guestsRun };
}

/** Slices of 2 s for so many seconds; gives how many were given up to look for the cause. */
async function measure(seconds: number, { sparing, load, stops }: Awaited<ReturnType<typeof host>>): Promise<number> {
  let [given, over] = [0, false];
  const slices = async (sparing: Sparing): Promise<void> => {
    while (!over) {
      const slept = new Promise<void>((resolve) => void setTimeout(resolve, 2_000));
      if (await unlessSuffering(slept, sparing)) continue;
      given++;
      await giveWay({ checkStop: () => undefined }, load, sparing);
      if (stops.length > 0) return;
    }
  };
  const done = slices(sparing);
  await vi.advanceTimersByTimeAsync(seconds * 1000);
  over = true;
  await vi.advanceTimersByTimeAsync(20_000);
  await done;
  sparing.end();
  return given;
}

describe('another tenant that waits', () => {
  it('as it always did disturbs nobody', async () => {
    const on = await host(() => 40, 35);
    expect(await measure(60, on)).toBe(0);
    expect(on.sparing.notes()).toEqual([]);
  });

  it('because of the guests ends the run, while they stand still', async () => {
    const on = await host((_, run) => (run ? 70 : 10), 5);
    expect(await measure(60, on)).toBe(1);
    expect(on.stops).toHaveLength(1);
    expect(on.stops[0]).toMatch(/^stopped to spare others: tenant waited for cpu 70 % of the last 6 s, 5 % before/);
    expect(on.runs()).toBe(false);
  });

  it('from the start of the guests on, and a little without them too, ends it as well', async () => {
    const on = await host((s, run) => (s < 20 ? 5 : run ? 80 : 25), 5);
    await measure(60, on);
    expect(on.stops).toHaveLength(1);
  });

  it('by its own doing ends nothing: the guests run on, with a caveat, and are paused once', async () => {
    const on = await host((s) => (s < 10 ? 5 : 75), 5);
    expect(await measure(120, on)).toBe(1);
    expect(on.stops).toEqual([]);
    expect(on.runs()).toBe(true);
    expect(on.sparing.notes()).toMatchObject([
      { kind: 'tenant-waited', cgroup: 'tenant', resource: 'cpu', usualPercent: 5 },
    ]);
  });

  it('in one burst ends nothing, wherever in the pause the burst ends', async () => {
    for (let end = 12; end < 30; end += 0.5) {
      const on = await host((s) => (s > 5 && s < end ? 80 : 5), 5);
      await measure(60, on);
      expect(on.stops, `a burst of ${end - 5} s`).toEqual([]);
      expect(on.runs()).toBe(true);
    }
  });

  it('every few seconds ends nothing, and does not use up the run', async () => {
    for (const period of [3, 4, 6, 7, 8, 9, 10, 12, 14, 20]) {
      for (let phase = 0; phase < period; phase += 1.3) {
        const on = await host((s) => ((s + phase) % period < period / 2 ? 90 : 2), 5);
        const given = await measure(300, on);
        expect(on.stops, `period ${period}, phase ${phase}`).toEqual([]);
        expect(given).toBeLessThan(6);
      }
    }
  });
});
