import * as z from 'zod';
import type { Host } from '../../host/host.ts';
import type { Need } from '../../host/needs/needs.ts';
import { HostError } from '../../lib/errors.ts';
import { findFreeXvdNames, mostRingPageOrder, ringSlots, ringThreadsOf, tooFewNames, vbdIdOf } from '../../lib/xen.ts';
import { wholeNumber } from '../../profile/settings.ts';
import { keepOthersAwayFrom } from '../keep-away.ts';
import { defineProvider, type Lane, type Site } from '../provider.ts';
import { offer } from '../offer.ts';
import { mustBeAsAsked } from './agreed.ts';

const settings = z.strictObject({
  ringPageOrder: wholeNumber(0, mostRingPageOrder).optional().describe('pages of each ring, as a power of two'),
  queues: wholeNumber(1, 16).optional().describe('rings of each guest, at most one for each CPU'),
  persistentGrants: z.boolean().optional().describe('grants stay mapped, at the price of a copy'),
});
type Settings = z.output<typeof settings>;

const why = "Xen's block ring";

/** Xen's own ring: a vbd for each guest, with blkfront and blkback both in domain 0 (drivers/block/xen-blk{front,back}). */
export const xenVbd = defineProvider({
  layer: 'ring',
  name: 'xen-vbd',
  roles: ['deployed'],
  about: "Xen's block ring: blkfront and blkback, both in domain 0",
  settings,
  configure: (wanted) => ({
    needs: needsOf(wanted),
    lanes: 'per-guest',
    ...holdsOf(wanted),
    xenRing: { order: wanted.ringPageOrder, queues: wanted.queues, frontend: 'domain 0', devices: 1 },
    raise: async (site) => {
      await loadDrivers(site.host, wanted);
      const names = await chooseNames(site.host, site.under.length);
      await keepOthersAwayFrom(site.host, site.names, { part: 'vbds', kernelNames: names });
      const putBack = await offerToOurs(site.host, wanted);
      const disks: Lane[] = [];
      for (const [i, lane] of site.under.entries())
        disks.push(await attach(site, lane, { number: i + 1, name: names[i] ?? '', wanted }));
      await putBack();
      return disks;
    },
  }),
});

/**
 * At least. A blkfront that is loaded with a higher order makes its rings wider without being told: the host is not there to
 * be asked yet, and on a slow one the cap probe then finds no limit up to twice what is said here. Without `queues` the rings
 * are as many as both ends have CPUs.
 */
function holdsOf({ ringPageOrder = 0, queues }: Settings): { readonly holds?: number } {
  return queues === undefined ? {} : { holds: queues * ringSlots(ringPageOrder) };
}

function needsOf({ ringPageOrder, queues }: Settings): readonly Need[] {
  return [
    { kind: 'xen-dom0' },
    { kind: 'module', name: 'xen_blkback', forWhat: "the host's end of Xen's ring" },
    { kind: 'module', name: 'xen_blkfront', forWhat: "the guest's end of Xen's ring" },
    { kind: 'xvd-names', count: 1 },
    ...(ringPageOrder === undefined ? [] : [{ kind: 'xen-ring-order', order: ringPageOrder, ends: 'both' } as const]),
    ...(queues === undefined ? [] : [{ kind: 'xen-ring-queues', queues, ends: 'both' } as const]),
  ];
}

/** A setting that is fixed at load counts only if the module is not there yet; the needs have refused the rest. */
async function loadDrivers(host: Host, { ringPageOrder, queues }: Settings): Promise<void> {
  const params = {
    ...(ringPageOrder === undefined ? {} : { max_ring_page_order: `${ringPageOrder}` }),
    ...(queues === undefined ? {} : { max_queues: `${queues}` }),
  };
  await host.apply({ kind: 'module', name: 'xen_blkback', why });
  await host.apply({ kind: 'module', name: 'xen_blkfront', params, why });
}

/**
 * The drivers offer these values to the devices that connect next, which are ours. They are those of every guest's disk too, so what
 * was offered before is put back, by the function returned, as soon as ours have connected.
 */
function offerToOurs(host: Host, { queues, persistentGrants }: Settings): Promise<() => Promise<void>> {
  const grants = persistentGrants === undefined ? undefined : persistentGrants ? 'Y' : 'N';
  const wanted = [
    // A frontend that could do more takes what the backend offers.
    ['xen_blkback/parameters/max_queues', queues === undefined ? undefined : `${queues}`],
    ['xen_blkback/parameters/feature_persistent', grants],
    ['xen_blkfront/parameters/feature_persistent', grants],
  ] as const;
  const offers = wanted.flatMap(([parameter, value]) => (value === undefined ? [] : [{ parameter, value }]));
  return offer(host, offers, `${why}: read when a device connects`);
}

async function chooseNames(host: Host, count: number): Promise<readonly string[]> {
  const free = await findFreeXvdNames((path) => host.list(path));
  const problem = tooFewNames(count, free.length);
  if (problem) throw new HostError(problem.message, problem.hint);
  return free.slice(0, count);
}

async function attach(
  { host, names }: Site,
  lane: Lane,
  vbd: { readonly number: number; readonly name: string; readonly wanted: Settings },
): Promise<Lane> {
  const { number, name, wanted } = vbd;
  const id = vbdIdOf(name) ?? 0;
  const ofGuest = `the Xen vbd of guest ${number}`;
  const mark = names.object(`v${number}`);
  await host.apply({ kind: 'xen-vbd', name, id, path: lane.device, mark, why: ofGuest });
  const device = await host.find({ path: `/dev/${name}` });
  await host.whenMade(() => mustBeAsAsked(host, { name, id }, wanted));
  const path = `/sys/block/${name}/queue/scheduler`;
  await host.apply({ kind: 'write', path, value: 'none', restore: 'never', why: ofGuest });
  return { device, sectors: lane.sectors, ringThreads: ringThreadsOf(0, name) };
}
