// A stack that a script has built on a real kernel: the tree has every layer and parameter that the script set, and neither
// the host nor its disks show that anybody looked.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { discoveredSchema } from '../../../agent/discover/document.ts';
import { inLab, kernelFaults, type LabResult } from '../../support/lab.ts';
import { deviceOf, valueOf, waysDown } from '../../support/snapshots.ts';

const key = 'c0ffee42'.repeat(16);
const dm = (name: string, table: string, uuid = ''): string =>
  `echo "${table}" | dmsetup create --noudevsync ${uuid === '' ? '' : `-u ${uuid} `}${name};`;

// Devices are called by their numbers, in the order in which they are made: nothing makes names below /dev/mapper in the lab.
// From the bottom up: RAID 1 of two disks, crypt, ext4, a file, a loop device, six devices of device-mapper one on the other;
// beside it a thin pool in memory with two volumes. What ext4 looks up some seconds after a mount would count as a read of ours.
const script = `
preload; modprobe -a dm_mod dm_crypt dm_thin_pool dm_delay raid1 ext4 loop 2>/dev/null
echo md_pair >/sys/module/md_mod/parameters/new_array; md=/sys/block/md_pair/md
echo none >$md/metadata_version; echo raid1 >$md/level; echo 2 >$md/raid_disks
for disk in vda vdb; do cat /sys/block/$disk/dev >$md/new_dev; done
echo 61440 >$md/component_size; echo 0 >$md/dev-vda/slot; echo 1 >$md/dev-vdb/slot; echo none >$md/resync_start; echo active >$md/array_state
number=$(cat /sys/block/md_pair/dev)
${dm('secret', `0 120832 crypt aes-xts-plain64 ${key} 0 $number 2048 2 no_read_workqueue no_write_workqueue`, 'CRYPT-LUKS2-0123-secret')}
mkdir -p /tmp/mnt; mke2fs -q -F -t ext4 -E lazy_itable_init=0,lazy_journal_init=0 /dev/dm-0; mount -o noinit_itable,no_prefetch_block_bitmaps /dev/dm-0 /tmp/mnt
truncate -s 16M /tmp/mnt/image; losetup --direct-io=on /dev/loop0 /tmp/mnt/image
${dm('n1', '0 32768 linear /dev/loop0 0')}
${dm('n2', '0 32768 delay /dev/dm-1 0 1')}
${dm('n3', '0 16384 linear /dev/dm-2 16384\n16384 16384 linear /dev/dm-2 0')}
${dm('n4', '0 32768 striped 1 32768 /dev/dm-3 0')}
${dm('n5', '0 32768 flakey /dev/dm-4 0 60 0')}
${dm('n6', '0 32768 linear /dev/dm-5 0')}
mem=/sys/kernel/config/nullb/held; mkdir -p $mem; echo 1 >$mem/memory_backed; echo 64 >$mem/size; echo 1 >$mem/power
${dm('meta', '0 8192 linear /dev/held 0')}
${dm('data', '0 98304 linear /dev/held 8192')}
${dm('pool', '0 98304 thin-pool /dev/dm-7 /dev/dm-8 128 0 1 skip_block_zeroing')}
for id in 1 2; do dmsetup message pool 0 "create_thin $id"; echo "0 32768 thin /dev/dm-9 $id" | dmsetup create --noudevsync thin$id; done
udevadm settle 2>/dev/null; sync; sleep 1
reads() { for disk in vda vdb; do awk '{ print $1 }' /sys/block/$disk/stat; done; }
inventory before; reads >$LAB_OUT/reads-before
layerlift discover --format json >$LAB_OUT/found.json
layerlift discover >$LAB_OUT/tree.txt
layerlift discover /dev/mapper/n6 >$LAB_OUT/part.txt
scripts/collect >$LAB_OUT/host.snapshot
chmod 755 /tmp; setpriv --reuid=65534 --regid=65534 --clear-groups node agent/dist/main.js discover --format json >$LAB_OUT/nobody.json
reads >$LAB_OUT/reads-after; inventory after
same before after && same reads-before reads-after`;

