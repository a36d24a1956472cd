import { describe, expect, it } from 'vitest';
import type { Knob } from '../../../agent/knobs/knob.ts';
import { type Cap, type Match, matchKnobs } from '../../../agent/knobs/match.ts';
import { readKnobs } from '../../../agent/knobs/registry.ts';
import { likelySuspects } from '../../../agent/knobs/suspects.ts';
import { fakeTree, founding } from '../../support/fake-tree.ts';

function cap(estimate: number, more: Partial<Cap> = {}): Cap {
  const size = { estimate, low: estimate * 0.95, high: estimate * 1.05 };
  return { layer: 'ring', size, scope: 'host-wide', guests: 4, ...more };
}

function knob(id: string, more: Partial<Knob>): Knob {
  const { limit } = more;
  return {
    ...{ id, layer: 'ring', name: id, where: `/${id}/${more.device ?? ''}`, value: `${limit ?? ''}` },
    ...{ atDefault: undefined, scope: 'device', change: { how: '', isCommand: false } },
    ...more,
  };
}

function each(names: readonly string[], id: string, more: Partial<Knob>): readonly Knob[] {
  return names.map((device) => knob(id, { device, ...more }));
}

const disks = ['xvda', 'xvdb', 'xvdc', 'xvdd'];
const short = (matches: readonly Match[]): readonly string[] =>
  matches.map(({ knob: { id, device }, fits, times }) => `${id} ${device ?? ''} ${fits} ${times}`);

describe('64 in flight in the whole host, in the ring', () => {
  it("is the adapter's can_queue before the tags that follow from it, and says that it is not at its default", async () => {
    const matches = matchKnobs(cap(64), (await readKnobs(fakeTree(founding))).knobs);
    expect(short(matches)).toEqual([
      'tcm.canq host2 alone 1',
      ...['sda', 'sdb', 'sdc', 'sdd'].map((name) => `blk.tags ${name} alone 1`),
    ]);
    expect(matches[0]?.knob).toMatchObject({ value: '64', defaultValue: '1024', atDefault: false });
  });

  it('is four disks of 16 each, together', () => {
    const knobs = each(disks, 'scsi.qd', { limit: 16 });
    expect(short(matchKnobs(cap(64), knobs))).toEqual(disks.map((name) => `scsi.qd ${name} together 4`));
  });

  it('fits a limit that the sweep missed by less than its own accuracy', () => {
    const size = { estimate: 61.5, low: 60.9, high: 62.3 };
    expect(short(matchKnobs(cap(64, { size }), [knob('scsi.qd', { device: 'sda', limit: 64 })]))).toHaveLength(1);
    expect(matchKnobs(cap(64, { size }), [knob('scsi.qd', { device: 'sda', limit: 70 })])).toEqual([]);
  });

  it('is not a depth of 64 that each of four disks has for itself', () => {
    expect(matchKnobs(cap(64), each(disks, 'scsi.qd', { limit: 64 }))).toEqual([]);
    expect(short(matchKnobs(cap(64), [knob('scsi.qd', { device: 'sda', limit: 64 })]))).toEqual([
      'scsi.qd sda alone 1',
    ]);
  });
});

describe('128 in flight', () => {
  it('are four rings of 32, of one disk each or all of one', () => {
    const apart = each(disks, 'xen.order', { limit: 32, queues: 1, scope: 'queue', atDefault: true });
    expect(short(matchKnobs(cap(128), apart))).toEqual(disks.map((name) => `xen.order ${name} together 4`));
    const one = knob('xen.order', { device: 'xvda', limit: 32, queues: 4, scope: 'queue', atDefault: true });
    expect(short(matchKnobs(cap(128), [one]))).toEqual(['xen.order xvda together 4']);
  });

  it('are the rings of the guests where the host has more disks of the kind', () => {
    const many = each([...disks, 'xvde', 'xvdf'], 'xen.order', { limit: 32, scope: 'queue' });
    expect(matchKnobs(cap(128), many)).toHaveLength(6);
    expect(matchKnobs(cap(160), many)).toEqual([]);
    expect(matchKnobs(cap(128), many.slice(0, 2))).toEqual([]);
  });

  it('are two sessions of 64, which several disks share each', () => {
    const sets = ['a', 'b'].flatMap((sharedIn) => each(disks, 'lio.cmdsn', { limit: 64, scope: 'shared', sharedIn }));
    expect(matchKnobs(cap(128), sets).map(({ times }) => times)).toEqual(sets.map(() => 2));
    expect(matchKnobs(cap(512), sets)).toEqual([]);
  });
});

