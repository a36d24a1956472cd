// With the fio of this machine: it is asked how it understands a job file, it never does any I/O here.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ProfileError } from '../../../agent/lib/errors.ts';
import { depthOf, type JobSection, writes } from '../../../agent/load/job.ts';
import { parseShowcmd, readUserJob } from '../../../agent/load/user-job.ts';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'layerlift-test-'));
  path = join(folder, 'user.fio');
});
afterEach(() => rmSync(folder, { recursive: true }));

async function read(job: string): Promise<readonly JobSection[]> {
  writeFileSync(path, job);
  return (await readUserJob(path)).sections;
}

async function problemsOf(job: string): Promise<readonly string[]> {
  try {
    await read(job);
  } catch (failure) {
    if (failure instanceof ProfileError) return failure.problems.map(({ message }) => message);
    throw failure;
  }
  return [];
}

describe('a job file', () => {
  it('is read as fio understands it, by the names that fio itself uses', async () => {
    expect(
      await read('[a]\nblocksize=4k\nreadwrite=randread\niodepth=4\n; a comment\n[b]\nrw=write\nthread\n'),
    ).toEqual([
      {
        name: 'a',
        options: [
          ['bs', '4k'],
          ['rw', 'randread'],
          ['iodepth', '4'],
        ],
      },
      {
        name: 'b',
        options: [
          ['rw', 'write'],
          ['thread', undefined],
        ],
      },
    ]);
  });

  it('gives what stands in its global section to every job', async () => {
    const sections = await read('[global]\nioengine=libaio\nrw=randwrite\nbs=16k\niodepth=4\n[a]\n[b]\niodepth=8\n');
    expect(writes(sections)).toBe(true);
    expect(depthOf(sections)).toBe(12);
    expect(sections.map(({ options }) => new Map(options).get('bs'))).toEqual(['16k', '16k']);
  });

  it('loses what the run decides: where, how much and how long, also by other names', async () => {
    const job = '[a]\nrw=read\nfilename=/dev/sda\ntimeout=9\ntime_based\nramp_time=1\nloops=2\nwait_for_previous\n';
    expect(await read(job)).toEqual([{ name: 'a', options: [['rw', 'read']] }]);
  });

  it('may be called by a name with blanks, which the job then has without them', async () => {
    expect((await read('[two words]\nrw=read\n')).map(({ name }) => name)).toEqual(['two_words']);
  });

  it.each<[string, string, RegExp]>([
    ['has a mode that fio does not know', '[a]\nrw=nonsense\n', /nonsense/],
    ['has no job', '[global]\nrw=read\n', /no job/],
    ['is empty', '', /./],
    ['has an option outside of any section', 'rw=read\n', /./],
  ])('that %s is refused, with what fio says', async (_, job, message) => {
    const problems = await problemsOf(job);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^fio cannot use this job file: /);
    expect(problems[0]).toMatch(message);
  });

  it('that is not there is refused', async () => {
    await expect(readUserJob(join(folder, 'none.fio'))).rejects.toThrow(ProfileError);
  });

  it('is told all at once what it must not do, with the reason', async () => {
    const job =
      '[a]\nrw=read\nexec_prerun=touch /tmp/never\nread_iolog=/tmp/never\n[b]\nrw=read\nopendir=/tmp\nuid=0\n';
    expect(await problemsOf(job)).toEqual([
      'the option exec_prerun is not accepted: it starts a program',
      'the option read_iolog is not accepted: a recorded trace comes to its end, and each slice would see another part of it',
      'the option opendir is not accepted: it opens whatever lies in a folder of the host',
      'the option uid is not accepted: the run decides who does the I/O',
    ]);
  });

  it.each([
    'exec_prerun=true',
    'exec_postrun=true',
    'read_iolog=x',
    'opendir=/tmp',
    'cgroup=x',
    'uid=0',
    'gid=0',
    'ioengine=external:/tmp/x.so',
    'ioengine=exec',
    'ioengine=filedelete',
    'mem=mmapshared:/dev/sdb',
    'mem = mmap:/etc/passwd',
    'iomem=mmapshared:/dev/sdb',
    'mem=mmaphuge:/dev/hugepages/x',
    'mem mmapshared:/dev/sdb',
    `buffer_pattern='/etc/shadow'`,
    `verify_pattern=0xff'/etc/shadow'`,
    'ioscheduler=none',
    'zonemode=zbd',
    'rw=randtrim',
    'verify_async=1000',
    'numjobs=1000000',
    'numjobs=1k',
    'an_option_that_fio_gains=1',
  ])('cannot reach beyond the guest with %s', async (line) => {
    expect(await problemsOf(`[a]\nrw=read\n${line}\n`)).toHaveLength(1);
  });

  it.each([
    ...[
      'write_bw_log=x',
      'write_lat_log=x',
      'write_iops_log=x',
      'write_hist_log=x',
      'write_iolog=x',
      'directory=/tmp',
      'filename_format=/tmp/x',
      'unlink=1',
      'nice=-20',
      'prioclass=1',
      'lockmem=64g',
      'cpus_allowed=0',
      'sqthread_poll_cpu=0',
      'verify_dump=1',
      'error_dump=1',
    ],
    ...['rate_min=1m', 'max_latency=1', 'steadystate=iops:1%', 'latency_target=1ms', 'ignore_error=EIO', 'stats=0'],
    ...['filename=', 'directory=${HOME}', 'runtime=$(reboot)', 'cpus_allowed=`id`', 'nrfiles=many', 'size=${SIZE}'],
    ...['create_serialize=0', 'fallocate=none', 'overwrite=1', 'clocksource=cpu', 'cpus_allowed_policy=split'],
    ...[
      'description=costs $1',
      'name=another',
      'log_avg_msec=1000',
      'ss_dur=10s',
      'filename_format=f.$jobnum.$filenum',
    ],
  ])('neither reaches beyond the guest nor ends or hides its load with %s, which is left out', async (line) => {
    expect(await read(`[a]\nrw=read\n${line}\n`)).toEqual([{ name: 'a', options: [['rw', 'read']] }]);
  });

  it('is told the line, the option and what is possible', async () => {
    await expect(read('[a]\nrw=read\nmem=mmapshared:/dev/sdb\n')).rejects.toThrow(
      `${path}:3: mem=mmapshared:/dev/sdb is not accepted (expected malloc, shm or mmap, and no file)`,
    );
    await expect(read('[a]\nan_option_that_fio_gains=1\n')).rejects.toThrow(
      /:2: the option an_option_that_fio_gains is not accepted \(leave it out; .*iodepth/,
    );
  });

  it('cannot do so in the name of a job, which fio prints as it is', async () => {
    expect(await problemsOf('[a --mem=mmapshared:/dev/sdb]\nrw=read\n')).toEqual([
      'mem=mmapshared:/dev/sdb is not accepted',
    ]);
  });

  it('starts no more jobs than a guest can have, over all of its sections', async () => {
    expect(await problemsOf('[global]\nrw=read\nnumjobs=128\n[a]\n[b]\n')).toEqual([]);
    expect(await problemsOf('[global]\nrw=read\nnumjobs=128\n[a]\n[b]\n[c]\nnumjobs=1\n')).toEqual([
      '257 jobs for each guest are too many',
    ]);
  });

  it('may say all that describes its I/O', async () => {
    const pattern = ['rw=randrw', 'rwmixread=70', 'bssplit=4k/60:64k/40', 'iodepth=16', 'iodepth_batch_submit=4'];
    const pace = [
      'rate_iops=100',
      'rate_process=poisson',
      'thinktime=10ms',
      'random_distribution=zipf:1.2',
      'fsync=32',
    ];
    const data = ['verify=crc32c', 'verify_backlog=64', 'buffer_compress_percentage=50', 'mem=shm', 'numjobs=2'];
    const lines = [...pattern, ...pace, ...data, 'ioengine=io_uring', 'hipri=1', 'norandommap=1', 'offset=1m'];
    const options = lines.map((line) => line.replace('batch_submit', 'batch').split('='));
    expect(await read(`[a]\n${lines.join('\n')}\n`)).toEqual([
      { name: 'a', options: expect.arrayContaining(options) as unknown },
    ]);
  });

  it('cannot do so from its global section either', async () => {
    expect(await problemsOf('[global]\nexec_prerun=true\n[a]\nrw=read\n')).toHaveLength(1);
  });
});

