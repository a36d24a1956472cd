// Disks of a QEMU process, from its command line and the files that it has open. The command line tells what was asked for
// at the start; a disk that was plugged in later is among the open files alone.

import * as z from 'zod';
import { isRecord } from '../../lib/record.ts';
import type { Look } from '../look.ts';

export interface QemuDisk {
  readonly id: string;
  /** Such as `virtio-blk-pci`. */
  readonly device: string;
  /** The path that the guest's disk stands on. */
  readonly path: string | undefined;
  readonly values: Readonly<Record<string, string>>;
  readonly queues: number | undefined;
  readonly queueSize: number | undefined;
  /** The virtio-scsi adapter whose queues it uses. */
  readonly adapter: string | undefined;
}

export interface Qemu {
  readonly pid: string;
  readonly name: string;
  readonly cpus: number | undefined;
  readonly iothreads: readonly string[];
  readonly disks: readonly QemuDisk[];
  /** Paths of the disks and images that it has open, by the names that the kernel gives them. */
  readonly open: readonly string[];
  readonly cgroup: string | undefined;
}

type Options = Readonly<Record<string, string>>;

/** Words of a command line as `-name value` pairs; the collector has left out all others. */
function pairsIn(text: string): readonly (readonly [string, string])[] {
  const words = text.split('\n').slice(1);
  return words.flatMap((name, i) =>
    /^--?[a-z]/i.test(name) ? [[name.replace(/^--?/, ''), words[i + 1] ?? ''] as const] : [],
  );
}

/** `a=b,c=d` or JSON; nested keys with a dot between, as QEMU itself writes them. A comma in a value is written twice. */
export function optionsIn(text: string): Options {
  if (text.startsWith('{')) {
    try {
      return flattened(JSON.parse(text), '');
    } catch {
      return {};
    }
  }
  const parts = text.replaceAll(',,', '\u0000').split(',');
  return Object.fromEntries(
    parts.map((part, i) => {
      const at = part.indexOf('=');
      const [key, value] = at < 0 ? (i === 0 ? ['', part] : [part, 'on']) : [part.slice(0, at), part.slice(at + 1)];
      return [key, value.replaceAll('\u0000', ',')];
    }),
  );
}

function flattened(value: unknown, at: string): Options {
  if (Array.isArray(value))
    return Object.assign({}, ...value.map((item, i) => flattened(item, dotted(at, `${i}`)))) as Options;
  if (!isRecord(value)) return { [at]: String(value) };
  return Object.assign(
    {},
    ...Object.entries(value).map(([key, inner]) => flattened(inner, dotted(at, key))),
  ) as Options;
}

function dotted(at: string, key: string): string {
  return at === '' ? key : `${at}.${key}`;
}

const driverOf = (options: Options): string => options['driver'] ?? options[''] ?? '';
const number = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : undefined;

/** Undefined for a process that is no emulator. */
export function readQemu(look: Look, pid: string): Qemu | undefined {
  const { files, lists } = look.snapshot;
  const line = files.get(`/proc/${pid}/cmdline`);
  const comm = files.get(`/proc/${pid}/comm`) ?? '';
  if (line === undefined || !/^(qemu-system|qemu-kvm|kvm$|qemu-storage|qemu-dm)/.test(comm)) return undefined;
  const pairs = pairsIn(line);
  const having = (...names: readonly string[]): readonly Options[] =>
    pairs.flatMap(([name, value]) => (names.includes(name) ? [optionsIn(value)] : []));
  const backends = [...having('drive'), ...having('blockdev')];
  const devices = having('device');
  const named = devices.flatMap((device) => diskOf(device, { backends, devices }));
  const alone = having('drive').flatMap((drive) => (drive['if'] === 'none' ? [] : diskOfDrive(drive)));
  const exported = having('export').flatMap((each) =>
    diskOf(
      { ...each, driver: `export-${each['type'] ?? each[''] ?? ''}`, drive: each['node-name'] ?? '' },
      { backends, devices },
    ),
  );
  const known = [...named, ...alone, ...exported];
  const open = openFiles(lists.get(`/proc/${pid}/fd`) ?? []);
  const [name] = having('name');
  const cpus = having('smp').map((smp) => number(smp['cpus'] ?? smp['']))[0];
  return {
    pid,
    name: name?.['guest'] ?? name?.[''] ?? `${comm} ${pid}`,
    cpus,
    iothreads: having('object').flatMap((object) =>
      (object['qom-type'] ?? object['']) === 'iothread' ? [object['id'] ?? ''] : [],
    ),
    disks: known.map((disk) => withFlags(look, { pid, disk, open })),
    open: [...new Set(open.map(({ path }) => path))],
    cgroup: /^0::(.+)$/m.exec(files.get(`/proc/${pid}/cgroup`) ?? '')?.[1],
  };
}

const diskDevices =
  /^(virtio-blk|vhost-user-blk|vhost-scsi|scsi-(hd|block|disk|generic)|ide-hd|nvme$|nvme-ns|xen-disk|export-)/;

interface Others {
  readonly backends: readonly Options[];
  readonly devices: readonly Options[];
}

