// How long `discover` takes to decode a host of many devices, in memory: volumes on one disk, volumes in a chain with a mount on
// each, iSCSI disks each with a session of its own. The time for ten times as many tells what grows faster than the host.

import { activityIn } from '../../agent/discover/clone/counters.ts';
import { cloneOf } from '../../agent/discover/clone/profile.ts';
import { discoverIn } from '../../agent/discover/graph/build.ts';
import { treeText } from '../../agent/discover/show/text.ts';
import { parseSnapshot } from '../../agent/discover/snapshot.ts';
import { snapshotOf } from '../../test/support/snapshot-text.ts';
import { print, timed } from './figures.ts';

type Parts = Parameters<typeof snapshotOf>[0];

const mountOn = (numbers: readonly string[]): string =>
  numbers.map((number, i) => `${30 + i} 1 ${number} / /srv/${i} rw - ext4 /dev/${number} rw`).join('\n');

/** `below`: the number of the device that a volume stands on. */
function volumes(count: number, below: (i: number) => string): Parts {
  const all = Array.from({ length: count }, (_, i) => i);
  return {
    files: {
      '/proc/self/mountinfo': mountOn(all.map((i) => `253:${i}`)),
      ...{ '/sys/block/sda/dev': '8:0', '/sys/block/sda/size': '2048' },
      ...Object.fromEntries(
        all.flatMap((i) => [
          [`/sys/block/dm-${i}/dev`, `253:${i}`],
          [`/sys/block/dm-${i}/size`, '2048'],
          [`/sys/block/dm-${i}/dm/name`, `v${i}`],
        ]),
      ),
    },
    lists: { '/sys/block': ['sda', ...all.map((i) => `dm-${i}`)] },
    tools: {
      'dmsetup info': all.map((i) => `253\t${i}\tv${i}`).join('\n'),
      'dmsetup table': all.map((i) => `v${i}: 0 2048 linear ${below(i)} 0`).join('\n'),
    },
  };
}

function sessions(count: number): Parts {
  const all = Array.from({ length: count }, (_, i) => i);
  const address = (i: number): string => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`;
  return {
    files: {
      '/proc/self/mountinfo': mountOn(all.map((i) => `8:${i}`)),
      ...Object.fromEntries(
        all.flatMap((i) => [
          [`/sys/block/${nameOf(i)}/dev`, `8:${i}`],
          [`/sys/block/${nameOf(i)}/size`, '2048'],
          [`/sys/class/iscsi_session/session${i}/targetname`, `iqn.2014-08.org.example:${i}`],
          [`/sys/class/iscsi_connection/connection${i}:0/address`, address(i)],
          [`/sys/class/iscsi_connection/connection${i}:0/port`, '3260'],
          [`/sys/class/scsi_host/host${i}/can_queue`, '113'],
        ]),
      ),
    },
    lists: { '/sys/block': all.map(nameOf) },
    links: Object.fromEntries(
      all.map((i) => [
        `/sys/block/${nameOf(i)}`,
        `/sys/devices/platform/host${i}/session${i}/target${i}:0:0/${i}:0:0:0/block/${nameOf(i)}`,
      ]),
    ),
    tools: {
      ss: all.map((i) => `ESTAB 0 0 10.255.0.1:${i} ${address(i)}:3260 rtt:0.5/0.1 minrtt:0.4 lastsnd:9`).join('\n'),
    },
  };
}

/** `sda`, ..., `sdz`, `sdaa`, ... as the kernel counts (drivers/scsi/sd.c, sd_format_disk_name). */
function nameOf(i: number): string {
  let name = '';
  for (let rest = i; rest >= 0; rest = Math.floor(rest / 26) - 1) name = String.fromCharCode(97 + (rest % 26)) + name;
  return `sd${name}`;
}

async function secondsFor(parts: Parts): Promise<number> {
  const text = snapshotOf(parts);
  const ms = await timed(() => {
    const snapshot = parseSnapshot(text, 'the bench');
    const found = discoverIn(snapshot);
    treeText(found);
    cloneOf(found, { activity: activityIn(snapshot), scratch: undefined });
    return Promise.resolve();
  });
  return ms / 1000;
}

const shapes: readonly (readonly [string, (count: number) => Parts])[] = [
  ['volumes on one disk', (count) => volumes(count, () => '8:0')],
  ['volumes in a chain', (count) => volumes(count, (i) => (i === 0 ? '8:0' : `253:${i - 1}`))],
  ['iSCSI disks', sessions],
];

for (const [what, make] of shapes) {
  await secondsFor(make(40));
  const small = await secondsFor(make(40));
  const large = await secondsFor(make(1000));
  const few = await secondsFor(make(100));
  print(`discover, 40 ${what}`, `${small.toFixed(3)} s (aim: 2, with the collector)`);
  print(`discover, 1,000 ${what}`, `${large.toFixed(3)} s (aim: 10, with the collector)`);
  print(`discover, 1,000 ${what} / 100`, `${(large / few).toFixed(1)} (aim: 20)`);
}
