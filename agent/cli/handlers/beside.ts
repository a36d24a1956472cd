// Looks at a host while a twin of it runs: what the guests' disks do in each layer, on the devices that stood there before the twin.

import { byLayer, countedBelow, type Figures } from '../../discover/clone/by-layer.ts';
import { type Activity, fewIos } from '../../discover/clone/counters.ts';
import type { GuestDisk } from '../../discover/clone/path.ts';
import type { Discovered } from '../../discover/document.ts';
import { mapBounded } from '../../lib/map-bounded.ts';
import type { Observed } from '../../observe/document.ts';
import { observedOf } from '../../observe/observe.ts';
import { type Eyes, sampled } from '../../observe/sample.ts';
import { watchOf } from '../../observe/watch.ts';
import type { Snapshot } from '../../discover/snapshot.ts';
import type { HostSide, Side } from '../../records/host-side.ts';
import type { Twin } from './run.ts';

/** As long as `observe` looks at most. */
const longestMs = 60_000;
const readsAtOnce = 16;

export interface Seen {
  readonly snapshot: Snapshot;
  /** All that was found, and of this what was asked for. */
  readonly whole: Discovered;
  readonly found: Discovered;
  readonly disks: readonly GuestDisk[];
  readonly activity: ReadonlyMap<string, Activity>;
  readonly busyPercent: number | null;
  readonly notCloned: readonly string[];
}

/**
 * The devices are those of the first look, so the twin's own are none of them. One that has taken a name of theirs since is told
 * by its identity.
 */
export async function besideTwin(eyes: Eyes, seen: Seen): Promise<Pick<Twin, 'beside' | 'before'>> {
  const { whole, found, disks, snapshot, activity } = seen;
  const ids = countedBelow(whole, disks);
  const first = await identities(eyes, ids);
  const before: HostSide = {
    ...{ version: 1, host: whole.host.name, meanwhile: null, lost: [], says: null },
    notCloned: [...seen.notCloned],
    before: {
      seconds: [...activity.values()][0]?.seconds ?? 0,
      ...{ busyPercent: seen.busyPercent, layers: layersOf(whole, disks, (id) => activity.get(id)) },
    },
  };
  const observed = async (until: AbortSignal): Promise<HostSide> => {
    const watch = watchOf(found, snapshot);
    const withSockets = (await eyes.list('/sys/module/tcp_diag')).length > 0;
    const doc = observedOf(await sampled(eyes, watch, { forMs: longestMs, withSockets, until }), watch);
    const last = await identities(eyes, ids);
    return {
      ...before,
      meanwhile: {
        ...{ seconds: doc.seconds, busyPercent: doc.cpu?.busyPercent ?? null },
        layers: layersOf(whole, disks, figuresIn(doc)),
      },
      lost: ids.filter((id) => first.get(id) !== last.get(id)),
      says: doc.says,
    };
  };
  return {
    before,
    beside: () => {
      const over = new AbortController();
      // A look that fails leaves the run as it is.
      const work = observed(over.signal).catch(() => before);
      return {
        end: () => {
          over.abort();
          return work;
        },
      };
    },
  };
}

function layersOf(
  found: Discovered,
  disks: readonly GuestDisk[],
  figuresOf: (id: string) => Figures | undefined,
): Side['layers'] {
  return byLayer(found, disks, figuresOf).map((layer) => ({ ...layer, others: [...layer.others] }));
}

/** Of devices that are counted themselves. */
function figuresIn({ devices, seconds }: Observed): (id: string) => Figures | undefined {
  const byId = new Map(devices.map((device) => [device.id, device]));
  return (id) => {
    const own = byId.get(id);
    if (own?.countedAt !== id) return undefined;
    const { iosPerSecond, latencyNs, inFlight } = own;
    return { iosPerSecond, inFlight, latencyNs: iosPerSecond * seconds < fewIos ? null : latencyNs };
  };
}

/** A disk's sequence number is never given twice (Documentation/ABI/stable/sysfs-block); older kernels have none. */
async function identities(eyes: Eyes, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const files = ['dev', 'diskseq', 'dm/uuid', 'loop/backing_file'];
  const read = async (path: string): Promise<string> => (await eyes.read(path).catch(() => undefined)) ?? '';
  const known = await mapBounded(ids, readsAtOnce, async (id) => {
    const texts = await Promise.all(files.map((file) => read(`/sys/class/block/${id}/${file}`)));
    return [id, texts.join('\n')] as const;
  });
  return new Map(known);
}
