// What a host may do to whoever looks at it: refuse, hang, vanish, have odd names, be huge or slow. The answer is partial and
// says what it lacks, and what it may cost is kept.

import { describe, expect, it } from 'vitest';
import { observedText } from '../../../agent/observe/show/text.ts';
import { keptFull, observeHost, type Reads, type SimHost, upTo } from '../../support/observed-host.ts';
import { snapshotOf, snapshotText } from '../../support/snapshots.ts';

const disk = (name: string, number: string, tags = 32, queues = 1) => ({
  files: {
    [`/sys/block/${name}/dev`]: number,
    [`/sys/block/${name}/size`]: '2097152',
    [`/sys/block/${name}/mq/0/nr_tags`]: `${tags}`,
  },
  lists: { [`/sys/block/${name}/mq`]: Array.from({ length: queues }, (_, i) => `${i}`) },
});

function host(names: readonly string[], { tags = 32, queues = 1 } = {}): string {
  const all = names.map((name, i) => disk(name, `8:${i}`, tags, queues));
  return snapshotOf({
    files: Object.assign({}, ...all.map(({ files }) => files)) as Record<string, string>,
    lists: {
      '/sys/block': names,
      ...(Object.assign({}, ...all.map(({ lists }) => lists)) as Record<string, string[]>),
    },
  });
}

const busy = { iosPerSecond: 1600, latencyMs: 20, inFlight: keptFull(32) };
const quiet = { iosPerSecond: 100, latencyMs: 1, inFlight: upTo(1) };

describe('what may not be read, or gives no answer', () => {
  it('is said once, and asked for once', async () => {
    const reads: Reads = new Map();
    const cgroup = '/sys/fs/cgroup/a/io.stat';
    const snapshot = host(['sdx']).replace(/end\n$/, 'file /sys/fs/cgroup/a/io.max\n\t8:0 riops=5\nend\n');
    const files = { [cgroup]: () => new Error('no answer within 2 s'), '/sys/fs/cgroup/a/io.max': () => '8:0 riops=5' };
    const seen = await observeHost({ snapshot, disks: { sdx: busy }, files }, { reads });
    expect(seen.missing).toContainEqual({ what: cgroup, why: 'no answer within 2 s' });
    expect(reads.get(cgroup)).toBe(1);
    expect(seen.says).toMatch(/^sdx \(media\) looks capped/);
    expect(observedText(seen)).toMatch(/not seen\n(.*\n)* {2}\/sys\/fs\/cgroup\/a\/io.stat: no answer within 2 s/);
  });

  it('of single queues is told to whoever is not root, and of sockets where ss is not there', async () => {
    const seen = await observeHost({ snapshot: snapshotText('nvme-tcp'), disks: { nvme0c0n1: quiet } });
    expect(seen.missing.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['single hardware queues', 'sockets: round trips and segments sent again']),
    );
    expect(seen.paths.map(({ interface: name, rttNs }) => [name, rttNs])).toEqual([
      [null, null],
      [null, null],
    ]);
  });

  it('at all ends with no answer, and not with "nothing looks full"', async () => {
    const seen = await observeHost({ snapshot: host(['sdx']) });
    expect(seen).toMatchObject({ counted: 0, full: [], devices: [] });
    expect(seen.says).toBe('cannot tell: nothing on this host counts I/O');
  });
});

describe('devices', () => {
  it('that vanish while they are looked at are left out, and the others told', async () => {
    const gone: SimHost = { snapshot: host(['sdx', 'sdy']), disks: { sdx: busy } };
    const seen = await observeHost(gone);
    expect(seen.devices.map(({ id }) => id)).toEqual(['sdx']);
    expect(seen.full).toHaveLength(1);
  });

  it.each(['cciss!c0d0', 'a b', 'sd%s', "x'y", 'ü'])('called %s are counted', async (name) => {
    expect((await observeHost({ snapshot: host([name]), disks: { [name]: busy } })).full).toHaveLength(1);
  });

  it('whose counters begin anew in between give no negative figures', async () => {
    const files = {
      '/sys/class/block/sdx/stat': (s: number) => `${Math.round(20_000 - s * 1000)} 0 8 9 0 0 0 0 3 9 9 0 0 0 0`,
    };
    expect((await observeHost({ snapshot: host(['sdx']), files })).devices).toEqual([]);
  });

  it('in great number are counted by one file, and not all are printed', async () => {
    const names = Array.from({ length: 1000 }, (_, i) => `disk${i}`);
    const line = (name: string, s: number): string =>
      ` 8 0 ${name} ${Math.round(s * 50)} 0 0 ${Math.round(s * 100)} 0 0 0 0 1 0 0 0 0 0 0`;
    const reads: Reads = new Map();
    const files = { '/proc/diskstats': (s: number) => names.map((name) => line(name, s)).join('\n') };
    const seen = await observeHost({ snapshot: host(names), files }, { reads, forMs: 2000 });
    expect(seen.devices).toHaveLength(1000);
    expect([...reads.keys()].some((path) => path.endsWith('/stat') && path !== '/proc/stat')).toBe(false);
    const text = observedText(seen);
    expect(text).toContain('and 960 more');
    expect(text.split('\n').length).toBeLessThan(80);
  });
});

