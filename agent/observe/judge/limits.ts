// Limits on I/Os in flight that were reached most of the time: of a device, of one of its hardware queues, of the adapter or
// session that it shares, of its scheduler; and one that no file of this host shows, by what is in flight standing still
// below a queue of I/Os that wait.

import type { Device } from '../../discover/document.ts';
import { mean } from '../../lib/numbers.ts';
import type { Full, ObservedDevice } from '../document.ts';
import type { QueueUse, Series, Tick } from '../series.ts';
import type { Watch } from '../watch.ts';
import { fewestLooks, leastOf, numberOf, shareOf } from './devices.ts';

/** Reached in so many of the instants, a limit is what holds its device. */
const mostOfTheTime = 0.5;

type LimitFull = Extract<Full, { kind: 'limit' | 'unseen' }>;

export function limitsReached(
  devices: readonly ObservedDevice[],
  { ticks }: Series,
  watch: Watch,
): readonly LimitFull[] {
  if (ticks.length < fewestLooks) return [];
  const byId = new Map(watch.devices.map(({ device }) => [device.id, device]));
  const shared = groupsReached(devices, ticks, byId);
  const inGroups = new Set(shared.flatMap(({ device, sharers }) => [device, ...sharers]));
  const own = devices.flatMap((observed): readonly LimitFull[] => {
    const device = byId.get(observed.id);
    if (!device || observed.withDriver === null) return [];
    const found =
      ownLimit(observed, watch) ?? queueLimit(observed, { ticks, device }) ?? schedulerLimit(observed, ticks);
    if (found) return [found];
    const unseen = inGroups.has(observed.id) ? undefined : unseenLimit(observed, ticks);
    return unseen ? [unseen] : [];
  });
  return [...shared, ...own];
}

/** One path alone of two that count at the same device cannot be told from the other. */
function ownLimit(observed: ObservedDevice, watch: Watch): LimitFull | undefined {
  const { id, limit, fullShare, countedAt } = observed;
  if (!limit || fullShare === null || fullShare < mostOfTheTime) return undefined;
  const others = watch.devices.filter(
    ({ device, countedAt: at }) => device.id !== id && at === countedAt && device.number === undefined,
  );
  const isCountedBelow = countedAt !== id;
  const below = watch.devices.find(({ device }) => device.id === countedAt);
  return {
    ...{ kind: 'limit', what: whatOf(observed), device: id, limit: limit.inFlight, says: limit.says, from: limit.from },
    ...{ share: fullShare, sharers: [] },
    perhaps: isCountedBelow && (others.length > 0 || (below?.users.length ?? 0) > 1),
  };
}

function whatOf({ layer, kind, limit }: Pick<ObservedDevice, 'layer' | 'kind' | 'limit'>): 'ring' | 'lun' | 'tags' {
  if (layer === 'ring') return 'ring';
  return kind === 'iscsi' || limit?.says.startsWith('LUN depth') === true ? 'lun' : 'tags';
}

/** Adapters, sessions and controllers whose disks share a limit: the sum over all that share it. */
function groupsReached(
  devices: readonly ObservedDevice[],
  ticks: readonly Tick[],
  byId: ReadonlyMap<string, Device>,
): readonly Extract<Full, { kind: 'limit' }>[] {
  const groups = new Map<string, ObservedDevice[]>();
  for (const observed of devices) {
    const group = observed.limit?.sharedIn;
    if (group === undefined || observed.countedAt === null || observed.iosPerSecond === 0) continue;
    // Adapters of two virtual machines may have the same name.
    const key = `${/^qemu:\d+/.exec(observed.id)?.[0] ?? ''} ${group}`.trim();
    groups.set(key, [...(groups.get(key) ?? []), observed]);
  }
  return [...groups].flatMap(([group, members]) => {
    const [first] = members;
    const device = first && byId.get(first.id);
    if (!first?.limit || !device) return [];
    const adapter = numberOf(device, 'can_queue');
    const limit = adapter?.count ?? first.limit.inFlight;
    // Of one disk whose own depth is no smaller, the disk itself is named.
    if (members.length === 1 && limit >= first.limit.inFlight) return [];
    const counted = new Set(members.flatMap(({ countedAt }) => countedAt ?? []));
    const sums = ticks.map(({ inFlight }) => [...counted].reduce((sum, name) => sum + (inFlight.get(name) ?? 0), 0));
    const share = shareOf(sums, (sum) => sum >= leastOf(limit));
    if (limit < 1 || share < mostOfTheTime) return [];
    const what = first.kind === 'iscsi' ? 'session' : first.layer === 'ring' ? 'ring' : 'adapter';
    const says = adapter ? `can_queue ${limit} of ${group}` : `${first.limit.says} of ${group}`;
    const sharers = members.slice(1).map(({ id }) => id);
    return [
      {
        kind: 'limit',
        what,
        device: first.id,
        limit,
        says,
        from: adapter?.from ?? first.limit.from,
        share,
        sharers,
        perhaps: false,
      },
    ];
  });
}

