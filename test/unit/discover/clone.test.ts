// Profiles of what was found: what is read is there with its origin, `plan` accepts them, and what is missing is said.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { discover } from '../../../agent/cli/handlers/discover.ts';
import { plan } from '../../../agent/cli/handlers/plan.ts';
import { activityIn } from '../../../agent/discover/clone/counters.ts';
import { type Clone, cloneOf } from '../../../agent/discover/clone/profile.ts';
import { discoverIn } from '../../../agent/discover/graph/build.ts';
import { narrowed } from '../../../agent/discover/show/select.ts';
import { parseSnapshot } from '../../../agent/discover/snapshot.ts';
import { decodeProfile } from '../../../agent/profile/decode.ts';
import type { Profile } from '../../../agent/profile/profile.ts';
import { snapshotNames, snapshotText } from '../../support/snapshots.ts';

/** Two looks 10 s apart: reads, sectors read, ms of reads, writes, sectors written, ms of writes, ms weighted. */
function withLooks(text: string, grown: Readonly<Record<string, readonly number[]>>): string {
  const line = (
    name: string,
    [r = 0, rs = 0, rm = 0, w = 0, ws = 0, wm = 0, weighted = 0]: readonly number[],
  ): string => `\t 8 0 ${name} ${r} 0 ${rs} ${rm} ${w} 0 ${ws} ${wm} 0 0 ${weighted}`;
  const look = (n: number, uptime: number, of: (values: readonly number[]) => readonly number[]): string =>
    [
      `file /look/${n}/uptime`,
      `\t${uptime} 0`,
      `file /look/${n}/diskstats`,
      ...Object.entries(grown).map(([name, values]) => line(name, of(values))),
    ].join('\n');
  return text.replace(/\nend\n$/, `\n${look(1, 100, () => [])}\n${look(2, 110, (values) => values)}\nend\n`);
}

function cloned(
  text: string,
  { things = [] as readonly string[], scratch = undefined as string | undefined } = {},
): Clone & { profile: Profile } {
  const snapshot = parseSnapshot(text, 'it');
  const found = narrowed(
    discoverIn(snapshot),
    things.map((word) => ({ word })),
  );
  const clone = cloneOf(found, { activity: activityIn(snapshot), scratch });
  if (!clone) throw new Error('nobody uses a device');
  return { ...clone, profile: decodeProfile(clone.text, 'it') };
}

const settingsOf = ({ profile }: { profile: Profile }, layer: string): unknown =>
  profile.stack.find((each) => each.layer === layer)?.deployed;

