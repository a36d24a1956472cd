// How QEMU does a disk's I/O, in the words of the ring `vduse`: what is open is the truth, what nobody can clone is said.

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ringOf } from '../../../agent/discover/clone/ring.ts';
import type { Device } from '../../../agent/discover/document.ts';
import { vmmSettings } from '../../../agent/stack/ring/vmm-settings.ts';
import { deviceOf } from '../../support/discovered-device.ts';

function disk(values: Readonly<Record<string, string>>): Device {
  const limit = { inFlight: 256, says: '1 x 256 (default)', from: '/proc/7/cmdline' };
  return deviceOf({ layer: 'ring', kind: 'virtio-blk-pci', name: 'disk0', limit }, values);
}

function settingsOf(values: Readonly<Record<string, string>>): unknown {
  const { cloned } = ringOf([disk(values)]);
  const text = (cloned?.lines ?? []).map(({ key, value }) => `${key}: ${value}`).join('\n');
  return vmmSettings.parse(parse(text));
}

describe('a ring of QEMU', () => {
  it.each([
    [{}, { cache: 'none', iothreads: 0, format: 'raw' }],
    [
      { cache: 'none', aio: 'native', opened: 'O_DIRECT' },
      { cache: 'none', aio: 'native' },
    ],
    [{ cache: 'directsync', opened: 'O_DIRECT' }, { cache: 'directsync' }],
    [{ opened: 'buffered' }, { cache: 'writeback' }],
    [{ cache: 'unsafe', opened: 'buffered' }, { cache: 'unsafe' }],
    [{ cache: 'direct' }, { cache: 'none' }],
    [
      { cache: 'page cache', aio: 'threads' },
      { cache: 'writeback', aio: 'threads' },
    ],
    [
      { iothread: 'io1', format: 'qcow2', discard: 'on' },
      { iothreads: 1, format: 'qcow2', discard: 'unmap' },
    ],
    [{ iops: '500' }, { throttle: { iops: 500 } }],
  ])('with %j is %j', (values, wanted) => expect(settingsOf(values)).toMatchObject(wanted));

  it('whose file is open through the page cache is not direct, whatever its command line says', () => {
    const values = { cache: 'none', aio: 'native', opened: 'buffered' };
    expect(settingsOf(values)).toMatchObject({ cache: 'writeback' });
    expect(settingsOf(values)).not.toHaveProperty('aio');
    expect(ringOf([disk(values)]).open.join('\n')).toContain('threads stand for it');
  });

  it.each([
    [{ format: 'vmdk' }, 'format vmdk of disk0 is not cloned'],
    [{ throttle: 'gold' }, 'throttle group gold of disk0'],
    [{ format: 'qcow2' }, 'backing files are missing'],
  ])('says of %j what is not cloned', (values, says) => {
    expect(settingsOf(values)).toBeDefined();
    expect(ringOf([disk(values)]).open.join('\n')).toContain(says);
  });
});
