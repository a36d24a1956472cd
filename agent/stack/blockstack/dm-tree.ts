import * as z from 'zod';
import { readTable } from '../../host/dm/table.ts';
import { mostDevices, type StackNote } from '../../lib/stack-note.ts';
import { sectorBytes, writeBytes } from '../../lib/units.ts';
import { bytes, plainText } from '../../profile/settings.ts';
import { nullBlkMarks } from '../media/null-blk-device.ts';
import { defineProvider } from '../provider.ts';
import { fitPrinted } from './fit-printed.ts';
import { fillPlaceholders, lengthPlaceholders, unknownPlaceholders } from './placeholders.ts';
import { takePrinted } from './printed.ts';
import { refusalOf } from './refused-targets.ts';
import { configuredTree, trialSectors, type TreeDevice } from './tree.ts';

const mostVolumes = 8;
const mostSide = 8;
const mebibyte = 2 ** 20;

const shortName = plainText('a short name')
  .regex(/^[a-z][a-z0-9_]{0,7}$/, 'expected a name of at most 8 characters a-z, 0-9, _')
  .meta({ description: 'name of the device', values: 'at most 8 of a-z, 0-9, _; a letter first' });

const device = z.strictObject({
  name: shortName,
  table: z
    .string({ error: 'expected a device-mapper table' })
    .min(1, { error: 'expected a device-mapper table, not an empty text' })
    .max(16_384, { error: 'expected a table of at most 16384 characters' })
    .describe('its table, as in dmsetup(8) or as `dmsetup table` prints it'),
  messages: z
    .array(plainText('a message, such as `create_thin 0`').max(1024, { error: 'expected at most 1024 characters' }), {
      error: 'expected a list of messages',
    })
    .max(64, { error: 'expected at most 64 messages' })
    .optional()
    .meta({
      description: 'sent to its first target once it stands, as by `dmsetup message`',
      values: 'such as `create_thin 0`',
    }),
});

const devicesUpTo = (least: number, most: number) =>
  z
    .array(device, { error: 'expected a list of devices' })
    .min(least, { error: 'expected at least one device' })
    .max(most, { error: (issue) => `expected at most ${most} devices, not ${countOf(issue.input)}` });

/**
 * A device-mapper tree, for each guest or once before the fan-out. Tables are those of dmsetup(8) with
 * `{below}` (the lane beneath), `{NAME}` (an earlier device) and `{sectors}`, `{sectors/N}` or `{sectors-N}` (the lane's
 * length; a part is rounded down to whole MiB). The last device is the top.
 */
export const dmTree = defineProvider({
  layer: 'blockstack',
  name: 'dm',
  roles: ['deployed'],
  about: 'a device-mapper tree, for each guest or shared',
  marks: nullBlkMarks,
  settings: z
    .strictObject({
      scope: z
        .enum(['guest', 'shared'], { error: 'expected guest or shared' })
        .default('guest')
        .describe('a tree for each guest, or one below all of them'),
      side: z
        .array(
          z.strictObject({
            name: shortName,
            size: bytes({ min: mebibyte, max: 2 ** 34 }).describe(
              'of the device, whole MiB; takes memory as it is written',
            ),
          }),
          { error: 'expected a list of devices' },
        )
        .max(mostSide, { error: `expected at most ${mostSide} devices` })
        .default([])
        .meta({
          description: 'devices in memory beside the media, for metadata and caches',
          values: `at most ${mostSide} devices`,
        }),
      devices: devicesUpTo(1, mostDevices).meta({
        description: 'the devices, from the bottom up',
        values: `1 to ${mostDevices} devices`,
      }),
      volumes: devicesUpTo(0, mostVolumes)
        .default([])
        .meta({
          description: 'with `scope: shared`: devices of each guest above those that all share',
          values: `at most ${mostVolumes} devices`,
        }),
      numbers: z
        .record(
          z.string().regex(/^\d{1,4}:\d{1,7}$/, 'expected a device number such as 253:0'),
          plainText('`below` or a name'),
        )
        .default({})
        .meta({
          description: 'what device numbers in the tables stand for, where that cannot be found',
          values: "such as `{ '253:0': below }`",
        }),
      prepare: z
        .enum(['fill'], { error: 'expected fill' })
        .optional()
        .describe('before the first slice: `fill` writes every block of the top once'),
    })
    .superRefine((settings, context) => {
      for (const { path, message } of mistakesIn(settings))
        context.addIssue({ code: 'custom', path: [...path], message });
    }),
  example: { devices: [{ name: 'top', table: '0 {sectors} linear {below} 0' }] },
  configure: (settings) => {
    const { scope, side, prepare } = settings;
    const { devices, volumes, notes } = taken(settings);
    return configuredTree(({ sectors, slice }) => {
      const fitted = fitPrinted(devices, sectors);
      const above = fitPrinted(volumes, slice);
      return {
        scope,
        side: side.map(({ name, size }) => ({
          name,
          sectors: size / sectorBytes,
          what: 'the side device of the profile',
        })),
        devices: fitted.devices,
        volumes: above.devices,
        ...(prepare === 'fill' ? { fill: { percent: 100 } } : {}),
        notes: [...notes, ...fitted.notes, ...above.notes],
      };
    });
  },
});

