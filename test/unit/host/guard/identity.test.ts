import { describe, expect, it } from 'vitest';
import { familyOf } from '../../../../agent/host/guard/family.ts';
import { identityOf, isCalled } from '../../../../agent/host/guard/identity.ts';
import { parseWipefs, signaturesOn } from '../../../../agent/host/guard/signatures.ts';
import { fakeEyes } from '../../../support/fake-eyes.ts';

const dev = (name: string, number: string): Record<string, string> => ({
  [`/sys/class/block/${name}/dev`]: `${number}\n`,
});
const twoPaths = {
  ...{ ...dev('sda', '8:0'), ...dev('sda1', '8:1'), ...dev('sdb', '8:16'), ...dev('sdb1', '8:17') },
  '/sys/class/block/sda/sda1/partition': '1\n',
  '/sys/class/block/sda1/partition': '1\n',
  '/sys/class/block/sdb/sdb1/partition': '1\n',
  '/sys/class/block/sda/size': '2048\n',
  '/sys/block/sda/device/wwid': 'naa.5000c500a1b2c3d4\n',
  '/sys/block/sdb/device/wwid': 'naa.5000c500a1b2c3d4\n',
  '/sys/block/sdc/device/wwid': 'naa.5000c500a1b2c3d5\n',
};
const links = { '/sys/class/block/sda1': '../../devices/pci0/block/sda/sda1' };
const names = async (files: Record<string, string>, name: string, number: string): Promise<readonly string[]> =>
  (await familyOf(fakeEyes({ files, links }), { name, number })).map((member) => member.name);

describe('the family of a device', () => {
  it('of a disk has its partitions, and the same disk by another path', async () => {
    expect(await names(twoPaths, 'sda', '8:0')).toEqual(['sda', 'sda1', 'sdb', 'sdb1']);
  });

  it('of a partition has its disk', async () => {
    expect(await names(twoPaths, 'sda1', '8:1')).toEqual(['sda1', 'sda', 'sdb', 'sdb1']);
  });

  it('takes no two disks for one because both lack a serial', async () => {
    const wwid = 't10.ATA     QEMU HARDDISK\n';
    const files = { ...twoPaths, '/sys/block/sda/device/wwid': wwid, '/sys/block/sdb/device/wwid': wwid };
    expect(await names(files, 'sda', '8:0')).toEqual(['sda', 'sda1']);
  });
});

describe('the identity of a disk', () => {
  it('is what it says of itself, wherever the driver puts it; a partition has that of its disk', async () => {
    const files = {
      ...twoPaths,
      '/sys/class/block/sda/device/vpd_pg80': '\0\ufffd\0\u0008 WD-1234',
      '/sys/class/block/sda/wwid': 'naa.5000c500a1b2c3d4\n',
      '/sys/class/block/sda/removable': '1\n',
      '/sys/class/block/sda1/size': '1000\n',
    };
    const found = await identityOf(fakeEyes({ files, links }), 'sda1');
    expect(found).toEqual({
      sectors: 1000,
      removable: true,
      readOnly: false,
      serials: ['naa.5000c500a1b2c3d4', 'WD-1234'],
    });
    expect(isCalled(found, 'WD-1234')).toBe(true);
    expect(isCalled(found, '0x5000C500A1B2C3D4')).toBe(true);
  });

  it.each(['', ' ', 'WD', 'wd-1234', 'WD-12345', '0x'])('is not %j', (given) => {
    expect(isCalled({ serials: ['WD-1234'] }, given)).toBe(false);
  });
});

describe('what a device carries', () => {
  it('is read from the list of wipefs', () => {
    const text = JSON.stringify({
      signatures: [
        { device: 'sdb', offset: '0x1fe', type: 'dos', uuid: null, label: null },
        { device: 'sdb', offset: '0x218', type: 'LVM2_member', uuid: 'x', label: null },
      ],
    });
    expect(parseWipefs(text)).toEqual(['dos at 0x1fe', 'LVM2_member at 0x218']);
    expect(parseWipefs('')).toEqual([]);
  });

  it.each(['{', '[]', '{"signatures":3}', 'wipefs: error'])('is unknown where it prints %j', (text) => {
    expect(parseWipefs(text)).toBeUndefined();
  });

  it('is unknown where wipefs fails, and that says why', async () => {
    expect(await signaturesOn(fakeEyes({ printed: new Error('exit 1') }), '/dev/sdb')).toEqual({ cannot: 'exit 1' });
  });
});
