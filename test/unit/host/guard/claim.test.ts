// Taking a disk for a run on a kernel in memory: what is looked at while it is open, and again once the claim stands.

import { describe, expect, it } from 'vitest';
import { createClaimed } from '../../../../agent/host/guard/claim.ts';
import type { Kernel } from '../../../../agent/host/port.ts';
import { NeedError } from '../../../../agent/lib/errors.ts';
import { fakeEyes } from '../../../support/fake-eyes.ts';
import { errno } from '../../../support/fake-kernel.ts';

const claim = { path: '/dev/sdb', number: '8:16', name: 'sdb', sectors: 8 };
const device = {
  ...{ name: 'layerlift-a-guard', uuid: 'layerlift-a-guard', readOnly: true },
  table: [{ start: 0, length: 8, type: 'flakey', params: '/dev/sdb 0 1 0 1 error_writes' }],
};

/** A disk that nobody uses, but for what `mounts` says from the `from`-th time on that it is asked. */
function machine(mounts = '', from = 1, more: Partial<Kernel> = {}) {
  const did: string[] = [];
  let asked = 0;
  const host = fakeEyes({
    files: {
      '/sys/class/block/sdb/dev': '8:16\n',
      '/sys/class/block/sdb/size': '8\n',
      '/sys/class/block/sdb/stat': '1 0 8 0 0 0 0 0 0 0 0\n',
      '/sys/class/block/dm-0/dm/name': device.name,
    },
    links: { '/proc/self/ns/pid': 'pid:[4026531836]' },
    nodes: { '/dev/sdb': '8:16' },
  });
  const kernel: Kernel = {
    ...host,
    read: (path) => {
      if (path !== '/proc/1/mountinfo') return host.read(path);
      asked += 1;
      return Promise.resolve(asked >= from ? mounts : '');
    },
    list: (path) => {
      if (path === '/proc') return Promise.resolve(['1']);
      const holds = path === '/sys/class/block/sdb/holders' && did.includes('make');
      return holds ? Promise.resolve(['dm-0']) : host.list(path);
    },
    openExclusively: () => {
      did.push('open');
      return { number: '8:16', close: () => did.push('close') };
    },
    control: () => {
      if (!did.includes('make')) did.push('make');
      return Promise.resolve(0);
    },
    ...more,
  };
  return { did, kernel };
}

const mounted = '36 24 8:16 / /srv rw - ext4 /dev/sdb rw\n';

describe.concurrent('a disk', () => {
  it('that nobody uses is open while it is looked at, and let go for the device that claims it', async () => {
    const { did, kernel } = machine();
    expect(await createClaimed(device, claim, kernel)).toBe('/dev/dm-0');
    expect(did).toEqual(['open', 'close', 'make']);
  });

  it('that is mounted is refused by name before anything is made', async () => {
    const { did, kernel } = machine(mounted);
    await expect(createClaimed(device, claim, kernel)).rejects.toThrow('/dev/sdb is in use: mounted at /srv');
    expect(did).toEqual(['open', 'close']);
  });

  it('that comes into use between the open file and the claim is refused after all', async () => {
    const { did, kernel } = machine(mounted, 2);
    const failure = await createClaimed(device, claim, kernel).catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(NeedError);
    expect(String(failure)).toContain(': mounted at /srv');
    expect(did).toEqual(['open', 'close', 'make']);
  });

  it('that somebody else has claimed is refused, whether it is seen who it is or not', async () => {
    const busy = () => {
      throw errno('EBUSY');
    };
    const unseen = machine('', 1, { openExclusively: busy });
    await expect(createClaimed(device, claim, unseen.kernel)).rejects.toThrow('claimed for exclusive use by somebody');
    const seen = machine(mounted, 1, { openExclusively: busy });
    await expect(createClaimed(device, claim, seen.kernel)).rejects.toThrow(': mounted at /srv');
    expect([...unseen.did, ...seen.did]).toEqual([]);
  });

  it('whose path leads to another one by now is closed and refused', async () => {
    const closed: string[] = [];
    const { did, kernel } = machine('', 1, {
      openExclusively: () => ({ number: '8:32', close: () => closed.push('close') }),
    });
    await expect(createClaimed(device, claim, kernel)).rejects.toThrow('leads to another device than it did before');
    expect([closed, did]).toEqual([['close'], []]);
  });
});