/** Of one hardware queue. */
const fewestOfQueue = 5;

/** A load on one CPU has one hardware queue, however many there are. */
function queueLimit(
  observed: ObservedDevice,
  { ticks, device }: { ticks: readonly Tick[]; device: Device },
): LimitFull | undefined {
  const { id, limit, countedAt } = observed;
  const [, queues, depth] = /^(\d+) (?:queues )?x (\d+)/.exec(limit?.says ?? '') ?? [];
  if (!limit || countedAt === null) return undefined;
  const common = { kind: 'limit' as const, what: 'hardware-queue' as const, device: id, from: limit.from, sharers: [] };
  const uses = ticks.flatMap((tick) => tick.queues.get(countedAt) ?? []);
  if (uses.length >= fewestLooks && device.number !== undefined) {
    const byQueue = new Map<string, QueueUse[]>();
    for (const use of uses) byQueue.set(use.queue, [...(byQueue.get(use.queue) ?? []), use]);
    // Somebody who waits is a sign even where disks share the tags and none gets them all.
    const isFull = ({ busy, depth: own, waiters }: QueueUse): boolean => busy >= leastOf(own) || waiters > 0;
    // Queues are looked at while the device has I/O in flight; of many, some at a time.
    const busyShare = shareOf(ticks, ({ queues: seen }) => seen.has(countedAt));
    const shares = [...byQueue.values()]
      .filter((own) => own.length >= fewestOfQueue)
      .map((own) => ({ own, share: shareOf(own, isFull) * busyShare }));
    const [most] = shares.sort((x, y) => y.share - x.share);
    const [one] = most?.own ?? [];
    if (!most || !one || most.share < mostOfTheTime) return undefined;
    return {
      ...common,
      limit: one.depth,
      says: `${one.depth} tags of ${one.queue}`,
      share: most.share,
      perhaps: false,
    };
  }
  if (queues === undefined || depth === undefined || Number(queues) < 2) return undefined;
  const each = Number(depth);
  const seen = ticks.flatMap((tick) => tick.inFlight.get(countedAt) ?? []);
  const share = shareOf(seen, (value) => value >= leastOf(each) && value <= each);
  if (share < mostOfTheTime) return undefined;
  return { ...common, limit: each, says: `${each} of one of ${queues} queues`, share, perhaps: true };
}

/** Its tags are all in use with somebody waiting, while the driver has room. */
function schedulerLimit({ id, countedAt }: ObservedDevice, ticks: readonly Tick[]): LimitFull | undefined {
  const uses = ticks
    .flatMap((tick) => tick.queues.get(countedAt ?? '') ?? [])
    .flatMap(({ scheduler }) => scheduler ?? []);
  const [first] = uses;
  const share = shareOf(uses, ({ busy, depth, waiters }) => busy >= leastOf(depth) && waiters > 0);
  if (!first || uses.length < fewestLooks || share < mostOfTheTime) return undefined;
  return {
    ...{ kind: 'limit', what: 'scheduler', device: id, limit: first.depth, says: `nr_requests ${first.depth}` },
    ...{ from: `/sys/block/${countedAt ?? ''}/queue/nr_requests`, share, sharers: [], perhaps: false },
  };
}

/** So many of one figure are no chance. */
const leastPlateau = 4;
const leastWaiting = 2;

/**
 * The driver has the same number most of the time, below its limit, while more wait for it: something behind it lets no more
 * through, such as the window of a target.
 */
function unseenLimit(observed: ObservedDevice, ticks: readonly Tick[]): LimitFull | undefined {
  const { id, countedAt, inFlight, withDriver, limit } = observed;
  if (inFlight === null || withDriver === null || limit === null || countedAt !== id) return undefined;
  const seen = ticks.flatMap((tick) => tick.inFlight.get(countedAt) ?? []);
  const plateau = withDriver.most;
  if (plateau < leastPlateau || plateau >= leastOf(limit.inFlight)) return undefined;
  const share = shareOf(seen, (value) => value >= leastOf(plateau));
  const waiting = inFlight - mean(seen);
  if (share < mostOfTheTime || waiting < Math.max(leastWaiting, plateau / 4)) return undefined;
  return { kind: 'unseen', device: id, plateau, waiting, share };
}
