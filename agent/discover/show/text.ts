// The tree for a terminal: from each user down to the media, a line for a device and one for its parameters. What was printed
// once is only named again.

import { renderBytes } from '../../lib/units.ts';
import { plain, wrap } from '../../report/formats/plain.ts';
import type { Device, Discovered, Parameter, User } from '../document.ts';
import { parentsOf } from './select.ts';

const width = 100;
/** Deeper than any stack that works; a tree is indented no further. */
const deepest = 24;

export function treeText(found: Discovered): string {
  const byId = new Map(found.devices.map((device) => [device.id, device]));
  const printed = new Set<string>();
  // Without recursion: a chain of devices may be as long as somebody made it.
  const show = (root: string): readonly string[] => {
    const lines: string[] = [];
    const open: { readonly id: string; readonly depth: number; readonly role?: string | undefined }[] = [
      { id: root, depth: 1 },
    ];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const { id, depth, role } = next;
      const device = byId.get(id);
      if (!device) continue;
      if (printed.has(id)) {
        lines.push(`${indent(depth)}${rolePart(role)}${label(device)}: see above`);
        continue;
      }
      printed.add(id);
      lines.push(...linesOf(device, depth, role));
      open.push(...device.below.map((edge) => ({ id: edge.id, role: edge.role, depth: depth + 1 })).reverse());
    }
    return lines;
  };
  const roots = found.users.flatMap((user) => ['', ...userLines(user), ...user.below.flatMap((id) => show(id))]);
  const above = parentsOf(found.devices);
  const free = found.devices.filter(({ id }) => !printed.has(id) && !above.has(id));
  const unused = free.flatMap(({ id }) => show(id));
  // Devices that are left stand in a ring and name one another.
  const rest = found.devices.flatMap(({ id }) => (printed.has(id) ? [] : show(id)));
  const { host, missing } = found;
  return [
    `host ${plain(host.name)}, Linux ${plain(host.kernel)}, seen at ${plain(host.time)}`,
    ...(found.devices.length === 0 ? ['', 'no block device was found'] : []),
    ...roots,
    ...(unused.length + rest.length > 0 ? ['', 'used by nobody that can be seen', ...unused, ...rest] : []),
    ...missingLines(missing),
    '',
  ].join('\n');
}

const indent = (depth: number): string => '  '.repeat(Math.min(depth, deepest));
const rolePart = (role: string | undefined): string => (role === undefined ? '' : `${plain(role)}: `);

function label({ id, name }: Device): string {
  return id === name || id.endsWith(`:${name}`) || id.startsWith(`${id.split(':')[0] ?? ''}:`)
    ? plain(name)
    : `${plain(name)} (${plain(id)})`;
}

const userKinds: Readonly<Record<User['kind'], string>> = {
  ...{ qemu: 'virtual machine', xen: 'domain', mount: 'file system', swap: 'swap' },
  ...{ target: 'export', process: 'process', other: 'user' },
};

function userLines({ kind, name, parameters }: User): readonly string[] {
  const says = parameters.map(parameterText).join('; ');
  return wrap(`${userKinds[kind]} ${plain(name)}${says === '' ? '' : `: ${says}`}`, { width, first: '' });
}

function linesOf(device: Device, depth: number, role: string | undefined): readonly string[] {
  const { kind, layer, bytes, limit, users, notes } = device;
  const facts = [
    `${layer}, ${plain(kind)}`,
    ...(bytes === undefined ? [] : [renderBytes(bytes)]),
    limit ? limitText(limit) : 'no limit of its own',
    ...(users > 1 ? [`shared by ${users}`] : []),
  ];
  const first = indent(depth);
  const inner = `${first}    `;
  const says = shownOf(device).map(parameterText);
  return [
    ...wrap(`${rolePart(role)}${label(device)}: ${facts.join('; ')}`, { width, first }),
    ...(says.length > 0 ? wrap(says.join('; '), { width, first: inner }) : []),
    ...notes.flatMap((note) => wrap(`! ${note}`, { width, first: inner })),
  ];
}

function limitText({ inFlight, says, from, sharedIn }: NonNullable<Device['limit']>): string {
  const shared = sharedIn === undefined ? '' : `, shared in ${plain(sharedIn)}`;
  return `${inFlight} in flight: ${plain(says)}${shared} (${plain(from)})`;
}

const shownOfQueue = ['scheduler', 'nr_requests', 'max_sectors_kb', 'write_cache'];

/** Of hardware queues only what differs from host to host, of others a sector size alone; the JSON has all. */
function shownOf({ parameters }: Device): readonly Parameter[] {
  const hasQueues = parameters.some(({ name }) => name === 'scheduler');
  return parameters.filter(({ name, value, from }) => {
    if (!from.includes('/queue/')) return true;
    return name === 'logical_block_size' ? value !== '512' : hasQueues && shownOfQueue.includes(name);
  });
}

function parameterText({ name, value }: Parameter): string {
  return `${plain(name)} ${plain(value)}`;
}

/** The same reason once, with what it holds for. */
function missingLines(missing: Discovered['missing']): readonly string[] {
  if (missing.length === 0) return [];
  const byReason = new Map<string, string[]>();
  for (const { what, why } of missing) byReason.set(why, [...(byReason.get(why) ?? []), what]);
  const most = 8;
  const lines = [...byReason].flatMap(([why, things]) => {
    const more = things.length > most ? ` and ${things.length - most} more` : '';
    return wrap(`${things.slice(0, most).map(plain).join(', ')}${more}: ${why}`, { width, first: '  ' });
  });
  return ['', 'not seen', ...lines];
}
