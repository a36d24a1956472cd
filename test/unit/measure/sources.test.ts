import { describe, expect, it } from 'vitest';
import { cpu, parseStat } from '../../../agent/measure/cpu.ts';
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
    expect(parseStat(stat)).toEqual({ busy, steal: 315, total: busy + 439939 + 1346 + 315 });
  });

  it.each(['', 'cpu0 1 2 3 4 5 6 7 8', 'cpu  1 2 3'])('is unknown from %j', (text) => {
    expect(parseStat(text)).toBeUndefined();
  });

  it('gives shares of the time between two readings', () => {
    const from = { busy: 100, steal: 10, total: 1000 };
    expect(cpu.between(from, { busy: 250, steal: 20, total: 1200 }, 1)).toEqual({ busyPercent: 75, stealPercent: 5 });
    expect(cpu.between(from, from, 1)).toEqual({ busyPercent: 0, stealPercent: 0 });
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

describe('the counters of a junction', () => {
  // Linux 6.12, `dmsetup message NAME 0 @stats_print 0` with precise timestamps.
  const printed = '0+4194304 1200 0 9600 24000000 34 0 272 680000 0 24680000 24100000 24000000 680000\n';

  it('are I/Os, bytes and nanoseconds, reads and writes together', () => {
    expect(parseStats(printed)).toEqual({ ios: 1234, bytes: (9600 + 272) * 512, latencySumNs: 24_680_000 });
  });

  it.each(['', '\n', '0+4194304 1 2 3', '0+8 a b c d e f g h'])('are unknown from %j', (text) => {
    expect(parseStats(text)).toBeUndefined();
  });

  const at = (guest: number, atMs: number, ios: number): JunctionCounters => ({
    ...{ layer: 'ring', guest, atMs, ios },
    bytes: ios * 4096,
    latencySumNs: ios * 1000,
  });

  it('give rates and the mean latency between two readings, for each junction by itself', () => {
    const work = junctionsBetween([at(1, 0, 100), at(2, 0, 0)], [at(2, 500, 50), at(1, 500, 300)]);
    expect(work).toEqual([
      { layer: 'ring', guest: 2, iosPerSecond: 100, bytesPerSecond: 409600, meanLatencyNs: 1000 },
      { layer: 'ring', guest: 1, iosPerSecond: 400, bytesPerSecond: 1638400, meanLatencyNs: 1000 },
    ]);
  });

  it('give no latency without I/O, and nothing without two readings or time between them', () => {
    expect(junctionsBetween([at(1, 0, 5)], [at(1, 500, 5)])).toMatchObject([{ iosPerSecond: 0, meanLatencyNs: 0 }]);
    expect(junctionsBetween([], [at(1, 500, 5)])).toEqual([]);
    expect(junctionsBetween([at(1, 500, 5)], [at(1, 500, 9)])).toEqual([]);
  });
});

it('a source that failed at one border is left out, the others stay', () => {
  const reading = { busy: 1, steal: 0, total: 2 };
  const from = new Map<string, unknown>([['cpu', reading]]);
  const to = new Map<string, unknown>([
    ['cpu', { busy: 2, steal: 0, total: 4 }],
    ['pressure', { io: 1 }],
  ]);
  expect(measurementsBetween(from, to, 1000)).toEqual({ cpu: { busyPercent: 50, stealPercent: 0 } });
});
