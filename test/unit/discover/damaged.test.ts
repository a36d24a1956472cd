// Hosts that change, hide, or answer with rubbish: a partial tree that says what is missing, never an end without one.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { discoveredSchema } from '../../../agent/discover/document.ts';
import { narrowed } from '../../../agent/discover/show/select.ts';
import { treeText } from '../../../agent/discover/show/text.ts';
import { parseSnapshot } from '../../../agent/discover/snapshot.ts';
import {
  deviceOf,
  discoverText,
  discoverFixture,
  dmHost,
  snapshotNames,
  snapshotOf,
  snapshotText,
} from '../../support/snapshots.ts';

describe('a snapshot', () => {
  it('that is none is refused with a way to make one', () => {
    expect(() => parseSnapshot('hello', 'notes.txt')).toThrow(/notes\.txt is no snapshot.*scripts\/collect/);
  });

  it('that is cut short gives what is there, and says so', () => {
    const text = snapshotText('crypt-raid');
    const found = discoverText(text.slice(0, text.indexOf('real /sys/block/md0')));
    expect(found.missing).toContainEqual({ what: 'the rest of the snapshot', why: 'it is cut short' });
    expect(() => treeText(found)).not.toThrow();
  });

  it('with records of another kind says how many were not understood', () => {
    const found = discoverText(snapshotOf({}).replace('end', 'fnord x\n\ty\nend'));
    expect(found.missing).toEqual([{ what: '1 records of the snapshot', why: 'not understood' }]);
    expect(treeText(found)).toContain('no block device was found');
  });

  it('gives a document that keeps to its schema, whatever line is lost or spoiled', () => {
    const texts = snapshotNames.map(snapshotText);
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.array(
          fc.tuple(
            fc.nat(),
            fc.constantFrom(
              '',
              '\tfile',
              '\t-1',
              '\t\u001b[2J',
              'end',
              '\t{"',
              'list /sys/block',
              '\t99999999999999999999',
            ),
          ),
        ),
        (text, changes) => {
          const lines = text.split('\n');
          for (const [at, line] of changes) lines[1 + (at % (lines.length - 1))] = line;
          const found = discoverText(lines.join('\n'));
          discoveredSchema.parse(found);
          expect(treeText(found)).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
        },
      ),
      { seed: 17, numRuns: 100 },
    );
  });
});

describe('a host', () => {
  it('whose devices vanish while it is looked at says which', () => {
    const text = snapshotText('crypt-raid').replace('file /sys/block/nvme1n1/dev\n\t259:8\n', '');
    const found = discoverText(text);
    expect(found.missing).toContainEqual({ what: '/sys/block/nvme1n1', why: 'gone while it was looked at' });
    expect(found.missing).toContainEqual({ what: 'nvme1n1', why: 'it is named below md0, and is not there' });
    expect(deviceOf(found, 'md0').below.map(({ id }) => id)).toEqual(['nvme0n1']);
  });

  it('whose devices stand on one another in a ring ends, with each of them once', () => {
    const found = discoverText(dmHost(['0 2048 linear 253:1 0', '0 2048 linear 253:2 0', '0 2048 linear 253:0 0']));
    const text = treeText(found);
    expect(
      ['d0 (dm-0): blockstack', 'd1 (dm-1): blockstack', 'd2 (dm-2): blockstack'].map(
        (part) => text.split(part).length - 1,
      ),
    ).toEqual([1, 1, 1]);
    expect(narrowed(found, [{ word: '/dev/mapper/d1' }]).devices).toHaveLength(3);
  });

  it('with names of any character prints no control character and no second line', () => {
    const names = ['a"b', "it's", 'sp\\x20ace', 'uml\u00e4ut', 'r\u202etl', '$(reboot)', '-x', '%s'];
    const text = treeText(
      discoverText(
        dmHost(
          names.map(() => '0 2048 zero'),
          names,
        ),
      ),
    );
    expect(text).not.toMatch(/\u202e/);
    expect(text.split('\n').filter((line) => line.includes('blockstack, zero'))).toHaveLength(names.length);
    const escape = snapshotOf({
      files: {
        '/sys/block/dm-0/dev': '253:0',
        '/sys/block/dm-0/size': '8',
        '/sys/block/dm-0/dm/name': 'x\u001b[31m\ny',
      },
      lists: { '/sys/block': ['dm-0'] },
    });
    expect(treeText(discoverText(escape))).toContain('x [31m y (dm-0)');
  });

  it('that is looked at without root still has its tree, by sysfs, and says what root would add', () => {
    const text = snapshotText('crypt-raid').replace(
      /tool dmsetup (info|table)\n(\t.*\n)*/g,
      'miss dmsetup $1\n\texit 1\n',
    );
    const found = discoverText(text);
    expect(deviceOf(found, 'dm-0')).toMatchObject({
      kind: 'dm',
      below: [{ id: 'md0' }],
      notes: ['its table could not be read: what it does is not known'],
    });
    expect(treeText(found)).toContain('dmsetup info, dmsetup table: exit 1');
  });

  it('whose tools answer with rubbish says so, and uses the rest', () => {
    const text = snapshotText('nvme-tcp')
      .replace(/tool ip addr\n\t.*/, 'tool ip addr\n\tObject "-j" is unknown')
      .replace(/tool dmsetup table\n\t.*/, 'tool dmsetup table\n\tfast-db: 12 what');
    const found = discoverText(text);
    expect(found.missing).toContainEqual({ what: 'ip addr', why: 'its answer is no JSON' });
    expect(found.missing).toContainEqual({ what: 'the table of fast-db', why: 'not understood' });
    expect(deviceOf(found, 'dm-0').below).toEqual([{ id: 'nvme0n1' }, { id: 'nvme0n2' }]);
  });

  it('with values that are none leaves them out, and says what was expected', () => {
    const found = discoverText(
      snapshotText('xcpng').replace(
        'file /sys/block/sda/device/queue_depth\n\t32',
        'file /sys/block/sda/device/queue_depth\n\tmany',
      ),
    );
    expect(found.missing).toContainEqual({
      what: '/sys/block/sda/device/queue_depth',
      why: 'expected a whole number, not "many"',
    });
    expect(deviceOf(found, 'sda').limit).toMatchObject({ inFlight: 113, sharedIn: 'host3' });
  });
});