function diskOf(device: Options, { backends, devices }: Others): readonly QemuDisk[] {
  const driver = driverOf(device);
  if (!diskDevices.test(driver)) return [];
  const drive = device['drive'] ?? '';
  const { path, values } = backendOf(drive, backends);
  // A SCSI disk has the queues of its adapter, together with the adapter's other disks.
  const adapter = devices.find(({ id }) => id !== undefined && device['bus'] === `${id}.0`);
  const of = adapter && driverOf(adapter).startsWith('virtio-scsi') ? adapter : undefined;
  const ring = of ?? device;
  const iothread = ring['iothread'];
  return [
    {
      ...{ id: device['id'] ?? drive, device: driver, path: path ?? device['wwpn'], adapter: of?.['id'] },
      values: {
        ...values,
        ...(iothread === undefined ? {} : { iothread }),
        ...(of ? { adapter: `${driverOf(of)} ${of['id'] ?? ''}` } : {}),
      },
      queues: number(ring['num-queues'] ?? ring['num_queues']),
      queueSize: number(ring['queue-size'] ?? ring['virtqueue_size']),
    },
  ];
}

function diskOfDrive(drive: Options): readonly QemuDisk[] {
  const path = drive['file'];
  if (path === undefined || drive['media'] === 'cdrom') return [];
  const values = settingsOf(drive);
  return [
    {
      id: drive['id'] ?? path,
      device: `drive-${drive['if'] ?? 'ide'}`,
      path,
      values,
      queues: undefined,
      queueSize: undefined,
      adapter: undefined,
    },
  ];
}

/** Follows a chain of block nodes down to its file, and gathers what it says on the way. */
function backendOf(
  start: string,
  backends: readonly Options[],
): { readonly path: string | undefined; readonly values: Options } {
  const find = (id: string): Options | undefined =>
    backends.find((each) => id !== '' && (each['node-name'] === id || each['id'] === id));
  const seen = new Set<string>();
  let values: Options = {};
  for (let id = start; !seen.has(id);) {
    seen.add(id);
    const node = find(id);
    if (!node) break;
    values = { ...settingsOf(node), ...values };
    const path = pathOf(node);
    if (path !== undefined) return { path, values };
    id = node['file'] ?? '';
  }
  return { path: undefined, values };
}

function pathOf(node: Options): string | undefined {
  const direct = Object.entries(node).find(([key]) => /^(file\.)*filename$/.test(key))?.[1];
  if (direct !== undefined) return direct;
  const file = node['file'];
  if (file !== undefined && /[/:]/.test(file)) return file;
  const depth = Object.keys(node).find((key) => /^(file\.)*(pool|image|export|server\.host|target)$/.test(key));
  if (depth === undefined) return undefined;
  const prefix = depth.slice(0, depth.lastIndexOf('.') + 1).replace(/server\.$/, '');
  const get = (key: string): string => node[`${prefix}${key}`] ?? '';
  const protocol = get('driver') || driverOf(node);
  return protocol === 'rbd'
    ? `rbd:${get('pool')}/${get('image')}`
    : `${protocol}:${get('server.host')}${get('portal')}/${get('export')}${get('target')}`;
}

/** Cache mode, engine and format, wherever in a node they stand. */
function settingsOf(node: Options): Options {
  const pick = (...keys: readonly string[]): string | undefined =>
    Object.entries(node).find(([key]) => keys.includes(key.replace(/^(file\.)+/, '')))?.[1];
  const direct = pick('cache.direct');
  const all = {
    aio: pick('aio'),
    cache: pick('cache') ?? (direct === undefined ? undefined : isOn(direct) ? 'direct' : 'page cache'),
    format: pick('format') ?? (/^(qcow2|raw|vhdx|vmdk|luks)$/.exec(driverOf(node)) ?? [])[0],
    discard: pick('discard'),
    throttle: pick('throttle-group'),
    iops: pick('throttling.iops-total', 'iops'),
  };
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

const isOn = (text: string): boolean => /^(on|true|yes)$/.test(text);

interface OpenFile {
  readonly fd: string;
  readonly path: string;
}

function openFiles(lines: readonly string[]): readonly OpenFile[] {
  return lines.flatMap((line) => {
    const [, fd, path] = /^(\d+) (\/.*)$/.exec(line) ?? [];
    return fd === undefined || path === undefined ? [] : [{ fd, path }];
  });
}

/** O_DIRECT on x86 (include/uapi/asm-generic/fcntl.h), octal in /proc/PID/fdinfo: the cache mode that is in force. */
const direct = 0o40000;
const flagsSchema = z.string().regex(/^0?[0-7]{1,10}$/);

function withFlags(
  look: Look,
  { pid, disk, open }: { pid: string; disk: QemuDisk; open: readonly OpenFile[] },
): QemuDisk {
  const found = open.find(({ path }) => path === disk.path);
  const text = found && /^flags:\s*(\S+)$/m.exec(look.snapshot.files.get(`/proc/${pid}/fdinfo/${found.fd}`) ?? '')?.[1];
  const flags = flagsSchema.safeParse(text);
  if (!flags.success) return disk;
  return {
    ...disk,
    values: { ...disk.values, opened: (parseInt(flags.data, 8) & direct) !== 0 ? 'O_DIRECT' : 'buffered' },
  };
}
