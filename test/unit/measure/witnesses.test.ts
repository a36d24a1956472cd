import { describe, expect, it } from 'vitest';
import type { Scene } from '../../../agent/measure/source.ts';
import { parseTagSet } from '../../../agent/lib/tag-set.ts';
import { busyDisks, tags } from '../../../agent/measure/tags.ts';
import { parseSchedstat, ringDaemons } from '../../../agent/measure/ring-daemons.ts';
import { xenBlkback } from '../../../agent/measure/xen-blkback.ts';
import { fakeTree, type Tree } from '../../support/fake-tree.ts';

function hostWith(files: Tree): Scene {
  return { host: fakeTree(files), cgroup: '/sys/fs/cgroup/x' };
}

function shown(busy: number, waiters: number, depth = 64): string {
  return `nr_tags=${depth + 1}
nr_reserved_tags=1
active_queues=4

bitmap_tags:
depth=${depth}
busy=${busy}
cleared=0
bits_per_word=16
map_nr=4
alloc_hint={12, 0}
wake_batch=8
wake_index=3
ws_active=${waiters}
ws={
\t{.wait=${waiters > 0 ? 'active' : 'inactive'}},
}
round_robin=0
min_shallow_depth=4294967295

breserved_tags:
depth=1
busy=1
cleared=0
ws_active=7
`;
}

describe('the tags of a hardware queue', () => {
  it('are those without the reserved ones', () => {
    expect(parseTagSet(shown(63, 2))).toEqual({ depth: 64, busy: 63, waiters: 2, activeQueues: 4 });
  });

  it.each(['', 'nr_tags=64\n', 'bitmap_tags:\ndepth=0\nbusy=0\n', 'bitmap_tags:\ndepth=-1\nbusy=x\n'])(
    'are unknown from %j',
    (text) => {
      expect(parseTagSet(text)).toBeUndefined();
    },
  );
});

describe('tags in use', () => {
  const line = (name: string, inFlight: number): string =>
    `   8       0 ${name} 1 2 3 4 5 6 7 8 ${inFlight} 10 11 12\n`;
  const at = (path: string): string => `/sys/kernel/debug/block/${path}`;
  const files = {
    '/proc/diskstats': line('sda', 60) + line('sda1', 60) + line('sdb', 0) + line('dm-0', 70),
    [at('sda/hctx0/tags')]: shown(16, 0),
    [at('sda/hctx1/tags')]: shown(64, 3),
    [at('sdb/hctx0/tags')]: new Error('not to be read: it is idle'),
    [at('dm-0/state')]: '',
  };

  it('are those of the busiest queue of the disks that have I/O in flight', async () => {
    expect(busyDisks(files['/proc/diskstats'])).toEqual(['sda', 'sda1', 'dm-0']);
    expect(await tags.read(hostWith(files))).toEqual({ busiestPercent: 100, waiters: 3 });
  });

  it("count those who wait for a scheduler's tags", async () => {
    const scheduled = { ...files, [at('sda/hctx1/tags')]: shown(8, 0), [at('sda/hctx1/sched_tags')]: shown(64, 5) };
    expect(await tags.read(hostWith(scheduled))).toEqual({ busiestPercent: 25, waiters: 5 });
  });

  it('are unknown without debugfs, and none on an idle host', async () => {
    expect(await tags.read(hostWith({ '/proc/diskstats': line('sda', 60) }))).toBeUndefined();
    expect(await tags.read(hostWith({ ...files, '/proc/diskstats': '' }))).toEqual({ busiestPercent: 0, waiters: 0 });
  });

  it('of a slice are the worse of its two borders', () => {
    const [a, b] = [
      { busiestPercent: 100, waiters: 0 },
      { busiestPercent: 50, waiters: 4 },
    ];
    expect(tags.between(a, b, 1000)).toEqual({ busiestPercent: 100, waiters: 4 });
  });
});

