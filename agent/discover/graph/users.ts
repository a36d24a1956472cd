// Who uses the devices of a host beside virtual machines: file systems, swap, targets, and processes that were asked for.

import type { Mount } from '../../host/formats/mountinfo.ts';
import type { User } from '../document.ts';
import { parametersOf } from '../document.ts';
import type { Look } from '../look.ts';
import { type Context, type Found, mountsOf, nameOf, nfsId, standsOn } from './context.ts';
import { cgroupLimits } from './guests.ts';
import { openedAs } from './mapped.ts';

/** One user for each file system, however often it is mounted. */
export function mounted(context: Context): Found {
  const all = new Map<string, { mount: Mount; below: readonly string[]; points: number }>();
  for (const mount of context.mounts) {
    const below = standsOn(context, mount);
    if (below.length === 0) continue;
    const key = below.join(' ');
    const known = all.get(key);
    if (!known) all.set(key, { mount, below, points: 1 });
    // The file system as a whole, and not a folder of it, gives the name.
    else
      all.set(key, {
        ...known,
        points: known.points + 1,
        ...(known.mount.root !== '/' && mount.root === '/' ? { mount } : {}),
      });
  }
  const users = [...all.values()].map(({ mount, below, points }): User => ({
    ...{ id: `mount:${mount.point}`, kind: 'mount', name: mount.point, below: [...below] },
    parameters: parametersOf('/proc/self/mountinfo', {
      type: mount.type,
      ...(points > 1 ? { 'mounted at': `${points} places` } : {}),
    }),
  }));
  return {
    users,
    devices: context.mounts.flatMap((mount) => (/^nfs/.test(mount.type) ? [nfsDraft(context.look, mount)] : [])),
  };
}

function nfsDraft(look: Look, { source, point }: Mount): Found['devices'][number] {
  const text = look.snapshot.files.get('/proc/self/mountstats') ?? '';
  const own =
    text
      .split(/^(?=device )/m)
      .find((part) => part.startsWith(`device ${source} mounted on ${point} with fstype nfs`)) ?? '';
  const options = /^\s*opts:\s*(\S+)/m.exec(own)?.[1]?.split(',') ?? [];
  const option = (key: string): string | undefined =>
    options.find((each) => each.startsWith(`${key}=`))?.slice(key.length + 1);
  const keys = ['vers', 'proto', 'rsize', 'wsize', 'nconnect', 'timeo', 'retrans'];
  // xprt: tcp PORT binds connects connect-time idle sends receives bad-xids requests backlog max-slots ... (net/sunrpc/xprtsock.c)
  const transport = /^\s*xprt:\s*tcp\s+(.*)$/m.exec(own)?.[1]?.split(/\s+/) ?? [];
  return {
    ...{ id: nfsId(source), name: source, kind: 'nfs', layer: 'network', below: [], limit: null },
    parameters: [
      ...parametersOf('/proc/self/mountstats', Object.fromEntries(keys.map((key) => [key, option(key)]))),
      ...parametersOf('/proc/self/mountstats', { 'most slots used': transport[10] }),
    ],
    notes: ['what is behind it cannot be seen from here'],
  };
}

export function swaps(context: Context): Found {
  const lines = (context.look.snapshot.files.get('/proc/swaps') ?? '').split('\n').slice(1);
  const found = lines.flatMap((line) => {
    const path = line.split(/\s+/)[0]?.replace(/\\040/g, ' ') ?? '';
    if (path === '') return [];
    const { id, others } = openedAs(context, path);
    const user: User = { id: `swap:${path}`, kind: 'swap', name: `swap on ${path}`, below: [id], parameters: [] };
    return [{ user, others }];
  });
  return { users: found.map(({ user }) => user), devices: found.flatMap(({ others }) => others) };
}

/** Exports of nvmet and LIO: who is behind them is not told. */
export function targets(context: Context): Found {
  const found = [...context.look.snapshot.files].flatMap(([path, text]) => {
    const [, nqn, namespace] =
      /^\/sys\/kernel\/config\/nvmet\/subsystems\/([^/]+)\/namespaces\/(\d+)\/device_path$/.exec(path) ?? [];
    const [, backstore] = /^\/sys\/kernel\/config\/target\/core\/([^/]+\/[^/]+)\/udev_path$/.exec(path) ?? [];
    const name = nqn === undefined ? backstore && `LIO ${backstore}` : `nvmet ${nqn}, namespace ${namespace ?? ''}`;
    const device = text.trim();
    if (name === undefined || device === '' || device === '(null)') return [];
    const { id, others } = openedAs(context, device);
    const user: User = {
      id: `target:${name}`,
      kind: 'target',
      name,
      below: [id],
      parameters: parametersOf(path, { device }),
    };
    return [{ user, others }];
  });
  return { users: found.map(({ user }) => user), devices: found.flatMap(({ others }) => others) };
}

/** Processes that were asked for by their number: what they have mounted and open. */
export function processes(context: Context, pids: readonly string[]): Found {
  const found = pids.flatMap((pid) => {
    const { files, lists } = context.look.snapshot;
    const name = files.get(`/proc/${pid}/comm`)?.trim();
    if (name === undefined) return [];
    const mounts = mountsOf(context.look, pid).flatMap((mount) => standsOn(context, mount));
    const open = (lists.get(`/proc/${pid}/fd`) ?? []).flatMap((line) => /^\d+ (\/.*)$/.exec(line)?.[1] ?? []);
    const devices = open.flatMap((path) => nameOf(context, path) ?? []);
    const cgroup = /^0::(.+)$/m.exec(files.get(`/proc/${pid}/cgroup`) ?? '')?.[1];
    const below = [...new Set([...devices, ...mounts])];
    const user: User = {
      id: `process:${pid}`,
      kind: 'process',
      name: `${name} (${pid})`,
      below,
      parameters: [...cgroupLimits(context.look, cgroup)],
    };
    return [user];
  });
  return { users: found, devices: [] };
}
