import { describe, expect, it } from 'vitest';
import { demandOf } from '../../../agent/load/demand.ts';

const job = (text: string) => ({
  name: 'job',
  options: text.split(' ').map((part) => {
    const [key = '', ...rest] = part.split('=');
    return [key, rest.join('=')] as const;
  }),
});
const ratesOf = (...jobs: readonly string[]): readonly string[] =>
  demandOf(jobs.map(job)).rates.map(({ value, way, perSecond }) => `${value} ${way} ${perSecond}`);

describe('what a job asks for', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['a rate of I/Os', ['rw=randread rate_iops=100'], ['rate_iops=100 read 100']],
    ['a rate of bytes, as fio writes them', ['rw=write rate=1m'], ['rate=1m write 1048576']],
    [
      'a rate of each way, in a mix',
      ['rw=randrw rate_iops=100,50'],
      ['rate_iops=100,50 read 100', 'rate_iops=100,50 write 50'],
    ],
    ['a rate of writes alone', ['rw=randrw rate_iops=,50'], ['rate_iops=,50 write 50']],
    ['that of each of its copies', ['rw=read rate_iops=100 numjobs=3'], ['rate_iops=100, numjobs=3 read 300']],
    [
      'that of all its sections',
      ['rw=read rate_iops=100', 'rw=read rate_iops=20'],
      ['rate_iops=100 and rate_iops=20 read 120'],
    ],
    ['none where one section has none', ['rw=read rate_iops=100', 'rw=read'], []],
    ['think time, in microseconds where it has no unit', ['rw=read thinktime=20000'], ['thinktime=20000 any 50']],
    ['think time after more than one I/O', ['rw=read thinktime=20ms thinktime_blocks=4'], ['thinktime=20ms any 200']],
    ['no think time that is told by another time', ['rw=read thinktime=20ms thinktime_iotime=1s'], []],
    ['nothing in units that are read otherwise', ['rw=read rate=1m kb_base=1000'], []],
    ['a plain number in any units', ['rw=read rate=4096 kb_base=1000'], ['rate=4096 read 4096']],
    ['nothing of its own', ['rw=read iodepth=4'], []],
  ])('is %s', (_, jobs, rates) => {
    expect(ratesOf(...jobs)).toEqual(rates);
  });

  it('is what it has in flight over all its jobs, and one where the engine does one at a time', () => {
    expect(demandOf([job('ioengine=libaio iodepth=4 numjobs=2'), job('ioengine=psync iodepth=16')]).depth).toBe(9);
  });
});
