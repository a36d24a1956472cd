// Reads what both ends of each Xen block device agreed on, from xenstore (include/xen/interface/io/blkif.h), on the
// side of the backend: rings x 32 x 2^order requests in flight are all that a device ever has.

import { mapBounded } from '../lib/map-bounded.ts';
import { ringSlots, vbdMarkKey, xenState, xenstoreScheme } from '../lib/xen.ts';
import { byHand } from './change.ts';
import { readsAtOnce } from './disk.ts';
import { countIn, knobOf, type Knob, type Reader } from './knob.ts';
import { listSource } from './source.ts';

const layer = 'ring';
const allBackends = `${xenstoreScheme}/local/domain/0/backend`;
const backends = `${allBackends}/vbd`;

/** One vbd, both ends. */
export interface Vbd {
  readonly domain: string;
  readonly id: string;
  /** `xvdp` where domain 0 itself has the disk, else with its domain: `xvda of domain 7`. */
  readonly name: string;
  readonly front: string;
  /** As negotiated; what the frontend does not say is 0, and one ring. */
  readonly order: number;
  readonly rings: number;
  /** Grants stay mapped: both ends say so. */
  readonly persistent: boolean;
  readonly protocol: string | undefined;
  /** The most that the backend offers. */
  readonly offered: { readonly order: number; readonly rings: number };
  /** The state of its backend; undefined if it has said nothing yet. */
  readonly state: string | undefined;
  readonly connected: boolean;
}

/** Folders of all backends of block devices that domain 0 serves. */
export async function vbdFolders(reader: Reader): Promise<readonly string[]> {
  const domains = await reader.list(backends);
  const found = await Promise.all(
    domains.map(async (domain) =>
      (await reader.list(`${backends}/${domain}`)).map((id) => `${backends}/${domain}/${id}`),
    ),
  );
  return found.flat();
}

/** Only those of a run that has marked them so, where one is given: a stranger's ring may be as wide as the one that caps. */
async function foldersOf(reader: Reader, ofRun: string | undefined): Promise<readonly string[]> {
  const folders = await vbdFolders(reader);
  if (ofRun === undefined) return folders;
  const marks = await mapBounded(folders, readsAtOnce, (back) => reader.read(`${back}/${vbdMarkKey}`));
  return folders.filter((_, i) => marks[i]?.startsWith(ofRun));
}

export interface OtherBackend {
  /** Such as `qdisk`, which is QEMU, or `vbd3`, which is tapdisk. */
  readonly name: string;
  readonly disks: number;
}

/** Who serves disks from domain 0 beside blkback: what their rings hold and do is not in sysfs. */
export async function otherDiskBackends(reader: Reader): Promise<readonly OtherBackend[]> {
  const names = (await reader.list(allBackends)).filter((name) => name !== 'vbd');
  const found = await mapBounded(names, readsAtOnce, async (name) => {
    const folder = `${allBackends}/${name}`;
    const ids = await mapBounded(await reader.list(folder), readsAtOnce, async (domain) =>
      (await reader.list(`${folder}/${domain}`)).map((id) => `${folder}/${domain}/${id}`),
    );
    const [first] = ids.flat();
    // A backend serves devices of one kind, which its frontends' paths tell.
    const isOfDisks = first !== undefined && (await reader.read(`${first}/frontend`))?.includes('/device/vbd/');
    return isOfDisks ? [{ name, disks: ids.flat().length }] : [];
  });
  return found.flat();
}

/** Undefined where it has gone, or was never finished. */
export async function readVbd(reader: Reader, back: string): Promise<Vbd | undefined> {
  const [id = '', domain = ''] = back.split('/').toReversed();
  const key = async (path: string): Promise<string | undefined> => (await reader.read(path))?.trim();
  const frontPath = await key(`${back}/frontend`);
  if (frontPath === undefined) return undefined;
  const front = `${xenstoreScheme}${frontPath}`;
  const dev = (await key(`${back}/dev`)) ?? id;
  const state = await key(`${back}/state`);
  return {
    ...{ domain, id, front, name: domain === '0' ? dev : `${dev} of domain ${domain}` },
    order: countIn(await key(`${front}/ring-page-order`)) ?? 0,
    rings: countIn(await key(`${front}/multi-queue-num-queues`)) ?? 1,
    persistent: (await key(`${front}/feature-persistent`)) === '1' && (await key(`${back}/feature-persistent`)) === '1',
    protocol: await key(`${front}/protocol`),
    offered: {
      order: countIn(await key(`${back}/max-ring-page-order`)) ?? 0,
      rings: countIn(await key(`${back}/multi-queue-max-queues`)) ?? 1,
    },
    state,
    connected: state === xenState.connected,
  };
}

/** I/Os in flight that a vbd lets through at most. */
export function vbdLimit({ order, rings }: Pick<Vbd, 'order' | 'rings'>): number {
  return rings * ringSlots(order);
}

export const xenVbds = listSource(
  'Xen vbds',
  (reader, _, ofRun) => foldersOf(reader, ofRun),
  async (reader, back): Promise<readonly Knob[]> => {
    const vbd = await readVbd(reader, back);
    if (!vbd?.connected) return [];
    const { front, name: device, order, rings, offered, persistent, protocol } = vbd;
    const common = { layer, device } as const;
    const guest = 'guest: on its command line, or reload xen_blkfront and re-attach';
    return [
      knobOf(`${front}/ring-page-order`, `${order}`, {
        ...{ ...common, id: 'xen.order', name: 'ring-page-order (max_ring_page_order)', scope: 'queue', queues: rings },
        ...{ defaultValue: 0, limitOf: ringSlots },
        change: byHand(`xen_blkfront.max_ring_page_order=N, up to ${offered.order} here`, guest),
      }),
      knobOf(`${front}/multi-queue-num-queues`, `${rings}`, {
        ...{ ...common, id: 'xen.queues', name: 'multi-queue-num-queues (max_queues)', scope: 'device' },
        limitOf: () => vbdLimit(vbd),
        change: byHand(`xen_blkfront.max_queues=N, up to ${offered.rings} here`, guest),
      }),
      knobOf(`${front}/feature-persistent`, persistent ? '1' : '0', {
        ...{
          ...common,
          id: 'xen.persistent',
          name: 'feature-persistent of both ends',
          scope: 'device',
          defaultValue: 1,
        },
        change: byHand('feature_persistent of xen_blkfront in the guest and of xen_blkback here', 're-attach'),
      }),
      ...(protocol === undefined
        ? []
        : [
            knobOf(`${front}/protocol`, protocol, {
              ...common,
              id: 'xen.protocol',
              name: 'protocol',
              scope: 'device',
              change: byHand('follows the guest'),
            }),
          ]),
    ];
  },
);
