// Planted saturations, each with five seeds: the first sentence names the queue that is full; and healthy hosts, of which
// nothing is said.

import { describe, expect, it } from 'vitest';
import { observedJsonSchema, observedSchema } from '../../../agent/observe/document.ts';
import { observedText } from '../../../agent/observe/show/text.ts';
import { keptFull, observeHost, type SimHost, type SimThread, upTo } from '../../support/observed-host.ts';
import { snapshotOf, snapshotText } from '../../support/snapshots.ts';

const seeds = [1, 2, 3, 4, 5];

/** Disks with hardware queues; `more` are other files of the snapshot. */
function disks(
  names: readonly string[],
  {
    tags = 32,
    queues = 1,
    more = {},
  }: { tags?: number; queues?: number; more?: Readonly<Record<string, string>> } = {},
): string {
  return snapshotOf({
    files: {
      ...Object.fromEntries(
        names.flatMap((name, i) => [
          [`/sys/block/${name}/dev`, `8:${16 * i}`],
          [`/sys/block/${name}/size`, '2097152'],
          [`/sys/block/${name}/queue/scheduler`, '[none]'],
          [`/sys/block/${name}/mq/0/nr_tags`, `${tags}`],
          [`/sys/block/${name}/mq/0/nr_reserved_tags`, '0'],
        ]),
      ),
      ...more,
    },
    lists: {
      '/sys/block': names,
      ...Object.fromEntries(
        names.map((name) => [`/sys/block/${name}/mq`, Array.from({ length: queues }, (_, i) => `${i}`)]),
      ),
    },
  });
}

/** LUNs of one iSCSI session. */
function luns(count: number): string {
  const names = Array.from({ length: count }, (_, i) => `sd${'abcdefgh'[i] ?? ''}`);
  const links = names
    .map(
      (name, i) =>
        `real /sys/block/${name}\n\t/sys/devices/platform/host2/session1/target2:0:0/2:0:0:${i}/block/${name}\n`,
    )
    .join('');
  const text = disks(names, {
    tags: 113,
    more: {
      ...Object.fromEntries(names.map((name) => [`/sys/block/${name}/device/queue_depth`, '32'])),
      ...{ '/sys/class/scsi_host/host2/can_queue': '113', '/sys/class/scsi_host/host2/proc_name': 'iscsi_tcp' },
      '/sys/class/iscsi_session/session1/targetname': 'iqn.2026-11.example:array',
      '/sys/class/iscsi_connection/connection1:0/address': '10.9.0.2',
      '/sys/class/iscsi_connection/connection1:0/port': '3260',
      '/sys/class/net/eth1/speed': '1000',
    },
  });
  return text.replace(/end\n$/, `${links}end\n`);
}

const lun = (inFlight: number, waiting = 0) => ({
  iosPerSecond: 800,
  latencyMs: 35,
  inFlight: keptFull(inFlight),
  waiting,
});

const cgroup = (files: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [`/sys/fs/cgroup/guests/a/${name}`, text]));

const qemuThreads = (busy: Partial<Record<'main' | 'io' | 'worker', number>>): readonly SimThread[] => [
  { at: '4101/task/4101', comm: 'kvm', cpu: busy.main ?? 0.02 },
  { at: '4101/task/4102', comm: 'IO iothread-vir', cpu: (busy.io ?? 0.05) * 0.7, wait: (busy.io ?? 0.05) * 0.3 },
  { at: '4101/task/4103', comm: 'worker', cpu: busy.worker ?? 0.01 },
  { at: '4101/task/4104', comm: 'CPU 0/KVM', cpu: 1 },
];

const netDev =
  (sent: number, received: number) =>
  (seconds: number): string =>
    `Inter-|\n face |\n  eth1: ${Math.round(received * seconds)} 0 0 0 0 0 0 0 ${Math.round(sent * seconds)} 0 0 0 0 0 0 0\n`;

const socket = ({ rtt = 0.4, minrtt = 0.3, segments = 1000, resent = 0, windowMs = 0 }, seconds: number): string =>
  `ESTAB 0 0 10.9.0.1:41234 10.9.0.2:3260 ino:0 sk:1 cubic rtt:${rtt}/0.1 mss:1448 segs_out:${Math.round(segments * seconds)} retrans:0/${Math.round(resent * seconds)} lastsnd:4 busy:${Math.round(900 * seconds)}ms rwnd_limited:${Math.round(windowMs * seconds)}ms(1%) minrtt:${minrtt}\n`;