const folder = mkdtempSync(join(tmpdir(), 'layerlift-clone-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a clone of a host', () => {
  it.each(snapshotNames)('%s is a profile that plan accepts as it is', async (name) => {
    const path = join(folder, `${name}.yaml`);
    const print = (): void => undefined;
    const from = new URL(`../../fixtures/snapshots/${name}.snapshot`, import.meta.url).pathname;
    await discover({
      things: [],
      from,
      withTools: false,
      profile: path,
      scratch: undefined,
      forMs: undefined,
      format: 'text',
      print,
    });
    let planned = '';
    const options = {
      seed: 1,
      cold: false,
      caps: undefined,
      neighbours: false,
      fast: false,
      destroy: undefined,
      impact: undefined,
      budgetMs: undefined,
    };
    await expect(
      plan({ ...options, profile: path, format: 'text', print: (text) => void (planned += text) }),
    ).resolves.toBe('ok');
    expect(planned).toContain(`profile clone-${name}`);
    for (const line of readFileSync(path, 'utf8')
      .split('\n')
      .filter((each) => /^ {6}\w+: /.test(each) && !each.includes('provider:') && !each.includes('devices:')))
      expect(line).toMatch(/ # \S/);
  });

  it('has the guests, their limits, their load and the latency of the media, as they were seen', () => {
    const text = withLooks(snapshotText('xen-lvm'), {
      'dm-0': [7000, 112_000, 14_000, 3000, 48_000, 6_000, 20_000],
      'dm-1': [7000, 112_000, 14_000, 3000, 48_000, 6_000, 40_000],
      sda: [14_000, 224_000, 26_600, 6000, 96_000, 11_400, 60_000],
    });
    const clone = cloned(text);
    expect(clone.profile.guests).toHaveLength(2);
    const drive = { rw: 'randrw', rwmixread: 70, bs: 8192 };
    expect(clone.profile.guests).toMatchObject([
      { group: 'web', workload: { ...drive, iodepth: 2 } },
      { group: 'db', workload: { ...drive, iodepth: 4 } },
    ]);
    expect(settingsOf(clone, 'media')).toMatchObject({
      provider: 'model',
      settings: { latency: 1_900_000, depth: 256 },
    });
    expect(settingsOf(clone, 'ring')).toEqual({ provider: 'xen-vbd', settings: { ringPageOrder: 0, queues: 1 } });
    expect(clone.text).toContain('measured at sda over 10 s, 6.0 in flight on average; not seen above that');
    expect(clone.open.join('\n')).toMatch(
      /old stands on another kind of stack[^]*ring: db has other settings than web[^]*2000 I\/Os a second/,
    );
    expect(settingsOf(cloned(text, { things: ['db'] }), 'ring')).toEqual({
      provider: 'xen-vbd',
      settings: { ringPageOrder: 2, queues: 4 },
    });
  });

  describe.each([
    ['alike are one group', [10_000, 80_000, 9000, 0, 0, 0, 40_000], [9000, 72_000, 8000, 0, 0, 0, 45_000]],
    ['that do too little are left out and named', [10_000, 80_000, 9000, 0, 0, 0, 45_000], [50, 400, 40, 0, 0, 0, 50]],
  ])('guests %s', (_, web, db) => {
    const clone = cloned(withLooks(snapshotText('xen-lvm'), { 'dm-0': web, 'dm-1': db }));
    const isQuiet = db[0] === 50;

    it('as a map of the keys that all guests have', () => {
      expect(clone.profile.guests).toHaveLength(isQuiet ? 1 : 2);
      expect(clone.profile.guests[0]).not.toHaveProperty('group');
      expect(clone.profile.workload).toMatchObject({ rw: 'randread', bs: 4096, iodepth: isQuiet ? 5 : 4 });
      expect(clone.open.some((each) => each.includes('db did too little'))).toBe(isQuiet);
    });
  });

  describe('of guests that keep their disks busy for a part of the time', () => {
    const reads = (ios: number, weighted: number): readonly number[] => [ios, 8 * ios, weighted, 0, 0, 0, weighted];
    const of = (web: readonly number[], db: readonly number[]): ReturnType<typeof cloned> =>
      cloned(withLooks(snapshotText('xen-lvm'), { 'dm-0': web, 'dm-1': db }));

    it('asks for the I/Os that each was seen to ask for, at random, and says that no stub lifts beyond', () => {
      const clone = of(reads(1000, 900), reads(1200, 7500));
      expect(clone.profile.guests).toHaveLength(2);
      expect(clone.profile.workload).toMatchObject({ rate: 110, arrivals: 'poisson' });
      const { workload } = clone.profile;
      expect('job' in workload ? 0 : workload.iodepth).toBeGreaterThanOrEqual(16);
      expect(clone.open.join('\n')).toMatch(/web, db did 220 I\/Os a second[^]*no stub lifts goodput above that/);
      expect(clone.open.join('\n')).not.toContain('as many as the stack lets through');
    });

    it('has groups of guests that ask for other rates, and of those that keep more in flight', () => {
      const rates = of(reads(1000, 900), reads(2000, 900));
      expect(rates.profile.guests.map(({ workload }) => workload)).toMatchObject([{ rate: 100 }, { rate: 200 }]);
      const loops = of(reads(1000, 7500), reads(1000, 10_500));
      expect(loops.profile.guests.map(({ workload }) => workload)).toMatchObject([{ rate: 100 }, { iodepth: 1 }]);
      expect(loops.profile.guests[1]?.workload).not.toHaveProperty('rate');
      expect(loops.open.join('\n')).toMatch(/db did 100[^]*as many as the stack lets[^]*web did 100[^]*no stub lifts/);
    });

    it('keeps one in flight where that is at most a quarter more than was seen', () => {
      expect(of(reads(1000, 8500), reads(10, 1)).profile.workload).not.toHaveProperty('rate');
    });

    it('shares out what a device did among all who stand on it', () => {
      const text = snapshotText('xen-lvm').replaceAll(/physical-device = "fd:1"/g, 'physical-device = "fd:0"');
      const { profile } = cloned(withLooks(text, { 'dm-0': reads(1000, 900) }));
      const rates = profile.guests.map(({ workload = profile.workload }) => ('job' in workload ? 0 : workload.rate));
      expect(rates.reduce((sum = 0, rate = 0) => sum + rate, 0)).toBe(100);
    });
  });

  it('has groups by the first of their names, once each', () => {
    const text = snapshotText('xen-lvm').replaceAll('name = "db"', 'name = "web"');
    const reads = (weighted: number): readonly number[] => [10_000, 80_000, 9000, 0, 0, 0, weighted];
    const { profile } = cloned(withLooks(text, { 'dm-0': reads(20_000), 'dm-1': reads(200_000) }));
    expect(profile.guests.map(({ group }) => group)).toEqual(['web', 'web-2']);
  });

  it('has RAID 1 and crypt as tables, with zeros for the key', () => {
    expect(settingsOf(cloned(snapshotText('crypt-raid')), 'blockstack')).toMatchObject({
      settings: {
        devices: [
          { name: 'd1a', table: '0 {sectors/2} linear {below} 0' },
          { name: 'd1b', table: '0 {sectors/2} linear {below} {sectors/2}' },
          { name: 'd1', table: '0 {sectors/2} raid raid1 2 0 nosync 2 - {d1a} - {d1b}' },
          {
            name: 'd2',
            table: `0 {sectors/2-32768} crypt aes-xts-plain64 ${'0'.repeat(128)} 0 {d1} 32768 2 no_read_workqueue no_write_workqueue`,
          },
        ],
      },
    });
  });

  it('has the queues and the round trip of NVMe/TCP, which the latency of the media leaves out', () => {
    const clone = cloned(
      withLooks(snapshotText('nvme-tcp'), {
        nvme0c0n1: [10_000, 80_000, 20_000, 0, 0, 0, 20_000],
        'dm-0': [10_000, 80_000, 20_000, 0, 0, 0, 20_000],
      }),
    );
    expect(settingsOf(clone, 'network')).toMatchObject({ settings: { delay: 300_000, queues: 4, queueSize: 128 } });
    expect(settingsOf(clone, 'media')).toMatchObject({ settings: { latency: 1_700_000 } });
    expect(clone.profile.workload).toMatchObject({ rw: 'randread', bs: 4096, iodepth: 2 });
    expect(clone.open.join('\n')).toMatch(/one path of several[^]*parts of one medium of fast-db/);
  });

  it('has the depths and the terms of an iSCSI session, and says that the window of its target is not seen', () => {
    const clone = cloned(snapshotText('xcpng'));
    expect(settingsOf(clone, 'network')).toMatchObject({
      provider: 'iscsi-netns',
      settings: { queueDepth: 32, cmdsMax: 128, maxBurst: 262_144, defaultCmdsnDepth: 64 },
    });
    expect(clone.open.join('\n')).toContain("the target's window is not seen from here");
  });

  it('has limits of cgroups, and names what thin pools and QEMU leave open', () => {
    const clone = cloned(snapshotText('proxmox'));
    expect(clone.profile.guests[1]).toMatchObject({ ioMax: { riops: 2000, wiops: 1000 }, cpuMax: '200000 100000' });
    expect(settingsOf(clone, 'ring')).toEqual({
      provider: 'vduse',
      settings: {
        ...{ queues: 4, queueSize: 256, iothreads: 1 },
        ...{ aio: 'io_uring', cache: 'none', discard: 'unmap', format: 'raw' },
      },
    });
    expect(settingsOf(clone, 'blockstack')).toEqual({
      provider: 'thin',
      settings: { pool: 'shared', blockSize: 65_536, skipBlockZeroing: true, discardPassdown: true, fill: 100 },
    });
    expect(clone.open.join('\n')).toMatch(/volumes are full[^]*a storage daemon stands for QEMU/);
  });

  it('reads a device that is named in place of a model', () => {
    expect(settingsOf(cloned(snapshotText('xen-lvm'), { scratch: '/dev/disk/by-id/x' }), 'media')).toEqual({
      provider: 'device',
      settings: { device: '/dev/disk/by-id/x', access: 'ro' },
    });
  });

  it('keeps to one line whatever names hold', () => {
    const clone = cloned(
      snapshotText('xen-lvm')
        .replaceAll('name = "web"', 'name = "w\u0085\u2028evil: [1]"')
        .replace('hostname\n\txen-lvm', "hostname\n\t# '\u2028x: y"),
    );
    expect(clone.profile.name).toBe('clone-x-y');
  });
});

describe('the file of a clone', () => {
  const run = (options: object): Promise<unknown> =>
    discover({
      things: [],
      from: new URL('../../fixtures/snapshots/xen-lvm.snapshot', import.meta.url).pathname,
      withTools: false,
      profile: undefined,
      scratch: undefined,
      forMs: undefined,
      format: 'text',
      print: () => undefined,
      ...options,
    });

  it('is never overwritten, and a folder that is not there is named', async () => {
    const path = join(folder, 'mine.yaml');
    await run({ profile: path });
    await expect(run({ profile: path })).rejects.toThrow(`${path} exists already`);
    await expect(run({ profile: '/nowhere/x.yaml' })).rejects.toThrow(
      'cannot write the profile /nowhere/x.yaml: ENOENT',
    );
  });

  it('has no look of its own where it comes from a snapshot', async () => {
    await expect(run({ profile: join(folder, 'other.yaml'), forMs: 5000 })).rejects.toThrow(
      '--for is for --profile of this host',
    );
  });
});
