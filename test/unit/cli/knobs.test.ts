import { describe, expect, it } from 'vitest';
import { knobs, type KnobsOptions } from '../../../agent/cli/handlers/knobs.ts';
import { fakeTree, founding, refused, type Tree } from '../../support/fake-tree.ts';

async function printed(files: Tree, options: Partial<KnobsOptions> = {}): Promise<string> {
  let text = '';
  const print = (more: string): void => void (text += more);
  expect(await knobs({ format: 'text', layer: undefined, print, reader: fakeTree(files), ...options })).toBe('ok');
  return text;
}

describe('layerlift knobs', () => {
  it('prints a table for each layer, with like disks in one row', async () => {
    const text = await printed({ ...founding, '/proc/sys/fs/aio-max-nr': '65536\n' });
    expect(text.split('\n').filter((line) => /^\w+$/.test(line))).toEqual(['load', 'ring']);
    const row = text.split('\n').find((line) => line.includes('sda..sdd') && line.includes('scsi.qd')) ?? '';
    expect(row.trim().split(/ {2,}/).slice(0, 7)).toEqual([
      'scsi.qd',
      'queue_depth',
      'sda..sdd',
      '64',
      '1024',
      '64',
      'device',
    ]);
    expect(row).toContain('echo N >/sys/block/DISK/device/queue_depth');
    expect(text).not.toMatch(/undefined|NaN/);
  });

  it('prints one layer alone', async () => {
    const text = await printed({ ...founding, '/proc/sys/fs/aio-max-nr': '65536\n' }, { layer: 'load' });
    expect(text).toContain('aio.max');
    expect(text).not.toContain('scsi.qd');
  });

  it('never folds in JSON, where each has its path', async () => {
    const { knobs: rows, ...rest } = JSON.parse(await printed(founding, { format: 'json' })) as {
      knobs: readonly { id: string; where: string; atDefault: boolean | null }[];
    };
    expect(rest).toEqual({ version: 1, kind: 'layerlift-knobs', debugfs: 'absent', failed: [] });
    const tags = rows.filter(({ id }) => id === 'blk.tags');
    expect(new Set(tags.map(({ where }) => where)).size).toBe(4);
    expect(tags.map(({ atDefault }) => atDefault)).toEqual([null, null, null, null]);
  });

  it('says what could not be read, and what root would add', async () => {
    const path = '/proc/sys/fs/aio-max-nr';
    const tree = fakeTree({ [path]: refused(path) });
    const debugfs = '/sys/kernel/debug/block';
    const text = await printed(
      {},
      { reader: { ...tree, list: (at) => (at === debugfs ? Promise.reject(refused(at)) : tree.list(at)) } },
    );
    expect(text).toContain(`cannot read ${path}: EACCES`);
    expect(text).toContain('root would add');
    expect(text).toContain('no setting was found');
    expect(await printed({})).toContain('debugfs is not mounted');
    expect(await printed({ [`${debugfs}/sda/state`]: '' })).not.toMatch(/debugfs/);
  });
});
