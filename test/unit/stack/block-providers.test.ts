// The block stack's providers by name: which tables their settings give, what stands beside them, and mistakes in settings.

import { describe, expect, it } from 'vitest';
import { ProfileError } from '../../../agent/lib/errors.ts';
import { configuredLayers } from '../../../agent/plan/stack-plan.ts';
import { decodeProfile } from '../../../agent/profile/decode.ts';
import { stackNoteWords } from '../../../agent/report/words/stack-note.ts';
import type { Configured } from '../../../agent/stack/provider.ts';
import { profileOf, type Raised, raiseOnPaper } from '../../support/dry-stack.ts';

const media = 'media: { deployed: { provider: model } }';
/** 1 GiB. */
const sectors = 2 ** 21;

const section = (settings: string): string => `blockstack: { deployed: { ${settings} } }`;

function raised(settings: string, guests = 1): Promise<Raised> {
  return raiseOnPaper({ stack: [media, section(settings)], guests, sectors });
}

/** Without junctions and slices: `name: table` in the order in which they are made. */
async function tablesOf(settings: string, guests = 1): Promise<readonly string[]> {
  const { tables } = await raised(settings, guests);
  return [...tables]
    .filter(([name]) => !/^(J-|slice)/.test(name))
    .map(
      ([name, table]) =>
        `${name}: ${table.replaceAll('slice1', 'BELOW').replaceAll(/\b(0{16,}1{16,})\b/g, (key) => `KEY${key.length * 4}`)}`,
    );
}

function configured(settings: string): Configured {
  const layer = configuredLayers(decodeProfile(profileOf([section(settings)], 1), 'p.yaml')).at(-1);
  if (!layer) throw new Error('no layer');
  return layer.deployed;
}

const outlineOf = (settings: string) => configured(settings).outline?.({ sectors, slice: sectors, guests: 1 });
const notesOf = (settings: string): readonly string[] => (outlineOf(settings)?.notes ?? []).map(stackNoteWords);

function mistakeIn(settings: string): string {
  try {
    decodeProfile(profileOf([section(settings)], 1), 'p.yaml');
    return '';
  } catch (failure) {
    if (!(failure instanceof ProfileError)) throw failure;
    return failure.problems.map(({ message }) => message.replace('stack.blockstack.deployed.', '')).join('\n');
  }
}

