import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Admission } from '../../../agent/run/admission.ts';
import { prepare, type Setup } from '../../../agent/run/prepare.ts';
import { InternalError, NeedError, ProfileError, UsageError } from '../../../agent/lib/errors.ts';
import { parseImpact } from '../../../agent/plan/impact.ts';
import { profileOf, sections } from '../../support/dry-stack.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'layerlift-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function prepared(lines: readonly string[], workload: string, seed?: number): Promise<Setup> {
  const path = join(folder, 'p.yaml');
  writeFileSync(path, profileOf(lines, 2).replace('workload: {}', `workload: ${workload}`));
  return prepare(path, { seed, cold: false, budgetMs: undefined });
}

// No test machine has it: whatever would be tried with it would fail.
const disk = 'media: { deployed: { provider: device, device: /dev/layerlift-no-such-disk } }';
const far = 'network: { deployed: { provider: remote, device: /dev/layerlift-no-such-disk } }';
const remote = 'network: { deployed: { provider: nvme-tcp-remote, address: a, nqn: nqn.a, size: 1GiB } }';

describe('a workload that writes', () => {
  it.each<[string, string, string]>([
    ['a real device', disk, '{ rw: randwrite }'],
    ['a real device, in a mix', disk, '{ rw: randrw, rwmixread: 99 }'],
    ['a real device, by a job file', disk, '{ job: w.fio }'],
    ['a real device, by the global section of a job file', disk, '{ job: g.fio }'],
    ['a remote target', remote, '{ rw: write }'],
    ['a device with its network', far, '{ rw: randwrite }'],
  ])('is refused on %s before anything is looked at', async (_, layer, workload) => {
    writeFileSync(join(folder, 'w.fio'), '[a]\nrw=randread\n[b]\nreadwrite=write\n');
    writeFileSync(join(folder, 'g.fio'), '[global]\nrw=randwrite\n[a]\nbs=4k\n');
    const work = prepared([layer], workload);
    await expect(work).rejects.toThrow(ProfileError);
    await expect(work).rejects.toThrow(/it writes, but .* is used for reading only/);
  });

  it('is welcome on a model disk', async () => {
    expect((await prepared([sections.media], '{ rw: randwrite }')).stack.writable).toBe(true);
  });
});

describe('a layer whose two forms do not show the same data', () => {
  const vduse = (settings: string, stub = '{ provider: direct }'): string =>
    `ring: { deployed: { provider: vduse, ${settings} }, stub: ${stub} }`;
  const verifies = '{ rw: randwrite, verify: crc32c }';

  it.each([
    [
      'a page cache above the way past the ring',
      vduse('cache: writeback'),
      verifies,
      /page cache of the host.*\n?.*cache: none/,
    ],
    ['a null driver', vduse('queues: 1', '{ provider: vduse-null }'), verifies, /the null driver keeps no data/],
    ['a qcow2 that grows, whatever the load', vduse('format: qcow2, preallocation: off'), '{}', /reads zeros/],
  ])('%s: is refused', async (_, ring, workload, words) => {
    await expect(prepared([ring], workload)).rejects.toThrow(ProfileError);
    await expect(prepared([ring], workload)).rejects.toThrow(words);
  });

  it.each([
    ['a load that does not verify', vduse('cache: writeback'), '{ rw: randwrite }'],
    ['no way past the ring', vduse('cache: writeback', 'none'), verifies],
    ['a qcow2 whose clusters are all there', vduse('format: qcow2'), verifies],
    ['past the page cache', vduse('cache: directsync'), verifies],
  ])('%s: is welcome', async (_, ring, workload) => {
    const kept =
      'media: { deployed: { provider: model, size: 1GiB, memory: true }, stub: { provider: null_blk, memory: true } }';
    expect((await prepared([kept, ring], workload)).stack.layers).toHaveLength(2);
  });
});

