// Device-mapper tables as people have them: as dmsetup prints them, with what does not fit here; and mistakes in them.

import { describe, expect, it } from 'vitest';
import { ProfileError } from '../../../agent/lib/errors.ts';
import { configuredLayers } from '../../../agent/plan/stack-plan.ts';
import { decodeProfile } from '../../../agent/profile/decode.ts';
import { stackNoteWords } from '../../../agent/report/words/stack-note.ts';
import type { Outline } from '../../../agent/stack/provider.ts';
import { profileOf, raiseOnPaper } from '../../support/dry-stack.ts';

const media = 'media: { deployed: { provider: model } }';
const gibibyteSectors = 2 ** 21;

interface Written {
  readonly devices: readonly object[];
  readonly volumes?: readonly object[];
  readonly side?: readonly object[];
  readonly scope?: 'shared';
  readonly numbers?: object;
}

const section = (settings: Written): string =>
  `blockstack: { deployed: ${JSON.stringify({ provider: 'dm', ...settings })} }`;

/** The tables that a stack of one guest gets, by name. */
async function tablesOf(settings: Written, guests = 1): Promise<Readonly<Record<string, string>>> {
  const { tables } = await raiseOnPaper({ stack: [media, section(settings)], guests, sectors: gibibyteSectors });
  const own = [...tables].filter(([name]) => !/^(J-|slice)/.test(name));
  return Object.fromEntries(own.map(([name, table]) => [name, table.replaceAll('slice1', 'BELOW')]));
}

function outlineOf(settings: Written, sectors = gibibyteSectors): Outline {
  const profile = decodeProfile(profileOf([media, section(settings)], 1), 'p.yaml');
  const outline = configuredLayers(profile).at(-1)?.deployed.outline?.({ sectors, slice: sectors, guests: 1 });
  if (!outline) throw new Error('no outline');
  return outline;
}

function mistakesIn(settings: Written): readonly string[] {
  try {
    decodeProfile(profileOf([section(settings)], 1), 'p.yaml');
    return [];
  } catch (failure) {
    if (!(failure instanceof ProfileError)) throw failure;
    return failure.problems.map(({ message }) => message.replace('stack.blockstack.deployed.', ''));
  }
}

const notesOf = (settings: Written): readonly string[] => outlineOf(settings).notes.map(stackNoteWords);

