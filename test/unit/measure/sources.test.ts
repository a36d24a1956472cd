import { describe, expect, it } from 'vitest';
import { parseStat } from '../../../agent/host/formats/cpu-stat.ts';
import { cpu } from '../../../agent/measure/cpu.ts';
import { clock } from '../../../agent/measure/clock.ts';
import { guests, parseCpuStat } from '../../../agent/measure/guests.ts';
import { junctionsBetween, type JunctionCounters, parseStats } from '../../../agent/measure/junctions.ts';
import { parseSomeTotal, pressure } from '../../../agent/measure/pressure.ts';
import { measurementsBetween } from '../../../agent/measure/registry.ts';

describe('CPU time of /proc/stat', () => {
  // Linux 6.18, two CPUs.
  const stat = `cpu  265091 10 23863 439939 1346 5 384 315 77 0
cpu0 130208 0 10810 223804 316 0 83 160 0 0
cpu1 134883 0 13053 216135 1030 0 301 155 0 0
intr 4444 0 0
ctxt 1234567
`;

  it('adds up all CPUs, with guests within the time of users', () => {
    const busy = 265091 + 10 + 23863 + 5 + 384;
    const total = busy + 439939 + 1346 + 315;
    const each = [
      { busy: 130208 + 10810 + 83, total: 130208 + 10810 + 83 + 223804 + 316 + 160 },
      { busy: 134883 + 13053 + 301, total: 134883 + 13053 + 301 + 216135 + 1030 + 155 },
    ];
    expect(parseStat(stat)).toEqual({ busy, user: 265091 + 10, steal: 315, total, each });
  });

  it.each(['', 'cpu0 1 2 3 4 5 6 7 8', 'cpu  1 2 3'])('is unknown from %j', (text) => {
    expect(parseStat(text)).toBeUndefined();
  });

  it('gives shares of the time between two readings', () => {
    const each = (...busy: readonly number[]) => busy.map((ticks) => ({ busy: ticks, total: 500 }));
    const from = { busy: 100, user: 40, steal: 10, total: 1000, each: each(60, 40) };
    const later = [
      { busy: 155, total: 600 },
      { busy: 95, total: 600 },
    ];
    const to = { busy: 250, user: 90, steal: 20, total: 1200, each: later };
    const shares = { cpus: 2, busyPercent: 75, userPercent: 25, stealPercent: 5 };
    expect(cpu.between(from, to, 1)).toEqual({ ...shares, busiestCpuPercent: 95 });
    const none = { busyPercent: 0, busiestCpuPercent: 0, userPercent: 0, stealPercent: 0 };
    expect(cpu.between(from, from, 1)).toEqual({ cpus: 2, ...none });
    // A CPU that went takes its time with it.
    expect(cpu.between({ ...from, each: each(60, 30, 10) }, to, 1)).toEqual(shares);
  });
});

describe('pressure', () => {
  // Linux 6.18, /proc/pressure/io.
  const io = `some avg10=0.96 avg60=1.67 avg300=0.59 total=11490513
full avg10=0.95 avg60=1.63 avg300=0.54 total=9630517
`;

  it('is read from the line of some', () => {
    expect(parseSomeTotal(io)).toBe(11490513);
    expect(parseSomeTotal('full avg10=0.95 avg60=1.63 avg300=0.54 total=9630517')).toBeUndefined();
    expect(parseSomeTotal('')).toBeUndefined();
  });

  it('is a share of the time between two readings', () => {
    expect(pressure.between({ io: 1_000_000, cpu: 5 }, { io: 1_250_000, cpu: 5, memory: 9 }, 1000)).toEqual({
      ioSomePercent: 25,
      cpuSomePercent: 0,
      memorySomePercent: 0,
    });
  });
});

describe('CPU time of the guests', () => {
  // Linux 6.12, cpu.stat of a cgroup with the cpu controller.
  const cpuStat = (usage: number, user: number, throttled: number, periods: number): string =>
    `usage_usec ${usage}\nuser_usec ${user}\nsystem_usec ${usage - user}\nnice_usec 0\ncore_sched.force_idle_usec 0
nr_periods 40\nnr_throttled ${periods}\nthrottled_usec ${throttled}\nnr_bursts 0\nburst_usec 0\n`;
  const files = (...stats: readonly string[]): ReadonlyMap<string, string> =>
    new Map([
      ['/proc/stat', 'cpu  1 0 0 0 0 0 0 0 0 0\ncpu0 1 0 0 0\ncpu1 0 0 0 0\n'],
      ...['', '/guests/g1', '/guests/g2'].map((at, i) => [`/cg${at}/cpu.stat`, stats[i] ?? ''] as const),
    ]);
  const sceneOf = (files: ReadonlyMap<string, string>) => ({
    cgroup: '/cg',
    host: {
      read: (path: string) => Promise.resolve(files.get(path)),
      list: (path: string) => Promise.resolve(path === '/cg/guests' ? ['cgroup.procs', 'g1', 'g2'] : []),
    },
  });

  it('is that of the whole run for the host, and that of the extremes for the guests', async () => {
    const from = await guests.read(
      sceneOf(files(cpuStat(5000, 1000, 0, 0), cpuStat(10, 5, 7, 1), cpuStat(20, 5, 0, 0))),
    );
    const to = await guests.read(
      sceneOf(files(cpuStat(2_005_000, 801_000, 0, 0), cpuStat(990_010, 5, 7, 1), cpuStat(250_020, 5, 300_000, 4))),
    );
    expect(from && to && guests.between(from, to, 1000)).toEqual({
      ...{ userPercentOfHost: 40, busiestGuestPercent: 99, idlestGuestPercent: 25 },
      ...{ throttledPercent: 30, throttledPeriods: 4, g2ThrottledPercent: 30 },
    });
  });

  it('is unknown where a kernel does not tell it, and says nothing of guests that are not there', async () => {
    expect(await guests.read(sceneOf(new Map()))).toBeUndefined();
    const alone = await guests.read(sceneOf(files(cpuStat(5000, 1000, 0, 0))));
    expect(alone && guests.between(alone, alone, 1000)).toEqual({ userPercentOfHost: 0 });
    expect(parseCpuStat('usage_usec 5\nuser_usec 3\nsystem_usec 2\n')).toMatchObject({ throttledUs: 0 });
  });
});

