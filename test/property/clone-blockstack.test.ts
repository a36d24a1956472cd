// A clone of what a profile raised raises the same again: for each provider of the block stack and its settings.

import fc from 'fast-check';
import { stringify } from 'yaml';
import { describe, expect, it } from 'vitest';
import { cloneOf } from '../../agent/discover/clone/profile.ts';
import { decodeProfile } from '../../agent/profile/decode.ts';
import { providersFor } from '../../agent/stack/registry.ts';
import { raiseOnPaper, sections } from '../support/dry-stack.ts';
import { discoverText } from '../support/snapshots.ts';
import { snapshotOfRaised, treesOf } from '../support/raised-host.ts';

const guests = 2;
const scope = fc.constantFrom('guest', 'shared');
const power = (least: number, most: number): fc.Arbitrary<string> =>
  fc.integer({ min: Math.log2(least), max: Math.log2(most) }).map((n) => `${2 ** n}B`);
const steps = (size: number, most: number): fc.Arbitrary<string> =>
  fc.integer({ min: 1, max: most }).map((n) => `${n * size}B`);
const ms = fc.integer({ min: 0, max: 100 }).map((n) => `${n}ms`);
const flag = fc.boolean();

type Settings = Readonly<Record<string, unknown>>;
const of = (
  settings: Readonly<Record<string, fc.Arbitrary<unknown>>>,
  needed: readonly string[] = [],
): fc.Arbitrary<Settings> => fc.record(settings, { requiredKeys: [...needed] });

/** Settings that a look at the host tells, and beside them those that it cannot tell, each with the words by which a clone says so. */
interface Case {
  readonly told: fc.Arbitrary<Settings>;
  readonly untold?: Readonly<Record<string, { readonly values: fc.Arbitrary<unknown>; readonly says: RegExp }>>;
}

const array = (
  level: string,
  legs: fc.Arbitrary<number>,
  more: Readonly<Record<string, fc.Arbitrary<unknown>>>,
): Case['told'] =>
  of(
    { scope, level: fc.constant(level), legs, ...(level === 'raid1' ? {} : { chunk: power(4096, 2 ** 20) }), ...more },
    ['level'],
  );
const region = power(2 ** 20, 2 ** 26);

const cases: Readonly<Record<string, Case>> = {
  linear: { told: of({}) },
  crypt: {
    told: of({
      ...{
        scope,
        cipher: fc.constantFrom('aes-xts-plain64', 'serpent-xts-plain64'),
        keySize: fc.constantFrom(256, 512),
      },
      ...{ sectorSize: fc.constantFrom(512, 4096), offset: fc.constantFrom('0B', '4KiB', '1MiB', '16MiB', '32MiB') },
      ...{
        noReadWorkqueue: flag,
        noWriteWorkqueue: flag,
        sameCpuCrypt: flag,
        submitFromCryptCpus: flag,
        allowDiscards: flag,
      },
    }),
  },
  delay: { told: of({ scope, read: ms, write: ms, flush: ms }) },
  striped: { told: of({ scope, legs: fc.integer({ min: 2, max: 16 }), chunk: power(4096, 2 ** 24) }) },
  thin: {
    told: of({ pool: scope, blockSize: steps(65_536, 64), skipBlockZeroing: flag, discardPassdown: flag }),
    untold: { fill: { values: fc.integer({ min: 0, max: 99 }), says: /volumes are full/ } },
  },
  cache: {
    told: of({
      ...{ scope, blockSize: steps(32_768, 8), mode: fc.constantFrom('writethrough', 'writeback', 'passthrough') },
      ...{ policy: fc.constantFrom('smq', 'cleaner'), migrationThreshold: fc.integer({ min: 0, max: 2 ** 20 }) },
    }),
    untold: { size: { values: fc.constant('128MiB'), says: /fast device is in memory, 64 MiB and cold: its size/ } },
  },
  writecache: {
    told: fc
      .record({ low: fc.integer({ min: 0, max: 98 }), more: fc.integer({ min: 1, max: 100 }) })
      .chain(({ low, more }) =>
        of(
          {
            ...{ scope, blockSize: power(512, 4096), lowWatermark: fc.constant(low) },
            highWatermark: fc.constant(Math.min(100, low + more)),
            ...{
              writebackJobs: fc.integer({ min: 1, max: 4096 }),
              autocommitBlocks: fc.integer({ min: 1, max: 2 ** 20 }),
            },
          },
          ['lowWatermark', 'highWatermark'],
        ),
      ),
    untold: { size: { values: fc.constant('128MiB'), says: /fast device is in memory, 64 MiB and empty: its size/ } },
  },
  md: {
    told: fc.oneof(
      array('raid0', fc.integer({ min: 2, max: 16 }), {}),
      array('raid1', fc.integer({ min: 2, max: 16 }), { bitmap: flag, bitmapRegion: region }),
      array('raid1', fc.integer({ min: 2, max: 16 }), { prepare: fc.constant('degrade') }),
      array('raid5', fc.integer({ min: 3, max: 16 }), {
        bitmap: flag,
        bitmapRegion: region,
        stripeCache: power(2 ** 17, 2 ** 27),
      }),
      array('raid5', fc.integer({ min: 3, max: 16 }), { prepare: fc.constant('degrade') }),
      array('raid6', fc.integer({ min: 4, max: 16 }), { stripeCache: power(2 ** 17, 2 ** 27) }),
      array('raid6', fc.integer({ min: 4, max: 16 }), { prepare: fc.constant('degrade') }),
      array(
        'raid10',
        fc.integer({ min: 1, max: 8 }).map((n) => 2 * n),
        { bitmapRegion: region },
      ),
    ),
  },
  multipath: {
    told: of({
      ...{
        scope,
        paths: fc.integer({ min: 2, max: 8 }),
        selector: fc.constantFrom('service-time', 'queue-length', 'round-robin'),
      },
      ...{
        repeatCount: fc.integer({ min: 1, max: 1000 }),
        grouping: fc.constantFrom('multibus', 'failover'),
        queueIfNoPath: flag,
      },
    }),
    untold: { delays: { values: fc.array(ms, { minLength: 2, maxLength: 2 }), says: /what each path takes/ } },
  },
  dm: {
    told: of(
      {
        scope,
        devices: fc
          .array(
            fc.constantFrom(
              '0 {sectors} linear {on} 0',
              `0 {sectors} crypt aes-xts-plain64 ${'0'.repeat(64)} 0 {on} 0`,
              `0 {sectors} crypt aes-xts-plain64 ${'0'.repeat(128)} 0 {on} 0 1 no_read_workqueue`,
              '0 {sectors} delay {on} 0 3',
              '0 {sectors} delay {on} 0 3 {on} 0 4 {on} 0 5',
            ),
            { minLength: 1, maxLength: 5 },
          )
          .map((tables) =>
            tables.map((table, i) => ({
              name: `t${i}`,
              table: table.replaceAll('{on}', i === 0 ? '{below}' : `{t${i - 1}}`),
            })),
          ),
      },
      ['devices'],
    ),
  },
};

