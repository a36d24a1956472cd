import * as z from 'zod';
import { type DmTable, parseTable, tableSectors } from '../../host/dm/table.ts';
import type { Need } from '../../host/needs/needs.ts';
import { plainText } from '../../profile/settings.ts';
import { defineProvider, type Lane, type Site } from '../provider.ts';
import { moduleOf, modulesOf } from './dm-modules.ts';

const mebibyteSectors = 2048;
const placeholder = /\{([^{}]*)\}/g;

interface Node {
  readonly name: string;
  readonly table: string;
}

/**
 * A device-mapper tree, for each guest or once before the fan-out. Tables are those of dmsetup(8) with
 * `{below}` (the lane beneath), `{NAME}` (an earlier device) and `{sectors}` or `{sectors/N}` (the lane's
 * length; a part is rounded down to whole MiB). The last device is the top.
 */
export const dmTree = defineProvider({
  layer: 'blockstack',
  name: 'dm',
  roles: ['deployed'],
  about: 'a device-mapper tree, for each guest or shared',
  settings: z
    .strictObject({
      scope: z
        .enum(['guest', 'shared'], { error: 'expected guest or shared' })
        .default('guest')
        .describe('a tree for each guest, or one below all of them'),
      devices: z
        .array(
          z.strictObject({
            name: plainText('a short name')
              .regex(/^[a-z][a-z0-9_]{0,7}$/, 'expected a name of at most 8 characters a-z, 0-9, _')
              .meta({ description: 'name of the device', values: 'at most 8 of a-z, 0-9, _; a letter first' }),
            table: z
              .string({ error: 'expected a device-mapper table' })
              .min(1)
              .max(4096)
              .describe('its table, as in dmsetup(8), with the placeholders below'),
          }),
        )
        .min(1)
        .max(8)
        .meta({ description: 'the devices, from the bottom up', values: '1 to 8 devices' }),
    })
    .superRefine(({ devices }, context) => {
      for (const [i, device] of devices.entries()) {
        const earlier = devices.slice(0, i).map(({ name }) => name);
        const path = ['devices', i, 'table'];
        const unknown = unknownPlaceholders(device.table, earlier);
        const known = ['below', 'sectors', 'sectors/N', ...earlier].map((name) => `{${name}}`).join(', ');
        if (unknown.length > 0) {
          context.addIssue({
            code: 'custom',
            path,
            message: `unknown placeholder {${unknown.join('}, {')}}: expected ${known}`,
          });
        } else if (!trial(device, earlier)) {
          context.addIssue({
            code: 'custom',
            path,
            message:
              'expected lines of `start length target parameters`, in order, without gaps and below 2^53 sectors, as in dmsetup(8)',
          });
        }
        if (earlier.includes(device.name)) {
          context.addIssue({
            code: 'custom',
            path: ['devices', i, 'name'],
            message: `the name ${device.name} is taken`,
          });
        }
      }
    }),
  example: { devices: [{ name: 'top', table: '0 {sectors} linear {below} 0' }] },
  configure: ({ scope, devices }) => ({
    needs: needsOf(devices),
    lanes: scope === 'guest' ? 'per-guest' : 'one',
    raise: async (site) => {
      for (const module of modulesOf(trialOf(devices))) await site.host.apply({ kind: 'module', ...module });
      const tops: Lane[] = [];
      for (const [i, lane] of site.under.entries()) tops.push(await raiseTree(site, devices, lane, i + 1));
      return tops;
    },
  }),
});

async function raiseTree(site: Site, devices: readonly Node[], below: Lane, guest: number): Promise<Lane> {
  const known = new Map<string, string>([['below', below.device]]);
  let top = below;
  for (const device of devices) {
    const table = parseTable(fill(device.table, known, below.sectors)) ?? [];
    const node = await site.host.apply({
      kind: 'dm-create',
      ...site.names.dm(`${device.name}-${guest}`),
      table,
      on: [...known.values()],
      why: `the block stack of ${site.under.length > 1 ? `guest ${guest}` : 'the host'}: ${device.name}`,
    });
    known.set(device.name, node);
    top = { device: node, sectors: tableSectors(table) };
  }
  return top;
}

function fill(table: string, known: ReadonlyMap<string, string>, sectors: number): string {
  return table.replaceAll(placeholder, (whole, key: string) => {
    const part = /^sectors(?:\/(\d+))?$/.exec(key);
    if (!part) return known.get(key) ?? whole;
    if (part[1] === undefined) return `${sectors}`;
    return `${Math.floor(sectors / Number(part[1]) / mebibyteSectors) * mebibyteSectors}`;
  });
}

function unknownPlaceholders(table: string, earlier: readonly string[]): readonly string[] {
  const keys = [...table.matchAll(placeholder)].map((match) => match[1] ?? '');
  return keys.filter((key) => key !== 'below' && !earlier.includes(key) && !/^sectors(\/[1-9]\d{0,3})?$/.test(key));
}

function trial(device: Node, earlier: readonly string[]): DmTable | undefined {
  const known = new Map(['below', ...earlier].map((name) => [name, '/dev/null']));
  return parseTable(fill(device.table, known, 2 ** 30));
}

/** The targets of all devices, with something in place of what placeholders stand for. */
function trialOf(devices: readonly Node[]): DmTable {
  const names = devices.map(({ name }) => name);
  return devices.flatMap((device) => trial(device, names) ?? []);
}

function needsOf(devices: readonly Node[]): readonly Need[] {
  return [...new Set(trialOf(devices).map(({ type }) => type))].map((target) => ({
    kind: 'module',
    name: moduleOf(target),
    forWhat: `the device-mapper target ${target}`,
  }));
}