describe('a stack on Linux 6.1', () => {
  let lab: LabResult;
  beforeAll(async () => {
    lab = await inLab(script, { disks: ['64M:one', '64M:two'] });
  });
  afterAll(() => lab.dispose());
  const found = (name = 'found.json') => discoveredSchema.parse(JSON.parse(lab.file(name)));
  const named = (name: string): string => found().devices.find((device) => device.name === name)?.id ?? name;

  it('is shown as it was built, and nobody could tell that it was looked at', () => {
    expect(lab.stderr).toBe('');
    expect(lab.status).toBe(0);
    expect(kernelFaults(lab.file('dmesg'))).toEqual([]);
    const chain = ['n6', 'n5', 'n4', 'n3', 'n2', 'n1'].map(named);
    const bottom = [named('secret'), 'md_pair'];
    const way = [...chain, 'loop0', 'file:/tmp/mnt/image', ...bottom];
    expect(waysDown(found(), named('n6'))).toEqual(['vda', 'vdb'].map((disk) => [...way, disk].join(' > ')));
    const pool = (leg: string): string => ['thin2', 'pool', leg].map(named).join(' > ');
    expect(waysDown(found(), named('thin2')).map((each) => each.replace(/ > [^>]*$/, ''))).toEqual([
      pool('meta'),
      pool('data'),
    ]);
  });

  it.each<[string, string, Readonly<Record<string, string>>]>([
    ['md_pair', 'md raid1', { level: 'raid1', raid_disks: '2', component_size: '61440' }],
    [
      'secret',
      'crypt',
      {
        cipher: 'aes-xts-plain64',
        'key bits': '512',
        options: 'no_read_workqueue no_write_workqueue',
        'made by': 'cryptsetup (LUKS2)',
      },
    ],
    ['loop0', 'loop', { backing_file: '/tmp/mnt/image', dio: '1' }],
    ['n2', 'delay', { delay: '1 ms' }],
    ['n3', 'linear', { segments: '2' }],
    ['n4', 'striped', { stripes: '1', chunk: '32768 sectors' }],
    ['n5', 'flakey', { 'up s': '60', 'down s': '0' }],
    ['pool', 'thin-pool', { block: '128 sectors', options: 'skip_block_zeroing' }],
    ['thin1', 'thin', { 'thin id': '1' }],
  ])('has %s as %s with the parameters that it was given', (name, kind, values) => {
    const device = deviceOf(found(), named(name));
    expect(device.kind).toBe(kind);
    expect(Object.fromEntries(Object.keys(values).map((each) => [each, valueOf(device, each)]))).toEqual(values);
  });

  it('has the limits of its queues, and who stands on it', () => {
    expect(deviceOf(found(), 'loop0').limit?.inFlight).toBe(128);
    expect(deviceOf(found(), 'md_pair')).toMatchObject({ limit: null, users: 1 });
    expect(lab.file('tree.txt')).toContain('file system /tmp/mnt');
    expect(lab.file('part.txt')).toContain('n6 (dm-6): blockstack, linear');
    expect(lab.file('part.txt')).not.toMatch(/thin-pool|type ext4/);
    expect(lab.file('tree.txt')).toContain('slot 1: vdb');
  });

  it('gives no key away, and says what only root sees', () => {
    for (const file of ['found.json', 'tree.txt', 'host.snapshot', 'nobody.json'])
      expect(lab.file(file)).not.toContain('c0ffee');
    expect(deviceOf(found(), named('secret')).table?.join()).toContain('0'.repeat(key.length));
    const nobody = found('nobody.json');
    expect(deviceOf(nobody, 'loop0').below).toEqual([{ id: 'file:/tmp/mnt/image' }]);
    expect(nobody.missing.map(({ what }) => what)).toContain('dmsetup table');
  });
});
