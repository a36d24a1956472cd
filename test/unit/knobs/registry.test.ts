import { describe, expect, it } from 'vitest';
import { readKnobs } from '../../../agent/knobs/registry.ts';
import { disk, fakeTree, founding, refused, type Tree } from '../../support/fake-tree.ts';

describe('whatever a host has', () => {
  it('an empty one has no knobs and no failure', async () => {
    expect(await readKnobs(fakeTree({}))).toEqual({ knobs: [], failed: [] });
  });

  it('an unreadable file is named and takes no other knob with it', async () => {
    const path = '/sys/block/sdb/device/queue_depth';
    const parameter = '/sys/module/tcm_loop/parameters/can_queue';
    const { knobs, failed } = await readKnobs(
      fakeTree({ ...founding, [path]: refused(path), [parameter]: refused(parameter) }),
    );
    expect(failed).toEqual([
      { source: parameter, reason: `EACCES: permission denied, open '${parameter}'` },
      { source: 'queue_depth of sdb', reason: `EACCES: permission denied, open '${path}'` },
    ]);
    expect(knobs.filter(({ id }) => id === 'scsi.qd').map(({ device }) => device)).toEqual(['sda', 'sdc', 'sdd']);
    expect(knobs.find(({ name }) => name === 'tcm_loop.cmd_per_lun')).toBeDefined();
  });

  it('a disk that cannot be looked at is named, the others stay', async () => {
    const path = '/sys/block/sdb/mq/0/nr_tags';
    const { knobs, failed } = await readKnobs(fakeTree({ ...founding, [path]: refused(path) }));
    expect(failed.map(({ source }) => source)).toEqual(['disk sdb']);
    expect(knobs.filter(({ id }) => id === 'blk.tags').map(({ device }) => device)).toEqual(['sda', 'sdc', 'sdd']);
  });

  it.each(['-1', 'garbage', '6.4', '1e3', '0', '99999999999999999999', ''])(
    'a value of %j implies no limit, and is shown as it was read',
    async (value) => {
      const { knobs, failed } = await readKnobs(
        fakeTree({
          ...founding,
          '/sys/class/scsi_host/host2/can_queue': value,
          '/sys/block/sda/mq/0/nr_tags': value,
          '/sys/block/sda/device/queue_depth': value,
        }),
      );
      expect(failed).toEqual([]);
      const odd = knobs.filter(({ id, device }) =>
        device === 'host2' ? id === 'tcm.canq' : device === 'sda' && ['scsi.qd', 'blk.tags'].includes(id),
      );
      expect(odd.map((knob) => knob.value)).toEqual(value === '' ? [] : [value, value, value]);
      expect(odd.filter(({ limit }) => limit !== undefined)).toEqual([]);
      expect(knobs.every(({ limit = 1 }) => Number.isSafeInteger(limit) && limit > 0)).toBe(true);
    },
  );

  it('thousands of disks are read with few files open at a time', async () => {
    const names = Array.from({ length: 2000 }, (_, i) => `nbd${i}`);
    const tree = fakeTree(Object.assign({}, ...names.map((name) => disk(name, '128'))) as Tree);
    let [open, most] = [0, 0];
    const { knobs } = await readKnobs({
      list: tree.list,
      read: async (path) => {
        most = Math.max(most, ++open);
        await new Promise((resolve) => setImmediate(resolve));
        open--;
        return tree.read(path);
      },
    });
    expect(knobs).toHaveLength(2000);
    expect(most).toBeLessThan(100);
  });
});
