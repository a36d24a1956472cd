import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../agent/lib/errors.ts';
import { defaultImpact, mustReach, parseImpact, withinImpact } from '../../../agent/plan/impact.ts';

describe('--max-impact', () => {
  it('is read with what it leaves out', () => {
    expect(parseImpact('riops=2000,rbps=50MiB,cpu=50')).toEqual({
      io: { riops: 2000, rbps: 50 * 2 ** 20 },
      cpuPercent: 50,
      pressurePoints: defaultImpact.pressurePoints,
    });
    expect(parseImpact('pressure=10')).toEqual({ io: {}, cpuPercent: undefined, pressurePoints: 10 });
  });

  it.each([
    '',
    'riops',
    'riops=',
    'riops=0',
    'riops=-1',
    'riops=1.5',
    'cpu=50%',
    'disk=1',
    'cpu=1,cpu=2',
    'cpu=1,',
    'rbps=fast',
  ])('refuses %j', (text) => {
    expect(() => parseImpact(text)).toThrow(UsageError);
  });
});

describe('guests within an impact', () => {
  it('share it equally', () => {
    const guests = withinImpact([{}, {}, {}, {}], parseImpact('riops=2000,wbps=8MiB,cpu=50'));
    for (const guest of guests) {
      expect(guest).toEqual({ ioMax: { riops: 500, wbps: 2 * 2 ** 20 }, cpuMax: '12500 100000' });
    }
  });

  it('keep limits of their own that are tighter, and others beside', () => {
    const own = { ioMax: { riops: 100, wiops: 7 }, cpuMax: '1000 50000', memoryMax: 2 ** 20 };
    expect(withinImpact([own, own], parseImpact('riops=1000,cpu=100'))).toEqual([own, own]);
    expect(withinImpact([{ cpuMax: 'max' }, { cpuMax: '90000 100000' }], parseImpact('cpu=100'))).toEqual([
      { cpuMax: '50000 100000' },
      { cpuMax: '50000 100000' },
    ]);
  });

  it('are as they were where it names no cap', () => {
    const guests = [{ cpuset: '1' }];
    expect(withinImpact(guests, parseImpact('pressure=5'))).toEqual(guests);
  });
});

it('an impact on the CPU is refused for guests that are domains, with what holds instead', () => {
  expect(() => mustReach('domU', parseImpact('riops=100,cpu=50'))).toThrow(UsageError);
  expect(() => mustReach('domU', parseImpact('cpu=50'))).toThrow(/cpu=50 .*does not reach into a domain.*use riops/);
  expect(() => mustReach('domU', parseImpact('riops=100,pressure=5'))).not.toThrow();
  expect(() => mustReach('cgroup', parseImpact('cpu=50'))).not.toThrow();
});
