// Job files as people have them, one small one of our own for each kind: what runs of it, and what is told. fio of this machine parses.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ProfileError } from '../../../agent/lib/errors.ts';
import { depthOf, layoutIn, optionOf, renderJob, verifies } from '../../../agent/load/job.ts';
import { readUserJob, type UserJob } from '../../../agent/load/user-job.ts';
import { jobChangeWords } from '../../../agent/report/words/job-change.ts';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'layerlift-test-'));
  path = join(folder, 'user.fio');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  vi.unstubAllEnvs();
});

function read(job: string, phase?: number | string): Promise<UserJob> {
  writeFileSync(path, job);
  return readUserJob(path, phase);
}
const told = ({ changes }: UserJob): string => changes.map(jobChangeWords).join('\n');

async function refusal(job: string): Promise<string> {
  try {
    await read(job);
  } catch (failure) {
    if (failure instanceof ProfileError) return failure.message;
    throw failure;
  }
  return '';
}

describe('what a job file has beside its I/O', () => {
  it('is left out, each option told with what it has in common with others', async () => {
    const bookkeeping = ['directory=/mnt/data', 'nrfiles=1', 'overwrite=1', 'fallocate=none', 'create_serialize=0'];
    const others = ['clocksource=clock_gettime', 'cpus_allowed=0-3', 'write_lat_log=lat', 'prioclass=1', 'ss=iops:10%'];
    const job = await read(
      `[global]\nioengine=libaio\ndirect=1\n${[...bookkeeping, ...others].join('\n')}\n[db]\nrw=read\n`,
    );
    expect(job.sections[0]?.options.map(([key]) => key)).toEqual(['ioengine', 'direct', 'rw']);
    expect(told(job).split('\n')).toEqual([
      'left out, as each guest has a block device in place of files: directory, nrfiles, overwrite, fallocate, create_serialize',
      'left out, as the run decides when the load begins and ends: ss',
      'left out, as they say what fio prints or writes down: write_lat_log',
      expect.stringMatching(/^left out, as CPUs .*: clocksource, cpus_allowed$/),
      'left out, as all I/O of a run has the same priority: prioclass',
    ]);
  });

  it('is a size too, where that is no size', async () => {
    expect(told(await read('[a]\ndirect=1\nrw=read\nsize=${SIZE}\nfilename=${DEVICE}\n'))).toMatch(/: size, filename$/);
  });

  it('may be comments at the end of any line, with any sign in them', async () => {
    const { sections } = await read(
      '[global]  ; for all\nioengine=libaio     # Linux native\niodepth=8\t; costs $1\r\n[reads] # `id`\nrw=randread#x\n',
    );
    expect(sections).toEqual([
      {
        name: 'reads',
        options: [
          ['ioengine', 'libaio'],
          ['iodepth', '8'],
          ['rw', 'randread'],
        ],
      },
    ]);
  });

  it('does not make a job of the name that a global section has', async () => {
    const { sections } = await read(
      '[global]\nname=all\nrw=randwrite\n[a]\nname=own\ndescription=two words\nrw=read\n',
    );
    expect(sections).toEqual([{ name: 'a', options: [['rw', 'read']] }]);
  });
});

describe('variables of a job file', () => {
  it('have the values of the environment, and are checked with them', async () => {
    vi.stubEnv('RW', 'randread');
    vi.stubEnv('QD', '16');
    const job = '[a]\nioengine=libaio\nrw=${RW}\niodepth=${QD}\nbs=4k\nfilename=${NOT_SET}\n';
    const { sections } = await read(job);
    expect(sections[0]?.options).toEqual(
      expect.arrayContaining([
        ['rw', 'randread'],
        ['iodepth', '16'],
      ]),
    );
    vi.stubEnv('RW', 'randtrim');
    expect(await refusal(job)).toContain(`${path}:3: rw=randtrim is not accepted`);
    vi.stubEnv('RW', 'read\nioengine=/tmp/evil.so');
    expect(await refusal(job)).toContain(':3: rw=${RW} is not accepted');
  });

  it('that have no value are named with their line and with what to write', async () => {
    expect(await refusal('[a]\nrw=read\nbs=${LAYERLIFT_NO_SUCH}\n')).toBe(
      `${path}:3: bs=\${LAYERLIFT_NO_SUCH} is not accepted: the variable LAYERLIFT_NO_SUCH has no value here (write the value, or set it as for fio: LAYERLIFT_NO_SUCH=VALUE layerlift ...)`,
    );
  });

  it('may be the number of CPUs, and no calculation', async () => {
    const { sections } = await read('[a]\nrw=read\nnumjobs=$ncpus\n');
    expect(Number(optionOf(sections[0]?.options ?? [], 'numjobs'))).toBeGreaterThan(0);
    expect(await refusal('[a]\nrw=read\nnumjobs=$ncpus*2\n')).toMatch(
      /:3: .*calculations are not accepted \(write the value\)/,
    );
  });
});

