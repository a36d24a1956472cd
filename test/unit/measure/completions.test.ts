import { describe, expect, it } from 'vitest';
import { readCompletions, watchCompletions } from '../../../agent/measure/completions.ts';

const diskstats = [
  ' 254       0 dm-0 100 0 800 7 20 0 160 3 0 5 10 0 0 0 0 0 0',
  ' 254       1 dm-1 7 0 56 7 3 0 24 3 0 5 10 0 0 0 0 0 0',
  ' 254      10 dm-10 9000 0 56 7 9000 0 24 3 0 5 10 0 0 0 0 0 0',
  '',
].join('\n');

describe('the completed I/Os of the guests', () => {
  it('are the reads and writes of their own devices', async () => {
    const host = { read: () => Promise.resolve(diskstats) };
    expect((await readCompletions(host, ['/dev/dm-0', '/dev/dm-1']))?.ios).toBe(130);
  });

  it.each([undefined, '', 'x', diskstats])('are not told where a device is missing', async (text) => {
    const host = { read: () => Promise.resolve(text) };
    expect(await readCompletions(host, ['/dev/dm-0', '/dev/dm-2'])).toBeUndefined();
  });

  it('are counted from the first reading on, until the watch is stopped', async () => {
    let reads = 0;
    const host = {
      read: () => Promise.resolve(` 254 0 dm-0 ${100 + 10 * reads++} 0 0 0 0 0 0`),
      sleep: () => (reads < 4 ? Promise.resolve() : new Promise<void>(() => undefined)),
    };
    const watch = watchCompletions(host, ['/dev/dm-0'], 100);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const { atMs, ios } = watch.stop();
    expect(ios).toEqual([0, 10, 20, 30]);
    expect(atMs).toEqual([...atMs].sort((a, b) => a - b));
  });

  it('are what was read so far when the run is told to stop', async () => {
    const host = { read: () => Promise.resolve(diskstats), sleep: () => Promise.reject(new Error('stopped')) };
    const watch = watchCompletions(host, ['/dev/dm-0'], 100);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(watch.stop().ios).toEqual([0]);
  });
});