it('clocks that part show by how much', () => {
  const drift = clock.between({ wallMs: 1000, steadyMs: 5 }, { wallMs: 6000, steadyMs: 3005 }, 3000);
  expect(drift).toEqual({ driftMs: 2000 });
});

describe('the counters of a junction', () => {
  // Linux 6.12, `dmsetup message NAME 0 @stats_print 0` with precise timestamps.
  const printed = '0+4194304 1200 0 9600 24000000 34 0 272 680000 3 24680000 24100000 24000000 680000\n';

  it('are I/Os, bytes and nanoseconds, reads and writes together', () => {
    expect(parseStats(printed)).toEqual({
      ...{ ios: 1234, bytes: (9600 + 272) * 512, latencySumNs: 24_680_000 },
      ...{ inFlight: 3, queueNs: 24_100_000 },
    });
  });

  it.each(['', '\n', '0+4194304 1 2 3', '0+8 a b c d e f g h i j k'])('are unknown from %j', (text) => {
    expect(parseStats(text)).toBeUndefined();
  });

  const at = (guest: number, atMs: number, ios: number): JunctionCounters => ({
    ...{ layer: 'ring', guest, atMs, ios },
    bytes: ios * 4096,
    latencySumNs: ios * 1000,
    ...{ inFlight: 0, queueNs: ios * 1000 },
  });

  it('give rates and the mean latency between two readings, for each junction by itself', () => {
    const work = junctionsBetween([at(1, 0, 100), at(2, 0, 0)], [at(2, 500, 50), at(1, 500, 300)]);
    expect(work).toEqual([
      { layer: 'ring', guest: 2, iosPerSecond: 100, bytesPerSecond: 409600, meanLatencyNs: 1000, bordersShare: 0 },
      { layer: 'ring', guest: 1, iosPerSecond: 400, bytesPerSecond: 1638400, meanLatencyNs: 1000, bordersShare: 0 },
    ]);
  });

  it('tell the parts of I/Os in flight at the borders: a whole one of each at most, whatever its age', () => {
    const busy = (one: JunctionCounters, inFlight: number, agesNs: number): JunctionCounters => ({
      ...one,
      ...{ inFlight, queueNs: one.latencySumNs + agesNs },
    });
    const share = (from: JunctionCounters, to: JunctionCounters) => junctionsBetween([from], [to])[0]?.bordersShare;
    // 100 I/Os of 1000 ns; four that are half done at the end, four that were half done at the beginning.
    expect(share(at(1, 0, 0), busy(at(1, 500, 100), 4, 2000))).toBe(0.02);
    expect(share(busy(at(1, 0, 0), 4, 2000), at(1, 500, 100))).toBe(-0.02);
    expect(share(busy(at(1, 0, 0), 4, 2000), busy(at(1, 500, 100), 4, 2000))).toBe(0);
    expect(share(at(1, 0, 0), busy(at(1, 500, 100), 4, 9e9))).toBe(0.04);
    expect(share(busy(at(1, 0, 0), 4, 9e9), at(1, 500, 100))).toBe(-0.04);
  });

  it('give no latency without I/O, and nothing without two readings or time between them', () => {
    expect(junctionsBetween([at(1, 0, 5)], [at(1, 500, 5)])).toMatchObject([{ iosPerSecond: 0, meanLatencyNs: 0 }]);
    expect(junctionsBetween([], [at(1, 500, 5)])).toEqual([]);
    expect(junctionsBetween([at(1, 500, 5)], [at(1, 500, 9)])).toEqual([]);
  });
});

it('a source that failed at one border is left out, the others stay', () => {
  const reading = { busy: 1, user: 1, steal: 0, total: 2, each: [{ busy: 1, total: 2 }] };
  const from = new Map<string, unknown>([['cpu', reading]]);
  const to = new Map<string, unknown>([
    ['cpu', { busy: 2, user: 1, steal: 0, total: 4, each: [{ busy: 2, total: 4 }] }],
    ['pressure', { io: 1 }],
  ]);
  expect(measurementsBetween(from, to, 1000)).toEqual({
    cpu: { cpus: 1, busyPercent: 50, busiestCpuPercent: 50, userPercent: 0, stealPercent: 0 },
  });
});