describe('a file that a job file includes', () => {
  it('stands in its place, if it is beside it or below', async () => {
    mkdirSync(join(folder, 'common'));
    writeFileSync(join(folder, 'common/global.fio'), 'ioengine=libaio\niodepth=4\nuid=0\n');
    expect(await refusal('[global]\ninclude common/global.fio\n[a]\nrw=write\n')).toContain(
      'common/global.fio:3: the option uid',
    );
    writeFileSync(join(folder, 'common/global.fio'), 'ioengine=libaio\niodepth=4\n');
    const { sections } = await read('[global]\ninclude common/global.fio\n[a]\nrw=write\n');
    expect(depthOf(sections)).toBe(4);
  });

  it.each([
    ['../other.fio', /is not beside the file that includes it/],
    ['/etc/passwd', /is not beside the file that includes it/],
    ['none.fio', /there is no such file/],
    ['user.fio', /files include each other/],
  ])('is refused as %s', async (name, why) => {
    const message = await refusal(`[a]\nrw=read\ninclude ${name}\n`);
    expect(message).toMatch(why);
    expect(message).toContain(`${path}:3: the option include is not accepted`);
  });
});

describe('a job file with phases', () => {
  const job = [
    '[global]\nioengine=libaio\ndirect=1\niodepth=4',
    '[fill]\nrw=write',
    '[reads]\nstonewall\nrw=randread',
    '[beside]\nrw=randread\niodepth=2',
    '[writes]\nwait_for=reads\nrw=randwrite',
    '[no-barrier]\nrw=read\nstonewall=0\n',
  ].join('\n');

  it('runs the last, and tells it', async () => {
    const barrier = await read('[a]\nstonewall\nrw=write\n[b]\nrw=randread\n[c]\nstonewall\nrw=read\ndirect=1\n');
    expect(barrier.sections.map(({ name }) => name)).toEqual(['c']);
    expect(told(barrier)).toBe(
      'it has 2 phases, one after another: phase 2 alone runs, throughout (c); `phase` beside `job` in the profile chooses another',
    );
  });

  it.each<[number | string | undefined, readonly string[]]>([
    [1, ['fill']],
    [2, ['reads', 'beside', 'no-barrier']],
    ['beside', ['reads', 'beside', 'no-barrier']],
    [undefined, ['writes']],
  ])('runs phase %s as it is chosen', async (phase, names) => {
    expect((await read(job, phase)).sections.map(({ name }) => name)).toEqual(names);
  });

  it('names its phases where there is none of that name', async () => {
    await expect(read(job, 'none')).rejects.toThrow(
      'the job file has no phase none (expected one of 1 (fill), 2 (reads), 2 (beside), 3 (writes), 2 (no-barrier))',
    );
    await expect(read(job, 4)).rejects.toThrow('has no phase 4');
  });

  it('runs none by itself that only checks what another wrote', async () => {
    const scan = '[global]\nverify=meta\n[write]\nrw=write\n[check]\nstonewall\nrw=read\n';
    expect((await read(scan)).sections.map(({ name }) => name)).toEqual(['write']);
    expect((await read(scan, 'check')).sections.map(({ name }) => name)).toEqual(['check']);
  });

  it('has one where the only barrier is before its first section', async () => {
    const { sections, changes } = await read('[a]\nstonewall\nrw=read\ndirect=1\n[b]\nrw=read\ndirect=1\n');
    expect([sections.length, changes]).toEqual([2, []]);
  });

  it('may have one in each section by its global section, and as many jobs as fit into one', async () => {
    const { sections } = await read('[global]\nstonewall\nrw=read\nnumjobs=200\n[a]\n[b]\n');
    expect(sections.map(({ name }) => name)).toEqual(['b']);
  });
});

describe('the page cache', () => {
  it.each([
    ['direct=1', false],
    ['buffered=0', false],
    ['direct=0', true],
    ['rw=read', true],
    ['direct=1\nbuffered=1', true],
    ['direct=0\nbuffered=0', false],
  ])('is asked for by %j: %s', async (lines, isAsked) => {
    const job = await read(`[a]\nrw=read\n${lines}\n`);
    expect(told(job).includes('a would go through the page cache: a run does direct I/O')).toBe(isAsked);
  });
});

describe('the depth of an engine that does one I/O at a time', () => {
  it('is 1 for each job, and told', async () => {
    const job = await read('[global]\ndirect=1\niodepth=32\nnumjobs=2\n[a]\nrw=read\n[b]\nioengine=libaio\nrw=read\n');
    expect(depthOf(job.sections)).toBe(2 + 64);
    expect(told(job)).toBe(
      'psync does one I/O at a time, whatever iodepth says (32, in a): 1 in flight is offered for each of its jobs; ioengine=libaio offers 32',
    );
  });
});

describe('verify=0', () => {
  it('is no check', async () => {
    expect(verifies((await read('[a]\nrw=read\nverify=0\n')).sections)).toBe(false);
    expect(verifies((await read('[a]\nrw=read\nverify=meta\n')).sections)).toBe(true);
  });
});