type WrittenTreeDevice = Omit<TreeDevice, 'messages'> & { readonly messages?: readonly string[] | undefined };

interface Written {
  readonly scope: 'guest' | 'shared';
  readonly side: readonly { readonly name: string; readonly size: number }[];
  readonly devices: readonly WrittenTreeDevice[];
  readonly volumes: readonly WrittenTreeDevice[];
  readonly numbers: Readonly<Record<string, string>>;
}

type Taken = readonly (TreeDevice & { readonly wasPrinted: boolean })[];

/** All devices with their tables as they are raised. */
function taken({ devices, volumes, numbers }: Written): {
  readonly devices: Taken;
  readonly volumes: Taken;
  readonly notes: readonly StackNote[];
  readonly mistakes: ReturnType<typeof takePrinted>['mistakes'];
} {
  const written = [...devices, ...volumes];
  const printed = takePrinted(written, numbers);
  const all = written.map(({ messages = [] }, i) => {
    const { name = '', table = '', wasPrinted = false } = printed.devices[i] ?? {};
    return { name, table, wasPrinted, messages };
  });
  const { notes, mistakes } = printed;
  return { devices: all.slice(0, devices.length), volumes: all.slice(devices.length), notes, mistakes };
}

interface Mistake {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

function mistakesIn(settings: Written): readonly Mistake[] {
  const { scope, side, devices, volumes, numbers } = settings;
  const { mistakes, ...lists } = taken(settings);
  const all = [...lists.devices, ...lists.volumes];
  const placeOf = (i: number): readonly (string | number)[] =>
    i < devices.length ? ['devices', i] : ['volumes', i - devices.length];
  const names = all.map(({ name }) => name);
  const sideNames = side.map(({ name }) => name);
  // Told once, at the number.
  const strange = Object.values(numbers).filter((name) => !names.includes(name));
  return [
    ...mistakes.map(({ device: i, message }) => ({ path: [...placeOf(i), 'table'], message })),
    ...all.flatMap(({ table }, i) => {
      if (mistakes.some((one) => one.device === i)) return [];
      const message = faultOf(table, [...sideNames, ...names.slice(0, i), ...strange]);
      return message === undefined ? [] : [{ path: [...placeOf(i), 'table'], message }];
    }),
    ...names.flatMap((name, i) =>
      [...sideNames, ...names.slice(0, i), 'below', 'sectors', 'guest'].includes(name)
        ? [{ path: [...placeOf(i), 'name'], message: `the name ${name} is taken` }]
        : [],
    ),
    ...side.flatMap(({ name, size }, i) => [
      ...([...sideNames.slice(0, i), 'below', 'sectors', 'guest'].includes(name)
        ? [{ path: ['side', i, 'name'], message: `the name ${name} is taken` }]
        : []),
      ...(size % mebibyte === 0
        ? []
        : [{ path: ['side', i, 'size'], message: `expected whole MiB, not ${writeBytes(size)}` }]),
    ]),
    ...Object.entries(numbers).flatMap(([number, name]) =>
      name === 'below' || names.includes(name)
        ? []
        : [
            {
              path: ['numbers', number],
              message: `there is no device ${name}: expected below or the name of a device`,
            },
          ],
    ),
    ...(volumes.length > 0 && scope === 'guest'
      ? [{ path: ['volumes'], message: 'volumes stand on what the guests share: set `scope: shared`' }]
      : []),
  ];
}

/** Faults of a table, after its printed device numbers were replaced. */
function faultOf(table: string, earlier: readonly string[]): string | undefined {
  const unknown = unknownPlaceholders(table, earlier);
  if (unknown.length > 0) {
    const expected = ['below', ...lengthPlaceholders, ...earlier].map((name) => `{${name}}`).join(', ');
    return `unknown placeholder {${unknown.join('}, {')}}: expected ${expected}`;
  }
  const known = new Map(['below', ...earlier].map((name) => [name, '/dev/null']));
  const read = readTable(fillPlaceholders(table, { known, sectors: trialSectors, guest: 1 }));
  if (!read.table)
    return `${read.fault}; expected lines of \`start length target parameters\`, in order, without gaps and below 2^53 sectors, as in dmsetup(8)`;
  return read.table.map(({ type }) => refusalOf(type)).find((refusal) => refusal !== undefined);
}

function countOf(input: unknown): number {
  return Array.isArray(input) ? input.length : 0;
}
