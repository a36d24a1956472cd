// The daemons behind the rings of the run: how much CPU they use, and whether one thread of theirs has no time left. Such a
// thread holds its ring back whatever the ring's size. The daemon does not poll: its ring has no poll handler, without which
// QEMU polls nothing (util/aio-posix.c, aio_set_fd_handler). So time on a CPU is work.

import { mapBounded } from '../lib/map-bounded.ts';
import type { Scene, Source } from './source.ts';

interface ThreadTime {
  /** On a CPU. */
  readonly ranNs: number;
  /** Ready, and waiting for a CPU; its cgroup may be held back. */
  readonly waitedNs: number;
}

/** By the number of the thread. */
type Threads = ReadonlyMap<string, ThreadTime>;

const readsAtOnce = 32;

export const ringDaemons: Source<Threads> = {
  read: async ({ host, cgroup }) => {
    const rings = (await host.list(cgroup)).filter((name) => name.startsWith('ring-'));
    const ids = await Promise.all(rings.map((ring) => threadsIn(host, `${cgroup}/${ring}`)));
    const read = await mapBounded(ids.flat(), readsAtOnce, async (id) => {
      const time = parseSchedstat(await host.read(`/proc/${id}/schedstat`));
      return time === undefined ? [] : [[id, time] as const];
    });
    return read.flat().length > 0 ? new Map(read.flat()) : undefined;
  },
  between: (from, to, elapsedMs) => {
    const percent = (ns: number): number => ns / 1e4 / elapsedMs;
    // One that came meanwhile, as of a pool, did all its work since.
    const times = [...to].map(([id, b]) => {
      const a = from.get(id) ?? { ranNs: 0, waitedNs: 0 };
      return { ran: percent(b.ranNs - a.ranNs), ready: percent(b.ranNs - a.ranNs + b.waitedNs - a.waitedNs) };
    });
    const busiest = times.reduce((most, one) => (one.ready > most.ready ? one : most), { ran: 0, ready: 0 });
    return {
      cpuPercent: times.reduce((total, { ran }) => total + ran, 0),
      busiestThreadPercent: busiest.ran,
      busiestThreadReadyPercent: Math.min(100, busiest.ready),
    };
  },
};

async function threadsIn(host: Scene['host'], cgroup: string): Promise<readonly string[]> {
  return ((await host.read(`${cgroup}/cgroup.threads`)) ?? '').split('\n').filter((id) => /^\d+$/.test(id));
}

/** Nanoseconds on a CPU, nanoseconds waiting for one, slices of time (Documentation/scheduler/sched-stats.rst). */
export function parseSchedstat(text: string | undefined): ThreadTime | undefined {
  const [ranNs, waitedNs] = (text ?? '').trim().split(' ').map(Number);
  return ranNs === undefined || waitedNs === undefined || Number.isNaN(ranNs + waitedNs)
    ? undefined
    : { ranNs, waitedNs };
}