describe('the cost', () => {
  it.each([0.01, 0.2, 1, 5])('is kept low where a reading takes %s ms of a CPU', async (readCpuMs) => {
    const names = ['sdx', 'sdy', 'sdz'];
    const seen = await observeHost(
      { snapshot: host(names), disks: Object.fromEntries(names.map((name) => [name, busy])), readCpuMs },
      { forMs: 30_000 },
    );
    // Two looks have to be; what is between them has to be cheap.
    const twoLooks = (2 * 9 * readCpuMs) / 300;
    expect(seen.cost.cpuPercent).toBeLessThan(1 + twoLooks);
    expect(seen.cost.looks).toBeGreaterThanOrEqual(10);
    expect(seen.full.length).toBe(3);
  });
});

it.each([20, 800])(
  'where each reading takes %s ms, a full queue is named, or it is said that nobody can tell',
  async (slowMs) => {
    const seen = await observeHost(
      { snapshot: host(['sdx']), disks: { sdx: busy }, readCpuMs: slowMs, slowMs },
      { forMs: 5000 },
    );
    expect(seen.says).toMatch(
      slowMs < 100
        ? /^sdx \(media\) looks capped by its tags/
        : /^cannot tell whether a limit was reached: .* only \d looks/,
    );
  },
);

describe('limits that are not what they seem', () => {
  const queue = (busyTags: number, waiters: number): string =>
    `nr_tags=16\nactive_queues=0\n\nbitmap_tags:\ndepth=16\nbusy=${busyTags}\nws_active=${waiters}\n`;
  const tags = (busyTags: number) => ({
    '/sys/kernel/debug/block/sdx/hctx0/tags': () => queue(busyTags, 1),
    '/sys/kernel/debug/block/sdx/hctx1/tags': () => queue(0, 0),
  });
  const sdx = { iosPerSecond: 900, latencyMs: 17, inFlight: keptFull(16) };
  const snapshot = host(['sdx'], { tags: 16, queues: 2 });

  it('one of two hardware queues is full: root sees which', async () => {
    const seen = await observeHost({ snapshot, disks: { sdx }, files: tags(16) });
    expect(seen.says).toMatch(
      /sdx \(media\) looks capped by one of its hardware queues: 16 tags of hctx0, .*I\/O from more CPUs/,
    );
  });

  it('anybody else learns that it may be so', async () => {
    const seen = await observeHost({ snapshot, disks: { sdx } });
    expect(seen.says).toMatch(/sdx \(media\) may be capped by one of its hardware queues: 16 of one of 2 queues/);
  });

  it('both have room, and nothing is said', async () => {
    const files = { ...tags(3), '/sys/kernel/debug/block/sdx/hctx0/tags': () => queue(8, 0) };
    expect((await observeHost({ snapshot, disks: { sdx }, files })).full).toEqual([]);
  });

  it('a ring over a device that others use too may be full', async () => {
    const two = snapshotText('proxmox')
      .replaceAll('"virtio-scsi-pci",', '"virtio-scsi-pci","num_queues":1,"virtqueue_size":32,')
      .replaceAll('/dev/pve/vm-102-disk-0', '/dev/pve/vm-101-disk-0');
    const seen = await observeHost({ snapshot: two, disks: { 'dm-6': busy } });
    expect(seen.full.map((full) => (full.kind === 'limit' ? full.perhaps : undefined))).toEqual([true, true]);
  });
});

it('a limit of a cgroup above that of a virtual machine is seen', async () => {
  const above = '/sys/fs/cgroup/qemu.slice';
  const files = {
    [`${above}/cpu.max`]: () => '50000 100000\n',
    [`${above}/cpu.stat`]: (s: number) =>
      `nr_periods ${Math.round(10 * s)}\nnr_throttled ${Math.round(5 * s)}\nthrottled_usec ${Math.round(4e5 * s)}\n`,
  };
  const seen = await observeHost({ snapshot: snapshotText('proxmox'), files });
  expect(seen.full).toMatchObject([{ kind: 'cpu.max', cgroup: '/qemu.slice', quota: '50000 100000' }]);
});

describe('threads of the kernel', () => {
  const threads = [
    { at: '40', comm: 'kworker/u8:3+kcryptd/253:0', cpu: 0.8 },
    { at: '41', comm: 'kworker/u8:4-kcryptd/253:0', cpu: 0.7 },
    { at: '42', comm: 'md0_raid1', cpu: 0.5, wait: 0.45 },
    { at: '43', comm: 'kworker/0:1-events', cpu: 0.9 },
    { at: '44', comm: 'ksoftirqd/0', cpu: 0.9 },
  ];

  it('are told by what they serve; workers of one queue together; a lone one may be full', async () => {
    const seen = await observeHost({ snapshot: snapshotText('crypt-raid'), threads, disks: { md0: quiet } });
    expect(
      seen.threads.map(({ name, what, serves, readyPercent, alone }) => [
        name,
        what,
        serves,
        Math.round(readyPercent),
        alone,
      ]),
    ).toEqual([
      ['kcryptd/253:0', 'dm-crypt', ['dm-0'], 150, false],
      ['md0_raid1', 'md', ['md0'], 95, true],
    ]);
    expect(seen.says).toMatch(/^the thread md0_raid1 \(md\) of the kernel, which serves md0 .* looks full/);
  });
});