describe('preparing', () => {
  it.each([disk, far])('names a device that does not exist: %s', async (layer) => {
    const work = prepared([layer], '{ rw: randread }');
    await expect(work).rejects.toThrow(NeedError);
    await expect(work).rejects.toThrow('cannot use /dev/layerlift-no-such-disk: there is no such device');
  });

  it('takes the measures of the media from the profile', async () => {
    const media = 'media: { deployed: { provider: model, size: 64MiB, blockSize: 4096 } }';
    expect((await prepared([media], '{}')).plan.geometry).toEqual({ sectors: 131072, blockBytes: 4096 });
  });

  it('takes the seed that it is given, else that of the profile, else any, and keeps it with the plan', async () => {
    expect((await prepared([sections.media], '{}', 9)).plan.seed).toBe(9);
    expect((await prepared([`${sections.media}\nexperiment: { seed: 4 }`], '{}')).plan.seed).toBe(4);
    expect((await prepared([sections.media], '{}')).plan.seed).toBeGreaterThanOrEqual(0);
  });

  it('refuses what a cold run cannot measure: guests apart', async () => {
    const path = join(folder, 'p.yaml');
    writeFileSync(path, profileOf([sections.media], 2));
    const options = { seed: 1, cold: true, budgetMs: undefined };
    await expect(prepare(path, { ...options, neighbours: true })).rejects.toThrow(UsageError);
    expect((await prepare(path, options)).plan.cold).toBe(true);
  });

  it('refuses a cold run of domains before the host is looked at', async () => {
    const path = join(folder, 'p.yaml');
    writeFileSync(path, `${profileOf([disk], 2)}guest: domU\n`);
    await expect(prepare(path, { seed: 1, cold: true, budgetMs: undefined })).rejects.toThrow(/--cold .* domains/);
  });

  it('refuses an impact on the CPU of domains before the host is looked at', async () => {
    const path = join(folder, 'p.yaml');
    writeFileSync(path, `${profileOf([disk], 2)}guest: domU\n`);
    const options = { seed: 1, cold: false, budgetMs: undefined };
    await expect(prepare(path, { ...options, impact: parseImpact('cpu=50') })).rejects.toThrow(UsageError);
    await expect(prepare(path, { ...options, impact: parseImpact('riops=50') })).rejects.toThrow(NeedError);
  });

  it('refuses a budget in which no cap could be found, where caps alone are asked for', async () => {
    const path = join(folder, 'p.yaml');
    writeFileSync(path, profileOf([sections.media], 2));
    const options = { seed: 1, cold: false, caps: true };
    await expect(prepare(path, { ...options, budgetMs: 60_000 })).rejects.toThrow(
      /too short to look for caps.*at least \d+s/,
    );
    expect((await prepare(path, { ...options, budgetMs: 120_000 })).plan.aims.caps).toBe(true);
  });

  it('names all that speaks against a run at once, each once, with the exit code of the first', async () => {
    const path = join(folder, 'p.yaml');
    const text = profileOf([disk], 2).replace('workload: {}', 'workload: { rw: randwrite }');
    writeFileSync(path, text.replace(/^guests: .*$/m, "guests: { count: 2, cpuset: '9999' }"));
    const work = prepare(path, { seed: 1, cold: true, neighbours: true, caps: true, budgetMs: 10_000 });
    const refusal = await work.catch((failure: unknown) => failure);
    expect(refusal).toBeInstanceOf(UsageError);
    const { problems, exit } = refusal as UsageError;
    expect(exit).toBe('usage');
    expect(problems.map(({ message }) => message)).toEqual([
      '--neighbours cannot be measured with --cold',
      'workload: it writes, but /dev/layerlift-no-such-disk is used for reading only',
      'caps were not looked for: a cold run raises no delay',
      'cannot use /dev/layerlift-no-such-disk: there is no such device',
      'guests.cpuset: "9999": this host has no CPU 9999 online',
      'a budget of 10 s is too short to look for caps',
    ]);
  });

  it('lets a bug through as a bug', async () => {
    const admission = new Admission();
    expect(() =>
      admission.check(() => {
        throw new InternalError('x');
      }),
    ).toThrow(InternalError);
    await expect(admission.ask(() => Promise.reject(new TypeError('y')))).rejects.toThrow(TypeError);
  });

  it('finds a job file beside its profile, and takes its sections', async () => {
    writeFileSync(join(folder, 'r.fio'), '[a]\nrw=randread\niodepth=3\n');
    expect((await prepared([sections.media], '{ job: r.fio }')).sections).toEqual([
      {
        name: 'a',
        options: [
          ['rw', 'randread'],
          ['iodepth', '3'],
        ],
      },
    ]);
  });
});