describe('the command line that fio shows', () => {
  it.each<[string, string, readonly JobSection[]]>([
    ['one job', 'fio --name=a --rw=read \n', [{ name: 'a', options: [['rw', 'read']] }]],
    [
      'a value with blanks',
      'fio --name=a --rate_process="two words and  more" --rw=read',
      [
        {
          name: 'a',
          options: [
            ['rate_process', '"two words and  more"'],
            ['rw', 'read'],
          ],
        },
      ],
    ],
    [
      'a value with dashes and equals signs',
      'fio --name=a --rate_process=0x-1--b=c --bs=4k',
      [
        {
          name: 'a',
          options: [
            ['rate_process', '0x-1--b=c'],
            ['bs', '4k'],
          ],
        },
      ],
    ],
    [
      'an option without a value',
      'fio --name=a --thread --bs=4k',
      [
        {
          name: 'a',
          options: [
            ['thread', undefined],
            ['bs', '4k'],
          ],
        },
      ],
    ],
    ['a name that could leave its brackets', 'fio --name=a]b[c --bs=4k', [{ name: 'a_b_c', options: [['bs', '4k']] }]],
    ['nothing', 'fio ', []],
  ])('with %s', (_, text, sections) => {
    expect(parseShowcmd(text, 'f')).toEqual(sections);
  });
});