describe("Xen's block backend", () => {
  /** A vbd on the device-mapper device `name`, whose minor number is that of its domain. */
  const vbd = (
    domain: number,
    counts: Readonly<Record<string, number>>,
    name = `layerlift-abcdef-slice${domain}`,
  ): Tree => {
    const folder = `/sys/bus/xen-backend/devices/vbd-${domain}-51712`;
    const statistics = Object.entries(counts).map(([key, count]) => [`${folder}/statistics/${key}`, `${count}\n`]);
    return {
      ...(Object.fromEntries(statistics) as Tree),
      [`${folder}/physical_device`]: `fe:${domain.toString(16)}\n`,
      [`/sys/dev/block/254:${domain}/dm/name`]: `${name}\n`,
    };
  };
  const read = (...vbds: readonly Tree[]) =>
    xenBlkback.read({ host: fakeTree(Object.assign({}, ...vbds) as Tree), cgroup: '/sys/fs/cgroup/layerlift-abcdef' });

  it('out of requests is a rate over all devices that were there at both borders', async () => {
    const from = await read(vbd(1, { oo_req: 100 }), vbd(2, { oo_req: 7 }));
    const to = await read(vbd(1, { oo_req: 150 }), vbd(2, { oo_req: 2 }), vbd(3, { oo_req: 999 }));
    expect(from && to && xenBlkback.between(from, to, 2000)).toEqual({ outOfRequestsPerSecond: 25 });
  });

  it('comes with the requests of each kind, and the sectors, that the kernel counts', async () => {
    const [from, to] = [
      await read(vbd(17, { rd_req: 10, wr_req: 5, rd_sect: 80 })),
      await read(vbd(17, { rd_req: 110, wr_req: 5, rd_sect: 880 })),
    ];
    expect(from && to && xenBlkback.between(from, to, 500)).toEqual({
      ...{ readsPerSecond: 200, writesPerSecond: 0, readSectorsPerSecond: 1600 },
    });
  });

  it("counts the run's own devices, not those of domains that were there before or of another run", async () => {
    const others = (count: number): readonly Tree[] => [
      vbd(8, { rd_req: count }, 'vg-root'),
      vbd(9, { rd_req: count }, 'layerlift-abcdee-slice1'),
      { '/sys/bus/xen-backend/devices/vbd-3-51712/statistics/rd_req': `${count}\n` },
    ];
    const from = await read(...others(0), vbd(1, { rd_req: 0 }));
    const to = await read(...others(5000), vbd(1, { rd_req: 10 }));
    expect(from && to && xenBlkback.between(from, to, 1000)).toEqual({ readsPerSecond: 10 });
    expect(await read(...others(1))).toBeUndefined();
  });

  it('is unknown where there is no such device', async () => {
    expect(await read()).toBeUndefined();
    expect(await read({ '/sys/bus/xen-backend/devices/vif-1-0/state': '4' })).toBeUndefined();
  });
});

describe('the daemons behind rings', () => {
  const cgroup = '/sys/fs/cgroup/layerlift-abcdef';
  const at = (times: Readonly<Record<string, string>>) => ({
    cgroup,
    host: fakeTree({
      [`${cgroup}/guests/g1/cgroup.threads`]: '9\n',
      '/proc/9/schedstat': '5000000000 0 1',
      [`${cgroup}/ring-r1/cgroup.threads`]: `${Object.keys(times).join('\n')}\n`,
      [`${cgroup}/ring-r2/cgroup.threads`]: '30\n',
      ...Object.fromEntries(Object.entries(times).map(([id, text]) => [`/proc/${id}/schedstat`, text])),
    }),
  });

  it('are told by the busiest of their threads, with what it waits for a CPU, and by all', async () => {
    const from = await ringDaemons.read(at({ 20: '1000000000 500000000 7', 21: '0 0 0' }));
    // A thread of a pool that came meanwhile; one whose file has gone with it.
    const to = await ringDaemons.read(at({ 20: '1900000000 1300000000 9', 21: '300000000 0 1', 22: '100000000 0 1' }));
    expect(from && to && ringDaemons.between(from, to, 2000)).toEqual({
      cpuPercent: 65,
      busiestThreadPercent: 45,
      busiestThreadReadyPercent: 85,
    });
  });

  it('are no source where there is no ring', async () => {
    expect(await ringDaemons.read({ cgroup, host: fakeTree({ [`${cgroup}/guests/g1/cgroup.threads`]: '9\n' }) })).toBe(
      undefined,
    );
  });

  it.each(['', 'a b c', undefined])('schedstat %j says nothing', (text) => {
    expect(parseSchedstat(text)).toBeUndefined();
  });
});