function network(over: Partial<SimHost>, how: Parameters<typeof socket>[0] = {}): SimHost {
  return {
    snapshot: luns(1),
    disks: { sda: lun(12) },
    files: { '/proc/net/dev': netDev(5e6, 40e6) },
    ...over,
    programs: {
      ip: () => '10.9.0.2 dev eth1 src 10.9.0.1 uid 0\n',
      tc: () => '[{"kind":"fq_codel","root":true,"bytes":1,"drops":0,"options":{}}]',
      ss: (seconds) => socket(how, seconds),
      ...over.programs,
    },
  };
}

const planted: Readonly<Record<string, readonly [SimHost, RegExp]>> = {
  'tags of a disk': [
    { snapshot: disks(['sdx']), disks: { sdx: { iosPerSecond: 1600, latencyMs: 20, inFlight: keptFull(32) } } },
    /^sdx \(media\) looks capped by .*32 tags, reached \d+ % of the time/,
  ],
  'a ring of virtio': [
    {
      snapshot: snapshotText('proxmox').replaceAll(
        '"virtio-scsi-pci",',
        '"virtio-scsi-pci","num_queues":1,"virtqueue_size":64,',
      ),
      disks: {
        'dm-6': { iosPerSecond: 3000, latencyMs: 20, inFlight: keptFull(64) },
        nvme0n1: { iosPerSecond: 3000, latencyMs: 19, inFlight: upTo(63) },
      },
      threads: qemuThreads({}),
    },
    /^scsi0 \(.*ring\) looks capped by its ring: .*64.* for web101/,
  ],
  'the window of a session that four LUNs share': [
    { snapshot: luns(4), disks: { sda: lun(28), sdb: lun(29), sdc: lun(28), sdd: lun(28) } },
    /^sda \(network\) looks capped by the window of its session: can_queue 113 of host2, .*shared with sdb \(network\), sdc/,
  ],
  "a target's window, which this host does not show": [
    { snapshot: luns(1), disks: { sda: lun(16, 12) } },
    /^sda \(network\) looks capped at 16 in flight, \d+ % of the time, by something that this host does not show, while 12 more wait/,
  ],
  'an I/O thread': [
    {
      snapshot: snapshotText('proxmox'),
      disks: { 'dm-6': { iosPerSecond: 9000, latencyMs: 1, inFlight: upTo(20) } },
      threads: qemuThreads({ io: 0.99 }),
    },
    /^the thread IO iothread-vir \(I\/O thread\) of web101, which serves scsi0 .*, looks full: .* 99 % .*an I\/O thread for each disk/,
  ],
  'io.max': [
    {
      snapshot: disks(['sdx'], { more: cgroup({ 'io.max': '8:0 rbps=max wbps=max riops=500 wiops=max' }) }),
      disks: { sdx: { iosPerSecond: 498, latencyMs: 1, inFlight: upTo(2) } },
      files: {
        '/sys/fs/cgroup/guests/a/io.max': () => '8:0 rbps=max wbps=max riops=500 wiops=max\n',
        '/sys/fs/cgroup/guests/a/io.stat': (s) =>
          `8:0 rbytes=${Math.round(498 * 4096 * s)} wbytes=0 rios=${Math.round(498 * s)} wios=0\n`,
      },
    },
    /^cgroup \/guests\/a looks held back by io.max on sdx \(media\): 49\d of riops=500 a second/,
  ],
  'cpu.max': [
    {
      snapshot: disks(['sdx'], { more: cgroup({ 'io.max': '', 'cpu.max': '20000 100000' }) }),
      disks: { sdx: { iosPerSecond: 498, latencyMs: 1, inFlight: upTo(2) } },
      files: {
        '/sys/fs/cgroup/guests/a/cpu.max': () => '20000 100000\n',
        '/sys/fs/cgroup/guests/a/cpu.stat': (s) =>
          `usage_usec ${Math.round(2e5 * s)}\nnr_periods ${Math.round(10 * s)}\nnr_throttled ${Math.round(9 * s)}\nthrottled_usec ${Math.round(7e5 * s)}\n`,
      },
    },
    /^cgroup \/guests\/a looks held back by cpu.max "20000 100000": .* 70 % of the time/,
  ],
  'a shaper on the way': [
    network({
      programs: {
        tc: (s) =>
          `[{"kind":"netem","root":true,"bytes":${Math.round(6.2e6 * s)},"drops":0,"options":{"limit":1000,"rate":{"rate":6250000}}}]`,
      },
    }),
    /^the path to 10.9.0.2:3260 of sda \(network\) looks saturated: netem on eth1 lets 5.96 MiB a second through/,
  ],
  'a full link': [
    network({ files: { '/proc/net/dev': netDev(2e6, 118e6) } }),
    /^the path to .* looks saturated: 112.5 MiB a second on eth1, whose speed is 119.2 MiB/,
  ],
  'a narrow link far away': [
    network({}, { rtt: 30, minrtt: 0.5 }),
    /^the path to .* looks saturated: the round trip is 30 ms, at its least 500 us/,
  ],
  'a way that loses packets': [network({}, { resent: 40 }), /^the path to .* loses packets: 4.0 % of its segments/],
  "the far end's receive window": [
    network({}, { windowMs: 700 }),
    /^the path to .* held back by the far end's receive window, for 78 %/,
  ],
};