describe('where a job does its I/O', () => {
  const lane = 2 ** 28;
  const [kib, mib, gib] = [2 ** 10, 2 ** 20, 2 ** 30];
  const spans = async (job: string): Promise<readonly (readonly number[])[] | undefined> =>
    layoutIn((await read(job)).sections, lane)?.spans.map(({ offset, increment, bytes }) => [offset, increment, bytes]);

  it.each<[string, string, readonly (readonly number[])[] | undefined]>([
    ['all over the lane where it says nothing', '[a]\nrw=read\nsize=100%\n', undefined],
    ['within its size', '[a]\nrw=read\nsize=64M\n', [[0, 0, 64 * mib]]],
    ['within a size of fio alone', '[a]\nrw=read\nfilesize=64Mi\n', [[0, 0, 64 * mib]]],
    ['within its share', '[a]\nrw=read\nsize=25%\n', [[0, 0, lane / 4]]],
    ['in a file of its own for each job', '[a]\nrw=read\nsize=16m\nnumjobs=4\n', [[0, 16 * mib, 16 * mib]]],
    [
      'in files of its own for each section, one after another',
      '[global]\nrw=read\nsize=32m\n[a]\n[b]\nnumjobs=2\n',
      [
        [0, 0, 32 * mib],
        [32 * mib, 32 * mib, 32 * mib],
      ],
    ],
    [
      'in one file where sections name the same',
      '[global]\nrw=read\nfilename=f\n[cold]\nsize=100m\n[hot]\nsize=16m\noffset=100m\n',
      [
        [0, 0, 100 * mib],
        [100 * mib, 0, 16 * mib],
      ],
    ],
    [
      'scaled by one factor where the lane has less',
      '[global]\nrw=read\nfilename=f\n[cold]\nsize=7g\n[hot]\nsize=1g\noffset=7g\n',
      [
        [0, 0, lane * (7 / 8)],
        [lane * (7 / 8), 0, lane / 8],
      ],
    ],
    [
      'apart from others where its jobs are further apart than the lane is long',
      '[a]\nrw=write\nfilename=f\noffset=120k\noffset_increment=124g\nsize=120g\nnumjobs=4\n',
      [[0, 66 * mib, 61 * mib]],
    ],
  ])('is %s', async (_, job, expected) => {
    const found = await spans(job);
    if (_.startsWith('apart')) {
      const [[offset = 0, increment = 0, bytes = 0] = []] = found ?? [];
      expect(increment).toBeGreaterThanOrEqual(bytes);
      expect(offset + 3 * increment + bytes).toBeLessThanOrEqual(lane);
      expect(bytes).toBeGreaterThan(lane / 5);
    } else expect(found).toEqual(expected);
  });

  it('never leaves the lane, however small that is', async () => {
    const { sections } = await read(
      `[global]\nrw=read\n[a]\nsize=${100 * gib}\nnumjobs=30\n[b]\nsize=${4 * kib}\noffset=50%\n[c]\nsize=1g\noffset=3g\nnumjobs=9\n`,
    );
    for (const bytes of [2 ** 20, 3 * 2 ** 20, 2 ** 26, 2 ** 33]) {
      const layout = layoutIn(sections, bytes);
      for (const [i, jobs] of [30, 1, 9].entries()) {
        const span = layout?.spans[i] ?? { offset: NaN, increment: NaN, bytes: NaN };
        expect(span.offset + span.increment * (jobs - 1) + span.bytes).toBeLessThanOrEqual(bytes);
        expect(span.bytes).toBeGreaterThanOrEqual(4 * kib);
      }
    }
  });

  it('stands in the job file of a guest, in place of what the user wrote', async () => {
    const { sections } = await read('[a]\nrw=read\nsize=16m\noffset=4m\nnumjobs=2\n');
    const target = { guest: 1, device: '/dev/dm-1', sectors: lane / 512, seed: 1, runtimeS: 9 };
    expect(renderJob(sections, target)).toMatch(
      /\nfilename=\/dev\/dm-1\nsize=16777216\noffset=4194304\noffset_increment=20971520\ndirect=1\n/,
    );
    expect(renderJob(sections, target).match(/^offset=/gm)).toHaveLength(1);
  });
});

describe('what fio says against a job file', () => {
  it('is told with the line that it means, and how to ask it', async () => {
    expect(await refusal('[a]\nbs=4k\nrw=nonsense\n')).toMatch(
      /user\.fio:3: fio cannot use this job file: .*rw=nonsense.*\(fio --cmdhelp=rw says which values it takes\)/,
    );
    expect(await refusal('[a]\nrw=read\nverify_write_sequence=0\n')).toMatch(
      /user\.fio:3: .*\(the fio of this host has no option verify_write_sequence: leave it out, or install a newer fio\)|^$/,
    );
  });
});
