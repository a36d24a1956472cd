// Virtual block devices that this host serves to domains of Xen, from xenstore (include/xen/interface/io/blkif.h). Who serves
// them makes the difference: blkback of the kernel, QEMU (`qdisk`), or tapdisk (`vbd3`).

import { deviceNumberOfHex } from '../../host/formats/device-number.ts';
import { ringSlots } from '../../lib/xen.ts';
import { type Limit, parametersOf, type User } from '../document.ts';
import { type Context, type Draft, type Found, nameOf } from './context.ts';
import { openedAs } from './mapped.ts';

type Keys = ReadonlyMap<string, string>;

export function xenGuests(context: Context): Found {
  const keys = keysIn(context.look.snapshot.answers.get('xenstore-ls') ?? '');
  const folders = new Set<string>();
  for (const key of keys.keys()) {
    const folder = /^\/local\/domain\/\d+\/backend\/[^/]+\/\d+\/\d+(?=\/)/.exec(key)?.[0];
    if (folder !== undefined) folders.add(folder);
  }
  const disks = [...folders].map((folder) => diskOf(context, { keys, folder }));
  const domains = new Map<string, string[]>();
  for (const { domain, draft } of disks) domains.set(domain, [...(domains.get(domain) ?? []), draft.id]);
  const users = [...domains].map(([domain, below]): User => ({
    ...{ id: `xen:${domain}`, kind: 'xen', below },
    name: keys.get(`/local/domain/${domain}/name`) ?? `domain ${domain}`,
    parameters: parametersOf('xenstore-ls', { domain }),
  }));
  return { users, devices: disks.flatMap(({ draft, others }) => [draft, ...others]) };
}

/** `PATH = "VALUE"` lines of xenstore-ls -f. */
function keysIn(text: string): Keys {
  return new Map(
    text.split('\n').flatMap((line) => {
      const [, path, value] = /^(\/\S+) = "(.*)"/.exec(line) ?? [];
      return path === undefined || value === undefined ? [] : [[path, value] as const];
    }),
  );
}

const servers: Readonly<Record<string, string>> = {
  vbd: 'blkback',
  qdisk: 'QEMU (qdisk)',
  vbd3: 'tapdisk',
  tap: 'tapdisk',
};

function diskOf(
  context: Context,
  { keys, folder }: { keys: Keys; folder: string },
): { domain: string; draft: Draft; others: readonly Draft[] } {
  const [, backend = '', domain = '', id = ''] = /\/backend\/([^/]+)\/(\d+)\/(\d+)$/.exec(folder) ?? [];
  const back = (key: string): string | undefined => keys.get(`${folder}/${key}`);
  const front = (key: string): string | undefined => keys.get(`/local/domain/${domain}/device/vbd/${id}/${key}`);
  const stands = belowOf(context, { back, domain, id });
  const name = back('dev') ?? `vbd ${id}`;
  const draft: Draft = {
    ...{ id: `xen:${domain}:${id}`, name, kind: `xen-vbd (${servers[backend] ?? backend})`, layer: 'ring' },
    below: stands === undefined ? [] : [{ id: stands.id }],
    parameters: parametersOf('xenstore-ls', {
      'ring-page-order': front('ring-page-order') ?? orderOf(front('num-ring-pages')),
      'num-queues': front('multi-queue-num-queues'),
      'max-ring-page-order': back('max-ring-page-order'),
      'max-queues': back('multi-queue-max-queues'),
      'feature-persistent': back('feature-persistent'),
      protocol: front('protocol'),
      mode: back('mode'),
      params: back('params'),
      state: back('state'),
    }),
    limit: ringLimit(context, { backend, domain, id, front }) ?? null,
    notes: stands === undefined ? ['the device below it was not found'] : [],
  };
  return { domain, draft, others: stands?.others ?? [] };
}

type Key = (key: string) => string | undefined;

function belowOf(
  context: Context,
  { back, domain, id }: { back: Key; domain: string; id: string },
): { readonly id: string; readonly others: readonly Draft[] } | undefined {
  const seen = context.look.snapshot.files.get(`/sys/bus/xen-backend/devices/vbd-${domain}-${id}/physical_device`);
  const number = deviceNumberOfHex(seen ?? back('physical-device'));
  const device = number === undefined ? undefined : nameOf(context, number);
  if (device !== undefined) return { id: device, others: [] };
  const path = back('params')?.replace(/^(aio|vhd|qcow2?|raw):/, '') ?? '';
  return path === '' ? undefined : openedAs(context, path);
}

/** The older way to say it, a number of pages. */
function orderOf(pages: string | undefined): string | undefined {
  return pages !== undefined && /^[1-9]\d{0,3}$/.test(pages) ? `${Math.round(Math.log2(Number(pages)))}` : undefined;
}

function ringLimit(
  { look }: Context,
  { backend, domain, id, front }: { backend: string; domain: string; id: string; front: Key },
): Limit | undefined {
  const slots = /\bnr_ents\s+(\d{1,6})/.exec(
    look.snapshot.files.get(`/dev/shm/${backend}-${domain}-${id}/io_ring`) ?? '',
  )?.[1];
  if (slots !== undefined && Number(slots) > 0)
    return {
      inFlight: Number(slots),
      says: `${slots} ring entries`,
      from: `/dev/shm/${backend}-${domain}-${id}/io_ring`,
    };
  const order = front('ring-page-order') ?? orderOf(front('num-ring-pages')) ?? '0';
  const queues = front('multi-queue-num-queues') ?? '1';
  if (!/^\d$/.test(order) || !/^[1-9]\d{0,3}$/.test(queues)) return undefined;
  const each = ringSlots(Number(order));
  const says = queues === '1' ? `ring of order ${order}: ${each} requests` : `${queues} rings x ${each} requests`;
  return { inFlight: each * Number(queues), says, from: 'xenstore-ls' };
}