describe('a table as dmsetup prints it', () => {
  it('is taken without its label and its comments, at the length that there is', async () => {
    const root = { devices: [{ name: 'root', table: '# the root volume\nvg-root: 0 41943040 linear 254:3 2048\n' }] };
    expect(await tablesOf(root)).toEqual({ 'root-1': '0 2095104 linear BELOW 2048' });
    expect(notesOf(root)).toEqual([
      'the device number 254:3 in the table of root stands for the layer beneath here',
      'the table of root is as long as there is room here: 1023 MiB in place of 20 GiB',
    ]);
  });

  it('keeps its length and offset where they fit', async () => {
    const small = { devices: [{ name: 'root', table: 'vg-root: 0 65536 linear 254:3 2048' }] };
    expect(await tablesOf(small)).toEqual({ 'root-1': '0 65536 linear BELOW 2048' });
    expect(notesOf(small)).toHaveLength(1);
  });

  it('begins at the start of the device where its own begin lies beyond', async () => {
    const far = { devices: [{ name: 'root', table: '0 65536 linear 8:3 1000000000' }] };
    expect(await tablesOf(far)).toEqual({ 'root-1': '0 2097152 linear BELOW 0' });
    expect(notesOf(far)[1]).toMatch(/from sector 0 on$/);
  });

  it('of several devices, one on the other, is a chain', async () => {
    const chain = {
      devices: [
        { name: 'luks', table: 'luks: 0 {sectors-32768} crypt aes-xts-plain64 00 0 259:3 32768' },
        { name: 'pv', table: 'vg-root: 0 65536 linear 254:0 2048' },
      ],
    };
    expect(await tablesOf(chain)).toEqual({
      'luks-1': '0 2064384 crypt aes-xts-plain64 00 0 BELOW 32768',
      'pv-1': '0 65536 linear luks-1 2048',
    });
    expect(notesOf(chain)[1]).toBe('the device number 254:0 in the table of pv stands for luks here');
  });

  it('that could be read in more than one way is asked for', () => {
    const legs = {
      devices: [
        { name: 'a', table: '0 65536 linear 8:1 0' },
        { name: 'b', table: '0 65536 linear 8:17 0' },
        { name: 'r', table: '0 65536 raid raid1 2 0 nosync 2 - 253:0 - 253:1' },
      ],
    };
    expect(mistakesIn(legs)).toEqual([
      "devices.1.table: it names the device 8:17 of another host: say which it is, as in numbers: { '8:17': below }, or write {below} or {NAME} in the table",
      "devices.2.table: it names the devices 253:0, 253:1 of another host: say which they are, as in numbers: { '253:0': below, '253:1': below }, or write {below} or {NAME} in the table",
    ]);
    const numbers = { '8:17': 'below', '253:0': 'a', '253:1': 'b' };
    expect(mistakesIn({ ...legs, numbers })).toEqual([]);
    expect(outlineOf({ ...legs, numbers }).problems).toEqual([]);
  });

  it('of several devices in one text is told by their names', () => {
    const both = { devices: [{ name: 'a', table: 'vg-a: 0 8 linear 8:1 0\nvg-b: 0 8 linear 8:1 8' }] };
    expect(mistakesIn(both)).toEqual([
      'devices.0.table: these are the tables of vg-a, vg-b: give each a device of its own',
    ]);
  });

  it('with a key that only a keyring has gets one of the same length', async () => {
    const key = {
      devices: [{ name: 'c', table: '0 {sectors} crypt aes-xts-plain64 :64:logon:cryptsetup:0-d0 0 {below} 0' }],
    };
    expect(await tablesOf(key)).toEqual({
      'c-1': `0 2097152 crypt aes-xts-plain64 ${'0'.repeat(64)}${'1'.repeat(64)} 0 BELOW 0`,
    });
    expect(notesOf(key)).toEqual([
      'the table of c has any key of 64 bytes in place of one in a keyring: the cost depends on its length alone',
    ]);
  });

  it.each([
    ['1 queue_if_no_path 0', '3 queue_if_no_path queue_mode bio 0'],
    ['0 1 alua', '2 queue_mode bio 0'],
    ['2 queue_mode mq 1 alua', '2 queue_mode bio 0'],
    ['4 queue_mode rq pg_init_retries 2 0', '4 pg_init_retries 2 queue_mode bio 0'],
  ])('of multipathd with the features %s has %s', async (printed, now) => {
    const table = `0 {sectors} multipath ${printed} 1 1 service-time 0 2 1 {below} 1 {below} 1`;
    const mpath = { devices: [{ name: 'mp', table }] };
    const [own = ''] = Object.values(await tablesOf(mpath));
    expect(own).toBe(`0 2097152 multipath ${now} 1 1 service-time 0 2 1 BELOW 1 BELOW 1`);
    expect(notesOf(mpath)[0]).toContain(`"${now}" in place of "${printed}"`);
  });

  it('that multipath would take as it is stays so', () => {
    const bio = '0 {sectors} multipath 2 queue_mode bio 0 1 1 round-robin 0 1 1 {below} 1000';
    expect(notesOf({ devices: [{ name: 'mp', table: bio }] })).toEqual([]);
  });
});