describe('8 in flight for each of four guests', () => {
  const perGuest = cap(32, { scope: 'per-guest' });

  it('is the depth of each disk', () => {
    const knobs = each(disks, 'scsi.qd', { limit: 8 });
    expect(short(matchKnobs(perGuest, knobs))).toEqual(disks.map((name) => `scsi.qd ${name} alone 1`));
  });

  it('is two queues of 4 in each disk, together', () => {
    const knobs = each(disks, 'virtio.qsz', { limit: 4, queues: 2, scope: 'queue' });
    expect(matchKnobs(perGuest, knobs).map(({ fits, times }) => [fits, times])).toEqual(
      disks.map(() => ['together', 2]),
    );
  });

  it('is what they share only if each has one of its own', () => {
    const one = each(disks, 'tcm.canq', { limit: 8, scope: 'shared', sharedIn: 'host2' });
    expect(matchKnobs(perGuest, one)).toEqual([]);
    const own = disks.map((device) => knob('tcm.canq', { device, limit: 8, scope: 'shared', sharedIn: device }));
    expect(matchKnobs(perGuest, own)).toHaveLength(4);
  });

  it('is not a limit of 32 in each disk', () => {
    expect(matchKnobs(perGuest, each(disks, 'scsi.qd', { limit: 32 }))).toEqual([]);
  });
});

describe('among several that fit', () => {
  it('the layer counts first, then being at the default, then fitting alone, then the scope', () => {
    const knobs = [
      knob('follows', { limit: 64, scope: 'shared', sharedIn: 'h' }),
      knob('elsewhere', { limit: 64, scope: 'shared', layer: 'network', atDefault: true }),
      knob('changed', { limit: 64, scope: 'shared', atDefault: false }),
      knob('in-two', { limit: 32, queues: 2, scope: 'shared', atDefault: true }),
      knob('one-disk', { limit: 64, device: 'sda', scope: 'device', atDefault: true }),
      knob('default', { limit: 64, scope: 'shared', atDefault: true }),
    ];
    const ids = matchKnobs(cap(64), knobs).map(({ knob: { id } }) => id);
    expect(ids).toEqual(['default', 'one-disk', 'in-two', 'changed', 'follows', 'elsewhere']);
    const anywhere = matchKnobs(cap(64, { layer: undefined }), knobs).map(({ knob: { id } }) => id);
    expect(anywhere.slice(0, 2)).toEqual(['elsewhere', 'default']);
  });

  it('of an unknown scope, both ways are looked at, and each knob stands once', () => {
    const knobs = [knob('shared', { limit: 32, scope: 'shared', sharedIn: 'h' }), ...each(disks, 'own', { limit: 8 })];
    const matches = matchKnobs(cap(32, { scope: 'unknown' }), knobs);
    expect(matches.map(({ knob: { id }, fits }) => `${id} ${fits}`).sort()).toEqual([
      ...disks.map(() => 'own alone'),
      'shared alone',
    ]);
  });
});

it('nothing that fits, no value read, or a cap that is not a number: no match', () => {
  expect(matchKnobs(cap(50), [knob('scsi.qd', { limit: 64 })])).toEqual([]);
  expect(matchKnobs(cap(64), [])).toEqual([]);
  expect(matchKnobs(cap(64), [knob('cg.iomax', { value: 'riops=64', scope: 'cgroup' })])).toEqual([]);
  expect(matchKnobs(cap(NaN), [knob('scsi.qd', { limit: 64 })])).toEqual([]);
});

describe('suspects by number', () => {
  it('are those known for it', () => {
    expect(likelySuspects({ low: 112, high: 114 }).map(({ id }) => id)).toEqual(['iscsi.cmds']);
    expect(likelySuspects({ low: 61, high: 66 }).map(({ id }) => id)).toEqual(
      expect.arrayContaining(['nvmf.qsz', 'lio.cmdsn', 'nfs.slots', 'xen.queues']) as string[],
    );
  });

  it('are none for a number without a name, or when nearly anything would do', () => {
    expect(likelySuspects({ low: 40, high: 50 })).toEqual([]);
    expect(likelySuspects({ low: 1, high: 5000 })).toEqual([]);
  });
});