async function raised(deployed: object): ReturnType<typeof raiseOnPaper> {
  return raiseOnPaper({ stack: [sections.media, `blockstack: ${JSON.stringify({ deployed })}`], guests });
}

async function cloneOfRaised(deployed: object): Promise<{ readonly open: string; readonly trees: readonly string[] }> {
  const found = discoverText(snapshotOfRaised(await raised(deployed), guests));
  const clone = cloneOf(found, { activity: new Map(), scratch: undefined });
  if (!clone) throw new Error('nobody uses a device');
  const { deployed: own } =
    decodeProfile(clone.text, 'the clone').stack.find(({ layer }) => layer === 'blockstack') ?? {};
  // As text: settings that were decoded are in other units than those of a profile.
  const section = /^ {2}blockstack:\n((?: {3}.*\n)+)/m.exec(clone.text)?.[1];
  const again = await raiseOnPaper({
    stack: [
      sections.media,
      ...(own && section !== undefined
        ? [
            'blockstack:',
            ...section
              .trimEnd()
              .split('\n')
              .map((line) => line.slice(2)),
          ]
        : []),
    ],
    guests,
  });
  return { open: clone.open.join('\n'), trees: treesOf(again, guests) };
}

describe('a clone of a block stack that was raised', () => {
  it('is tried with every provider', () => {
    expect(Object.keys(cases).sort()).toEqual(
      providersFor('blockstack', 'deployed')
        .map(({ name }) => name)
        .sort(),
    );
  });

  it.each(Object.entries(cases))('of %s raises the same', async (provider, { told }) => {
    await fc.assert(
      fc.asyncProperty(told, async (settings) => {
        const deployed = { provider, ...settings };
        const { trees, open } = await cloneOfRaised(deployed);
        expect(trees, `${stringify(deployed)}${open}`).toEqual(treesOf(await raised(deployed), guests));
      }),
      { seed: 61, numRuns: 40 },
    );
  });

  it.each(
    Object.entries(cases).flatMap(([provider, { untold = {} }]) =>
      Object.entries(untold).map(([key, one]) => [provider, key, one] as const),
    ),
  )('of %s says that it cannot tell %s', async (provider, key, { values, says }) => {
    await fc.assert(
      fc.asyncProperty(values, async (value) => {
        expect((await cloneOfRaised({ provider, [key]: value })).open).toMatch(says);
      }),
      { seed: 62, numRuns: 10 },
    );
  });
});