describe('a length', () => {
  it.each([
    ['{sectors-32768}', 2097152 - 32768],
    ['{sectors/4*3}', 1572864],
    ['{sectors/2-2048+8}', 1048576 - 2040],
    ['{sectors/3}', 341 * 2048],
  ])('%s of 1 GiB is %i sectors', async (text, sectors) => {
    const tables = await tablesOf({ devices: [{ name: 'a', table: `0 ${text} linear {below} 0` }] });
    expect(tables).toEqual({ 'a-1': `0 ${sectors} linear BELOW 0` });
  });

  it.each([
    [
      '0 {sectors} crypt aes-xts-plain64 00 0 {below} 32768',
      'a: the target crypt wants sectors 32768 to 2129920 of {below}, which has 2097152: write {sectors-32768} as its length',
    ],
    [
      '0 4194304 linear {below} 0',
      'a: the target linear wants sectors 0 to 4194304 of {below}, which has 2097152: write {sectors} as its length',
    ],
    ['0 {sectors} delay {below} 0 5 {below} 8 5', /the target delay wants sectors 8 to 2097160/],
    [
      '0 {sectors} striped 2 128 {below} 0 {below} {sectors/2+8}',
      /the target striped wants sectors 1048584 to 2097160/,
    ],
    [
      '0 {sectors-4000000} linear {below} 0',
      /2097152 sectors are not enough for it: its table would be `0 -1902848 linear/,
    ],
  ])('that does not fit is told with what would: %s', (table, problem) => {
    const { problems } = outlineOf({ devices: [{ name: 'a', table }] });
    expect(problems).toEqual([typeof problem === 'string' ? problem : expect.stringMatching(problem)]);
  });

  it('is checked on devices of the tree too', () => {
    const devices = [
      { name: 'a', table: '0 {sectors/2} linear {below} 0' },
      { name: 'b', table: '0 {sectors} raid raid1 2 0 nosync 2 - {a} - {a}' },
    ];
    expect(outlineOf({ devices }).problems).toEqual(
      Array(2).fill(
        'b: the target raid wants sectors 0 to 2097152 of {a}, which has 1048576: write at most 1048576 as its length',
      ),
    );
  });
});

describe('a tree with a pool that the guests share', () => {
  const pool = {
    scope: 'shared' as const,
    side: [{ name: 'meta', size: '4MiB' }],
    devices: [
      {
        name: 'pool',
        table: '0 {sectors} thin-pool {meta} {below} 128 0',
        messages: ['create_thin {guest}', 'set_x 1'],
      },
    ],
    volumes: [{ name: 'thin', table: '0 {sectors} thin {pool} {guest}' }],
  };

  it('has it once, and a volume a guest, each made by a message', async () => {
    const { steps, tables, stack } = await raiseOnPaper({
      stack: [media, section(pool)],
      guests: 2,
      sectors: gibibyteSectors,
    });
    expect(tables.get('pool-0')).toBe('0 2097152 thin-pool /dev/meta-0 J-media 128 0');
    expect([tables.get('thin-1'), tables.get('thin-2')]).toEqual([
      '0 1048576 thin pool-0 1',
      '0 1048576 thin pool-0 2',
    ]);
    const messages = steps.flatMap((step) => (step.kind === 'dm-message' ? `${step.name}: ${step.message}` : []));
    expect(messages).toEqual(
      ['set_x 1', 'create_thin 1', 'create_thin 2'].map((text) => `layerlift-abcdef-pool-0: ${text}`),
    );
    expect(stack.lanes).toHaveLength(2);
    expect(tables.get('J-block2')).toBe('0 1048576 linear thin-2 0');
  });

  it('is refused for guests that have a tree each', () => {
    const { devices, volumes, side } = pool;
    expect(mistakesIn({ devices, volumes, side })).toEqual([
      'volumes: volumes stand on what the guests share: set `scope: shared`',
    ]);
  });
});

describe('a mistake in a tree', () => {
  const one = (table: string): Written => ({ devices: [{ name: 'a', table }] });
  it.each<[string, Written, RegExp]>([
    ['a start', one('x 8 linear {below} 0'), /^devices\.0\.table: line 1: "x" is no start in sectors/],
    ['a gap', one('0 8 linear {below} 0\n9 8 linear {below} 0'), /line 2: it starts at 9, not at 8/],
    ['no target', one('0 8'), /line 1: no target after the length/],
    ['a length of nothing', one('0 0 zero'), /line 1: the length is 0/],
    ['a line behind a comment', one('# x\n\n0 eight zero'), /line 3: "eight" is no length/],
    [
      'verity',
      one('0 8 verity 1 {below} {below} 4096 4096 1 2 sha256 aa bb'),
      /verity loads on a read-only device alone/,
    ],
    ['a placeholder', one('0 {sector} zero'), /unknown placeholder \{sector\}: expected \{below\}, .*\{sectors-N\}/],
    ['a name of a side device', { ...one('0 8 zero'), side: [{ name: 'a', size: '1MiB' }] }, /the name a is taken/],
    ['a name with a meaning', { devices: [{ name: 'below', table: '0 8 zero' }] }, /the name below is taken/],
    [
      'a side device',
      { ...one('0 8 zero'), side: [{ name: 'b', size: '1500k' }] },
      /side\.0\.size: expected whole MiB/,
    ],
    ['a number', { ...one('0 8 linear 8:1 0'), numbers: { '8:1': 'x' } }, /numbers\.8:1: there is no device x/],
    ['no device', { devices: [] }, /devices: expected at least one device/],
    [
      'too many devices',
      { devices: Array.from({ length: 40 }, (_, i) => ({ name: `d${i}`, table: '0 8 zero' })) },
      /devices: expected at most 32 devices, not 40/,
    ],
  ])('is told by its place: %s', (_, settings, message) => {
    expect(mistakesIn(settings)).toEqual([expect.stringMatching(message)]);
  });

  it('of 9 devices is none: so many has LVM for a raid10 of four legs', () => {
    const devices = Array.from({ length: 9 }, (_, i) => ({ name: `d${i}`, table: '0 8 linear {below} 0' }));
    expect(mistakesIn({ devices })).toEqual([]);
  });
});
