// Devices whose other side is in no `slaves` folder: a file, a server, a replica.

import type { BlockDevice } from '../decode/block.ts';
import { parametersOf } from '../document.ts';
import { count, readFields, word } from '../look.ts';
import { belowOf, type Context, type Draft, mountOf, nameOf, standsOn } from './context.ts';
import type { Parts } from './parts.ts';
import { remoteDraft } from './remote.ts';

/** A file as a node of its own: what it lies on is found by the mount that it is in. */
export function fileDraft(context: Context, path: string): Draft {
  const mount = mountOf(context, path);
  const below = mount ? standsOn(context, mount) : [];
  return {
    ...{ id: `file:${path}`, name: path, kind: 'file', layer: 'blockstack', limit: null },
    below: below.map((id) => ({ id })),
    parameters: mount ? parametersOf('/proc/self/mountinfo', { 'file system': mount.type, mounted: mount.point }) : [],
    notes: below.length > 0 ? [] : ['the device below its file system was not found'],
  };
}

/** A path that a guest or loop device has opened: a device, or else a file with its node. */
export function openedAs(context: Context, path: string): { readonly id: string; readonly others: readonly Draft[] } {
  const name = nameOf(context, path);
  if (name !== undefined) return { id: name, others: [] };
  if (path.startsWith('/') && !path.startsWith('/dev/'))
    return { id: `file:${path}`, others: [fileDraft(context, path)] };
  const unknown: Draft = {
    ...{
      id: `path:${path}`,
      name: path,
      kind: path.startsWith('/') ? 'path' : 'remote',
      layer: 'media',
      below: [],
      limit: null,
    },
    parameters: [],
    notes: [
      path.startsWith('/')
        ? 'nothing that was read tells which device this is'
        : 'what is behind it cannot be seen from here',
    ],
  };
  return { id: unknown.id, others: [unknown] };
}

export function loopParts(context: Context, block: BlockDevice): Parts {
  const { backing_file: file, dio, ...others } = block.loop;
  const common = { kind: 'loop', layer: 'ring' } as const;
  if (file === undefined) return { ...common, notes: ['nothing is attached to it'] };
  const { id, others: files } = openedAs(context, file.replace(/ \(deleted\)$/, ''));
  return {
    ...common,
    below: [{ id }],
    parameters: parametersOf(`${block.folder}/loop`, { backing_file: file, dio, ...others }),
    others: files,
    notes: [
      ...(dio === 0 ? ['it goes through the page cache: direct I/O is off'] : []),
      ...(file.endsWith(' (deleted)') ? ['its file is deleted'] : []),
    ],
  };
}

/** A client in user space may have left its command line; else its server is not known. */
export function nbdParts({ look }: Context, block: BlockDevice): Parts {
  const { pid, backend } = block.base;
  const words = (pid === undefined ? undefined : look.snapshot.files.get(`/proc/${pid}/cmdline`))?.split('\n') ?? [];
  const server = serverOf(words);
  const name = server ?? backend ?? 'unknown server';
  const id = `nbd:${name}@${block.name}`;
  return {
    ...{ kind: 'nbd', layer: 'network', below: [{ id }] },
    parameters: parametersOf(block.folder, { pid, backend, connections: block.mq?.queues }),
    others: [remoteDraft(look, { id, name, address: server ?? '', kind: 'nbd server' })],
    notes: server === undefined ? ['its client does not tell the server'] : [],
  };
}

function serverOf(words: readonly string[]): string | undefined {
  const hasValue = /^--?(C|N|b|t|n|connections|name|block-size|timeout)$/;
  const plain = words.slice(1).filter((each, i) => !/^(-|\/dev\/)/.test(each) && !hasValue.test(words[i] ?? ''));
  const [host, port] = plain;
  if (host === undefined) return undefined;
  return port !== undefined && /^\d{1,5}$/.test(port) ? `${host}:${port}` : `${host}:10809`;
}

const image = { pool: word, pool_ns: word, name: word, size: count, current_snap: word };

export function rbdParts({ look }: Context, block: BlockDevice): Parts {
  const folder = `/sys/bus/rbd/devices/${block.name.slice('rbd'.length)}`;
  const own = readFields(look, folder, image);
  const name = `${own.pool ?? '?'}/${own.name ?? '?'}`;
  const id = `rbd:${name}`;
  return {
    ...{ kind: 'rbd', layer: 'network', below: [{ id }], parameters: parametersOf(folder, own) },
    others: [remoteDraft(look, { id, name, address: 'the cluster', kind: 'ceph pool' })],
  };
}

/** A process in user space serves it (`tap-ctl list`: `pid=2201 minor=3 state=0 args=vhd:/dev/VG/LV`). */
export function tapdiskParts(context: Context, block: BlockDevice): Parts {
  const minor = block.number.split(':')[1] ?? '';
  const lines = (context.look.snapshot.answers.get('tap-ctl list') ?? '').split('\n');
  const line = lines.find((each) => new RegExp(`\\bminor=${minor}\\b`).test(each));
  const [, format, path] = /\bargs=(\w+):(\S+)/.exec(line ?? '') ?? [];
  const common = { kind: 'tapdisk', layer: 'ring' } as const;
  if (path === undefined) return { ...common, notes: ['tap-ctl does not tell its image'] };
  const { id, others } = openedAs(context, path);
  const pid = /\bpid=(\d+)/.exec(line ?? '')?.[1];
  return { ...common, below: [{ id }], parameters: parametersOf('tap-ctl list', { format, path, pid }), others };
}

/** Of `drbdsetup show`; the collector leaves out its secret. */
export function drbdParts(context: Context, block: BlockDevice): Parts {
  const minor = block.number.split(':')[1] ?? '';
  const text = context.look.snapshot.answers.get('drbdsetup show') ?? '';
  const resource = resourceWith(text, minor);
  const slaves = block.slaves.map((id) => ({ id }));
  if (resource === undefined) return { kind: 'drbd', layer: 'network', notes: ['drbdsetup does not tell of it'] };
  const value = (key: string): string | undefined =>
    new RegExp(`(?:^|[\\s{;])${key}\\s+"?([^";\\s]+)`).exec(resource)?.[1];
  const keys = [
    'protocol',
    'max-buffers',
    'max-epoch-size',
    'sndbuf-size',
    'al-extents',
    'on-congestion',
    'disk-flushes',
    'md-flushes',
    'c-max-rate',
  ];
  const disk = value('disk');
  const below = disk === undefined ? { below: slaves, notes: [] } : belowOf(context, [{ word: disk }]);
  const peer = /_?remote_host\s*\{[^}]*address\s+(?:ipv[46]\s+)?([^;\s]+)/.exec(resource)?.[1];
  const id = `drbd-peer:${peer ?? ''}`;
  const values = Object.fromEntries(keys.map((key) => [key, value(key)]));
  return {
    ...{
      kind: 'drbd',
      layer: 'network',
      below: [...below.below, ...(peer === undefined ? [] : [{ id, role: 'peer' }])],
    },
    parameters: parametersOf('drbdsetup show', values),
    others: peer === undefined ? [] : [remoteDraft(context.look, { id, name: peer, address: peer, kind: 'drbd peer' })],
    notes: below.notes,
  };
}

/** The text of the resource that has this minor. */
function resourceWith(text: string, minor: string): string | undefined {
  return text
    .split(/^(?=resource )/m)
    .find((part) =>
      new RegExp(`(device\\s+minor\\s+${minor}\\s*;|/dev/drbd${minor}\\b|minor\\s+${minor}\\s*;)`).test(part),
    );
}