describe('tables', () => {
  it.each<[string, readonly string[]]>([
    ['provider: crypt', ['crypt-1: 0 2064384 crypt aes-xts-plain64 KEY512 0 BELOW 32768']],
    [
      'provider: crypt, cipher: "aes-cbc-essiv:sha256", keySize: 256, offset: 0k, sectorSize: 4096, noReadWorkqueue: true, noWriteWorkqueue: true, sameCpuCrypt: true, submitFromCryptCpus: true, allowDiscards: true',
      [
        'crypt-1: 0 2097152 crypt aes-cbc-essiv:sha256 KEY256 0 BELOW 0 6 allow_discards same_cpu_crypt submit_from_crypt_cpus no_read_workqueue no_write_workqueue sector_size:4096',
      ],
    ],
    ['provider: striped', ['stripe-1: 0 2097152 striped 2 128 BELOW 0 BELOW 1048576']],
    [
      'provider: striped, legs: 3, chunk: 1MiB',
      ['stripe-1: 0 2095104 striped 3 2048 BELOW 0 BELOW 698368 BELOW 1396736'],
    ],
    ['provider: delay, write: 5ms', ['delay-1: 0 2097152 delay BELOW 0 0 BELOW 0 5 BELOW 0 0']],
    [
      'provider: thin, pool: guest, skipBlockZeroing: true, discardPassdown: false, blockSize: 128KiB',
      [
        'pool-1: 0 2097152 thin-pool /dev/meta-1 BELOW 256 0 2 skip_block_zeroing no_discard_passdown',
        'thin-1: 0 2097152 thin pool-1 1',
      ],
    ],
    ['provider: thin', ['pool-0: 0 2097152 thin-pool /dev/meta-0 J-media 128 0', 'thin-1: 0 2097152 thin pool-0 1']],
    [
      'provider: cache, mode: writeback, size: 32MiB',
      ['cache-1: 0 2097152 cache /dev/meta-1 /dev/fast-1 BELOW 128 1 writeback smq 2 migration_threshold 2048'],
    ],
    [
      'provider: writecache, writebackJobs: 64',
      [
        'wcache-1: 0 2097152 writecache s BELOW /dev/fast-1 4096 6 high_watermark 50 low_watermark 45 writeback_jobs 64',
      ],
    ],
    [
      'provider: md, bitmap: false',
      [
        'leg0-1: 0 1048576 linear BELOW 0',
        'leg1-1: 0 1048576 linear BELOW 1048576',
        'md-1: 0 1048576 raid raid1 2 0 nosync 2 - leg0-1 - leg1-1',
      ],
    ],
    [
      'provider: md, level: raid5, prepare: degrade, stripeCache: 4MiB, chunk: 64KiB',
      [
        'leg0-1: 0 698368 linear BELOW 0',
        'leg1-1: 0 698368 linear BELOW 698368',
        'md-1: 0 1396736 raid raid5_ls 4 128 nosync stripe_cache 8192 3 - leg0-1 - leg1-1 - -',
      ],
    ],
    [
      'provider: md, level: raid10, legs: 4, bitmapRegion: 1GiB',
      [
        ...[0, 1, 2, 3].map((leg) => `leg${leg}-1: 0 524288 linear BELOW ${leg * 524288}`),
        `md-1: 0 1048576 raid raid10 4 1024 nosync region_size 1048576 4 ${[0, 1, 2, 3].map((leg) => `/dev/meta${leg}-1 leg${leg}-1`).join(' ')}`,
      ],
    ],
    [
      'provider: md, level: raid6, prepare: degrade, chunk: 64KiB',
      [
        ...[0, 1, 2].map((leg) => `leg${leg}-1: 0 524288 linear BELOW ${leg * 524288}`),
        'md-1: 0 1048576 raid raid6_zr 1 128 4 - leg0-1 - leg1-1 - leg2-1 - -',
      ],
    ],
    [
      'provider: md, level: raid6',
      [
        ...[0, 1, 2, 3].map((leg) => `leg${leg}-1: 0 524288 linear BELOW ${leg * 524288}`),
        'md-1: 0 1048576 raid raid6_zr 1 1024 4 - leg0-1 - leg1-1 - leg2-1 - leg3-1',
      ],
    ],
    [
      'provider: md, level: raid0, legs: 2',
      [
        'leg0-1: 0 1048576 linear BELOW 0',
        'leg1-1: 0 1048576 linear BELOW 1048576',
        'md-1: 0 2097152 raid raid0 1 1024 2 - leg0-1 - leg1-1',
      ],
    ],
    [
      'provider: multipath, delays: [0ms, 20ms], queueIfNoPath: true',
      [
        'path0-1: 0 2097152 linear BELOW 0',
        'path1-1: 0 2097152 delay BELOW 0 20',
        'mpath-1: 0 2097152 multipath 3 queue_if_no_path queue_mode bio 0 1 1 service-time 0 2 1 path0-1 1 path1-1 1',
      ],
    ],
    [
      'provider: multipath, selector: round-robin, repeatCount: 100, grouping: failover',
      [
        'path0-1: 0 2097152 linear BELOW 0',
        'path1-1: 0 2097152 linear BELOW 0',
        'mpath-1: 0 2097152 multipath 2 queue_mode bio 0 2 1 round-robin 0 1 1 path0-1 100 round-robin 0 1 1 path1-1 100',
      ],
    ],
  ])('of %s', async (settings, tables) => {
    expect(await tablesOf(settings)).toEqual(tables);
    expect(outlineOf(settings)?.problems).toEqual([]);
  });

  it.each(['crypt', 'cache', 'md', 'multipath', 'striped', 'delay', 'writecache'])(
    'of %s below all guests are there once, and sliced above',
    async (provider) => {
      const shared = await raised(`provider: ${provider}, scope: shared`, 2);
      const own = await raised(`provider: ${provider}`, 2);
      const tops = (of: typeof shared) => [...of.tables.keys()].filter((name) => /-\d$/.test(name));
      expect(tops(own)).toHaveLength(2 * tops(shared).length);
      expect(shared.tables.get('slice2')).toMatch(/^0 \d+ linear J-block \d+$/);
      expect(own.tables.get('slice2')).toMatch(/^0 \d+ linear J-media \d+$/);
    },
  );
});

