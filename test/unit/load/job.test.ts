import { describe, expect, it } from 'vitest';
import { depthOf, inlineSections, type JobSection, renderJob, withDepth, writes } from '../../../agent/load/job.ts';
import type { Inline } from '../../../agent/profile/profile.ts';

const target = { guest: 2, device: '/dev/dm-7', sectors: 2048, seed: 5, runtimeS: 900 };
const workload: Inline = { rw: 'randread', bs: 4096, iodepth: 8, ioengine: 'libaio' };

function section(options: Readonly<Record<string, string | undefined>>, name = 'a'): JobSection {
  return { name, options: Object.entries(options) };
}

/** The value that fio takes: the last one counts. */
function lastOf(text: string, key: string): string | undefined {
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${key}=`))
    .at(-1)
    ?.slice(key.length + 1);
}

describe('the job file of a guest', () => {
  it('is complete for a workload of the profile', () => {
    expect(renderJob(inlineSections({ ...workload, rw: 'randrw', rwmixread: 70 }), target)).toBe(`; guest 2
[guest]
rw=randrw
rwmixread=70
bs=4096
iodepth=8
ioengine=libaio
filename=/dev/dm-7
size=1048576
direct=1
thread=1
verify_state_save=0
time_based=1
runtime=900
randseed=5
lat_percentiles=1
clat_percentiles=0
disable_slat=1
disable_clat=1
disk_util=0
`);
  });

  it('checks what it reads where the profile asks for it', () => {
    const text = renderJob(inlineSections({ ...workload, rw: 'randwrite', verify: 'crc32c' }), target);
    expect(lastOf(text, 'verify')).toBe('crc32c');
    expect(lastOf(text, 'verify_fatal')).toBe('1');
  });

  it('takes from a user what is theirs, and decides itself where and how long', () => {
    const theirs = section({
      rw: 'read',
      filename: '/dev/sda',
      size: '1g',
      runtime: '5',
      direct: '0',
      randseed: '1',
      unlink: undefined,
    });
    const text = renderJob([theirs], target);
    expect(text).not.toContain('/dev/sda');
    expect(lastOf(text, 'rw')).toBe('read');
    expect(['filename', 'size', 'runtime', 'direct', 'randseed'].map((key) => lastOf(text, key))).toEqual([
      ...['/dev/dm-7', '1048576', '900', '1', '5'],
    ]);
    expect(text.split('\n').filter((line) => line.startsWith('filename'))).toHaveLength(1);
    expect(text).toMatch(/^unlink$/m);
  });

  it('rules every section of a job with several', () => {
    const text = renderJob([section({ rw: 'read' }, 'a'), section({ rw: 'write' }, 'b')], target);
    expect(text.match(/^\[.*\]$/gm)).toEqual(['[a]', '[b]']);
    expect(text.match(/^filename=\/dev\/dm-7$/gm)).toHaveLength(2);
    expect(text.match(/^time_based=1$/gm)).toHaveLength(2);
  });
});

describe('a workload', () => {
  it.each<[string | undefined, boolean]>([
    [undefined, false],
    ['read', false],
    ['randread', false],
    ['randread:8', false],
    ['write', true],
    ['randwrite', true],
    ['rw', true],
    ['readwrite', true],
    ['randrw', true],
    ['trim', true],
    ['trimwrite', true],
    ['readsomething', true],
  ])('with rw=%s writes: %s', (rw, expected) => {
    expect(writes([section(rw === undefined ? {} : { rw })])).toBe(expected);
  });

  it('writes when one of its sections does, by whichever name and with the last word', () => {
    expect(writes([section({ rw: 'read' }), section({ readwrite: 'randwrite' })])).toBe(true);
    const twice: JobSection = {
      name: 'a',
      options: [
        ['rw', 'write'],
        ['rw', 'read'],
      ],
    };
    expect(writes([twice])).toBe(false);
  });

  it.each<[readonly JobSection[], number]>([
    [[section({})], 1],
    [[section({ iodepth: '8' })], 1],
    [[section({ iodepth: '8', ioengine: 'sync', numjobs: '3' })], 3],
    [[section({ iodepth: '8', ioengine: 'libaio' })], 8],
    [[section({ iodepth: '8', ioengine: 'libaio', numjobs: '3' })], 24],
    [[section({ iodepth: '8', ioengine: 'libaio' }), section({ iodepth: '4', ioengine: 'posixaio' })], 12],
    [
      [
        {
          name: 'a',
          options: [
            ['ioengine', 'libaio'],
            ['iodepth', '8'],
            ['iodepth', '2'],
          ],
        },
      ],
      2,
    ],
    [[section({ iodepth: 'many', ioengine: 'libaio' })], 1],
  ])('%j offers %d I/Os in flight', (sections, depth) => {
    expect(depthOf(sections)).toBe(depth);
  });
});

describe('the depth of one guest', () => {
  const sections = inlineSections(workload);

  it("stands in place of the workload's, and everything else stays", () => {
    const text = renderJob(withDepth(sections, 64), target);
    expect(text.match(/^iodepth=.*$/gm)).toEqual(['iodepth=64']);
    expect(text.replace('iodepth=64', '')).toContain('rw=randread');
  });

  it("is the workload's where the guest has none", () => {
    expect(withDepth(sections, undefined)).toBe(sections);
  });
});

describe('an open loop of the profile', () => {
  it.each([
    [{ rate: 500 }, ['500', undefined]],
    [{ rate: 500, arrivals: 'poisson' as const }, ['500', 'poisson']],
    [{ rate: 500, rw: 'randrw' as const, rwmixread: 70 }, ['350,150', undefined]],
    [{ rate: 501, rw: 'rw' as const }, ['251,250', undefined]],
    // A rate of none would be no rate.
    [{ rate: 10, rw: 'randrw' as const, rwmixread: 100 }, ['10,1', undefined]],
    [{}, [undefined, undefined]],
  ])('is %o for fio: rates of reads and of writes', (open, [rate, process]) => {
    const text = renderJob(inlineSections({ ...workload, ...open }), target);
    expect(lastOf(text, 'rate_iops')).toBe(rate);
    expect(lastOf(text, 'rate_process')).toBe(process);
  });
});