const healthy: Readonly<Record<string, SimHost>> = {
  'nothing moves': { snapshot: disks(['sdx']), disks: { sdx: { iosPerSecond: 0, latencyMs: 0, inFlight: () => 0 } } },
  'half of the tags are in use': {
    snapshot: disks(['sdx']),
    disks: { sdx: { iosPerSecond: 4000, latencyMs: 4, inFlight: upTo(20) } },
  },
  'bursts that fill the tags for a moment': {
    snapshot: disks(['sdx']),
    disks: {
      sdx: { iosPerSecond: 2000, latencyMs: 5, inFlight: (random) => (random.below(5) === 0 ? 32 : random.below(6)) },
    },
  },
  'guests that keep sixteen in flight, and no more wait': { snapshot: luns(1), disks: { sda: lun(16) } },
  'a path with slow CPUs at its ends': network({}, { rtt: 1.2, minrtt: 0.2 }),
  'virtual machines below their rings and limits': {
    snapshot: snapshotText('proxmox'),
    disks: {
      'dm-6': { iosPerSecond: 900, latencyMs: 2, inFlight: upTo(6) },
      'dm-7': { iosPerSecond: 300, latencyMs: 2, inFlight: upTo(3) },
      nvme0n1: { iosPerSecond: 1200, latencyMs: 1, inFlight: upTo(8) },
    },
    threads: qemuThreads({}),
  },
  'paths of NVMe over TCP with room': {
    snapshot: snapshotText('nvme-tcp'),
    disks: Object.fromEntries(
      ['nvme0c0n1', 'nvme0c1n1', 'nvme0c0n2', 'nvme0c1n2'].map((name) => [
        name,
        { iosPerSecond: 2000, latencyMs: 10, inFlight: upTo(40) },
      ]),
    ),
  },
};

describe('a planted saturation is named in the first sentence', () => {
  it.each(Object.entries(planted))('%s', async (_, [host, words]) => {
    for (const seed of seeds) {
      const seen = await observeHost(host, { seed });
      expect(seen.says.split('\n')[0]).toMatch(words);
      expect(seen.full.length).toBeGreaterThan(0);
      expect(observedSchema.parse(JSON.parse(JSON.stringify(seen)))).toEqual(seen);
    }
  });
});

describe('a healthy host is said to be so', () => {
  it.each(Object.entries(healthy))('%s', async (_, host) => {
    for (const seed of seeds) {
      const seen = await observeHost(host, { seed });
      expect(seen.says).toMatch(/^nothing looks full/);
      expect(seen.full).toEqual([]);
      expect(observedText(seen)).toContain('cost: ');
    }
  });
});

it('the schema of the JSON can be printed', () => {
  expect(JSON.stringify(observedJsonSchema())).toContain('layerlift-observed');
});