describe('a big host', () => {
  it('of 10,000 devices in one chain, and side by side, is walked within seconds', () => {
    const chain = Array.from({ length: 5000 }, (_, i) => (i === 0 ? '0 2048 zero' : `0 2048 linear 253:${i - 1} 0`));
    const wide = Array.from({ length: 5000 }, () => '0 2048 linear 253:0 0');
    // Of the CPU: a loaded machine takes longer, and is no fault.
    const from = process.cpuUsage();
    const found = discoverText(dmHost([...chain, ...wide]));
    const text = treeText(found);
    expect(found.devices).toHaveLength(10_000);
    expect(text.split('\n').filter((line) => line.includes('blockstack, linear'))).toHaveLength(9_999);
    expect(process.cpuUsage(from).user / 1e6).toBeLessThan(10);
  });
});

describe('what was asked for', () => {
  it.each<[string, string, readonly string[]]>([
    ['proxmox', '/dev/pve/vm-101-disk-0', ['web101']],
    ['proxmox', '/dev/mapper/pve-data-tpool', ['web101', 'web102']],
    ['proxmox', '259:0', ['web101', 'web102', '/', 'swap on /dev/dm-0']],
    ['proxmox', 'web102', ['web102']],
    ['proxmox', '4101', ['web101']],
    ['caches', '/var/lib/libvirt/images', ['/var/lib/libvirt/images']],
    ['xen-lvm', '4', ['db']],
    ['xen-lvm', 'old', ['old']],
    ['xcpng', 'sda', ['vm7', 'vm9']],
  ])('%s: %s leads to %s', (name, word, users) => {
    const some = narrowed(discoverFixture(name), [{ word }]);
    expect(some.users.map((user) => user.name)).toEqual(users);
    discoveredSchema.parse(some);
  });

  it('keeps what stands below, but not what is beside', () => {
    const some = narrowed(discoverFixture('proxmox'), [{ word: 'web101' }]);
    expect(some.devices.map(({ id }) => id).sort()).toEqual([
      'dm-2',
      'dm-3',
      'dm-4',
      'dm-6',
      'nvme0n1',
      'nvme0n1p3',
      'qemu:4101:scsi0',
    ]);
  });

  it('and is not there is refused with what there is', () => {
    expect(() => narrowed(discoverFixture('xen-lvm'), [{ word: '/dev/sdx' }])).toThrow(
      /nothing on this host is called "\/dev\/sdx".*web, db, old/s,
    );
  });
});
