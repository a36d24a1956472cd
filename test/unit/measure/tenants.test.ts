import { describe, expect, it } from 'vitest';
import { isMostly, readWaits, worstHit, waitText, type Waits } from '../../../agent/measure/tenants.ts';

const pressure = (totalUs: number, avg60 = 0): string =>
  `some avg10=0.00 avg60=${avg60.toFixed(2)} avg300=0.00 total=${totalUs}\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n`;

/** A host of these files; a folder lists what is directly in it. */
function hostOf(files: Readonly<Record<string, string>>) {
  return {
    read: (path: string) => Promise.resolve(files[path]),
    list: (folder: string) => {
      const below = Object.keys(files).filter((path) => path.startsWith(`${folder.replace(/\/$/, '')}/`));
      const names = below.map((path) => path.slice(folder.replace(/\/$/, '').length + 1).split('/')[0] ?? '');
      return Promise.resolve([...new Set(names)]);
    },
  };
}

const cgroups = {
  '/proc/self/cgroup': '0::/user.slice/session-1.scope\n',
  '/sys/fs/cgroup/io.pressure': pressure(9e9),
  '/sys/fs/cgroup/layerlift-ab12cd/io.pressure': pressure(9e9),
  '/sys/fs/cgroup/machine.slice/io.pressure': pressure(5_000_000, 12),
  '/sys/fs/cgroup/user.slice/io.pressure': pressure(9e9),
  '/sys/fs/cgroup/user.slice/session-1.scope/io.pressure': pressure(9e9),
  '/sys/fs/cgroup/user.slice/session-2.scope/cpu.pressure': pressure(7),
};

describe('the other tenants', () => {
  it('are all cgroups but ours, those above it, and the root', async () => {
    expect([...(await readWaits(hostOf(cgroups)))]).toEqual([
      ['machine.slice io', { totalUs: 5_000_000, percentOfMinute: 12 }],
      ['user.slice/session-2.scope cpu', { totalUs: 7, percentOfMinute: 0 }],
    ]);
  });

  it('are seen from the root cgroup too', async () => {
    const waits = await readWaits(hostOf({ ...cgroups, '/proc/self/cgroup': '0::/\n' }));
    expect([...waits.keys()]).toEqual(['machine.slice io', 'user.slice io']);
  });

  it('are not seen on a kernel without pressure of cgroups', async () => {
    expect((await readWaits(hostOf({ '/proc/self/cgroup': '0::/\n' }))).size).toBe(0);
  });
});

describe('suffering', () => {
  const waits = (totalUs: number, percentOfMinute = 0): Waits =>
    new Map([['machine.slice io', { totalUs, percentOfMinute }]]);

  it('is to wait more than before, by more than is allowed', () => {
    const usual = new Map([['machine.slice io', 12]]);
    const from = waits(1_000_000);
    // 2.52 s of 6 s are 42 %, 30 points over 12 %.
    expect(worstHit({ usual, from, to: waits(3_520_000) }, 6_000, 30)).toEqual([]);
    const [found] = worstHit({ usual, from, to: waits(3_600_000) }, 6_000, 30);
    expect(found && waitText(found)).toBe('machine.slice waited for io 43 %');
  });

  it('is the doing of whoever most of it goes with', () => {
    const found = { key: 'machine.slice io', percent: 60, usualPercent: 20 };
    expect(isMostly(found, 60, 33)).toBe(true);
    expect(isMostly(found, 60, 34)).toBe(false);
  });

  it('is not told of a tenant that has only just come', () => {
    expect(worstHit({ usual: new Map(), from: new Map(), to: waits(9e9) }, 6_000, 30)).toEqual([]);
  });
});
