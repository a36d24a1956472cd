import { describe, expect, it } from 'vitest';
import { foldKnobs, foldNames } from '../../../agent/knobs/fold.ts';
import { readKnobs } from '../../../agent/knobs/registry.ts';
import { fakeTree, founding } from '../../support/fake-tree.ts';

describe('names of disks', () => {
  it.each<[readonly string[], string]>([
    [[], ''],
    [['sda'], 'sda'],
    [['sdb', 'sda'], 'sda, sdb'],
    [['sdd', 'sda', 'sdc', 'sdb'], 'sda..sdd'],
    [['sdy', 'sdz', 'sdaa', 'sdab'], 'sdy..sdab'],
    [['sdaz', 'sdba', 'sday'], 'sday..sdba'],
    [['nvme0n1', 'nvme0n2', 'nvme0n3', 'nvme1n1'], 'nvme0n1..nvme0n3, nvme1n1'],
    [['loop9', 'loop10', 'loop11', 'loop8'], 'loop8..loop11'],
    [['sda', 'sdc', 'sde', 'sdg', 'sdi'], 'sda, sdc, sde and 2 more'],
    [['host2', 'a', 'b'], 'a, b, host2'],
  ])('%j are %s', (names, folded) => {
    expect(foldNames(names)).toBe(folded);
  });
});

it('four disks alike make one row, one that differs has its own', async () => {
  const files = { ...founding, '/sys/block/sdc/device/queue_depth': '8\n' };
  const { knobs } = await readKnobs(fakeTree(files));
  const rows = foldKnobs(knobs).filter(({ knob }) => knob.id === 'scsi.qd');
  expect(rows.map(({ knob, devices }) => [knob.value, devices])).toEqual([
    ['64', 'sda, sdb, sdd'],
    ['8', 'sdc'],
  ]);
  expect(foldKnobs(knobs).find(({ knob }) => knob.id === 'blk.tags')?.devices).toBe('sda..sdd');
});