describe('what stands beside the tables', () => {
  it.each<[string, readonly (string | RegExp)[]]>([
    ['provider: crypt', []],
    [
      'provider: thin',
      [/^meta is 4 MiB of memory: metadata of the pool;/, '100 % of thin is written before the first slice'],
    ],
    ['provider: thin, fill: 0', [/^meta is/]],
    [
      'provider: cache',
      [/^meta is 4 MiB of memory for each guest/, /^fast is 64 MiB of memory for each guest: the fast/],
    ],
    [
      'provider: md, prepare: degrade',
      [
        'the 2 legs of md are on one medium, and share its queue',
        'md is degraded: 1 of 2 legs are missing from the start',
      ],
    ],
    ['provider: multipath', ['the 2 paths of mpath are on one medium, and share its queue']],
  ])('is told: %s', (settings, notes) => {
    expect(notesOf(settings)).toEqual(
      notes.map((note): unknown => (typeof note === 'string' ? note : expect.stringMatching(note))),
    );
  });

  it('is filled volume by volume, once all stand', async () => {
    const { steps } = await raised('provider: thin, fill: 50', 2);
    const fills = steps.flatMap((step) => (step.kind === 'exec' && step.argv[0] === 'fio' ? [step.argv] : []));
    expect(fills.map((argv) => argv.filter((one) => /^--(filename|size)/.test(one)))).toEqual([
      ['--filename=/dev/mapper/layerlift-abcdef-thin-1', `--size=${2 ** 28}`],
      ['--filename=/dev/mapper/layerlift-abcdef-thin-2', `--size=${2 ** 28}`],
    ]);
  });

  it.each([
    ['provider: crypt', undefined],
    ['provider: crypt, sectorSize: 4096', 4096],
    ['provider: writecache', 4096],
  ])('is the block of the lanes where it is larger: %s', (settings, blockBytes) => {
    expect(outlineOf(settings)?.blockBytes).toBe(blockBytes);
  });

  it.each([
    ['provider: crypt, cipher: "xchacha12,aes-adiantum-plain64"', ['dm_crypt']],
    ['provider: cache', ['dm_cache', 'dm-cache-smq', 'null_blk']],
    ['provider: md, level: raid10', ['dm_mod', 'dm_raid', 'raid10', 'null_blk']],
    ['provider: multipath, selector: queue-length', ['dm_mod', 'dm_multipath', 'dm_queue_length']],
  ])('is needed of the kernel: %s', (settings, modules) => {
    const needed = configured(settings).needs.flatMap((need) => (need.kind === 'module' ? [need.name] : []));
    expect(needed).toEqual(modules);
  });
});

describe('a mistake in the settings', () => {
  it.each<[string, RegExp]>([
    ['provider: crypt, keySize: 100', /^keySize: expected 128, 192, 256, 384 or 512 bits/],
    ['provider: crypt, sectorSize: 8192', /^sectorSize: expected 512, 1024, 2048 or 4096 bytes/],
    ['provider: crypt, cipher: aes', /^cipher: expected a cipher/],
    ['provider: crypt, cipher: "aes xts-plain64"', /^cipher: expected a cipher/],
    ['provider: crypt, offset: 1000', /^offset: expected a multiple of 4KiB/],
    ['provider: striped, legs: 1', /^legs: /],
    ['provider: striped, chunk: 48KiB', /^chunk: expected a power of two/],
    ['provider: delay, read: 500us', /^read: expected whole milliseconds/],
    ['provider: thin, blockSize: 4KiB', /^blockSize: expected 64KiB to 1GiB/],
    ['provider: thin, blockSize: 100KiB', /^blockSize: expected a multiple of 64KiB/],
    ['provider: thin, fill: 101', /^fill: /],
    ['provider: cache, mode: writearound', /^mode: expected writethrough, writeback or passthrough/],
    ['provider: writecache, lowWatermark: 60', /^lowWatermark: expected a low watermark beneath/],
    ['provider: md, level: raid4', /^level: expected one of raid0, raid1, raid5, raid6, raid10/],
    ['provider: md, level: raid5, legs: 2', /^legs: raid5 takes at least 3 legs, not 2/],
    ['provider: md, level: raid10, legs: 3', /^legs: expected an even number/],
    ['provider: md, level: raid0, prepare: degrade', /^prepare: raid0 cannot do without a leg/],
    ['provider: md, level: raid10, prepare: degrade', /^prepare: raid10 starts with superblocks alone here/],
    ['provider: md, level: raid10, bitmap: false', /^bitmap: raid10 starts with superblocks alone here/],
    ['provider: md, stripeCache: 1MiB', /^stripeCache: raid1 has no stripe cache/],
    ['provider: multipath, mode: request', /^mode: expected bio: in the mode for requests/],
    ['provider: multipath, delays: [0ms, 0ms, 1ms]', /^delays: expected no more delays than paths/],
    ['provider: multipath, delays: [1500us]', /^delays\.0: expected whole milliseconds/],
    ['provider: multipath, selector: historical-service-time', /^selector: expected one of service-time/],
  ])('is told by its place: %s', (settings, message) => {
    expect(mistakeIn(settings)).toMatch(message);
  });

  it.each([
    ['provider: crypt, offset: 1GiB', /crypt: 2097152 sectors are not enough for it/],
    ['provider: md, legs: 16', undefined],
  ])('of lengths is known once the media are: %s', (settings, problem) => {
    const problems = outlineOf(settings)?.problems ?? [];
    if (problem) expect(problems.join('\n')).toMatch(problem);
    else expect(problems).toEqual([]);
  });
});
