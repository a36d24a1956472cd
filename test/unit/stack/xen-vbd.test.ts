import { describe, expect, it } from 'vitest';
import { renderStep, type Step } from '../../../agent/host/step.ts';
import { findFreeXvdNames, vbdIdOf, xvdNames } from '../../../agent/lib/xen.ts';
import { decodeProfile } from '../../../agent/profile/decode.ts';
import { profileOf, raiseOnPaper, sections } from '../../support/dry-stack.ts';
import { fakeTree } from '../../support/fake-tree.ts';

async function ringSteps(settings: string, guests = 1): Promise<readonly string[]> {
  const ring = `ring: { deployed: { provider: xen-vbd${settings} } }`;
  const { steps } = await raiseOnPaper({ stack: [sections.media, ring], guests });
  const isOurs = ({ why, kind }: Step): boolean => kind !== 'dm-create' && /Xen/.test(why);
  return steps.filter(isOurs).map((step) => renderStep(step).act.replaceAll(/\/dev\/mapper\/layerlift-abcdef-/g, ''));
}

describe("Xen's ring on paper", () => {
  it('is both drivers, and a vbd for each guest', async () => {
    expect(await ringSteps('', 2)).toEqual([
      'modprobe xen_blkback',
      'modprobe xen_blkfront',
      'xl block-attach 0 format=raw,vdev=xvdp,access=rw,target=slice1',
      'echo none > /sys/block/xvdp/queue/scheduler',
      'xl block-attach 0 format=raw,vdev=xvdq,access=rw,target=slice2',
      'echo none > /sys/block/xvdq/queue/scheduler',
    ]);
  });

  it('gives what is fixed at load to modprobe, and offers the rest for as long as its own devices connect', async () => {
    const steps = await ringSteps(', ringPageOrder: 2, queues: 1, persistentGrants: false', 2);
    expect(steps.map((step) => step.replace('/sys/module/', ''))).toEqual([
      'modprobe xen_blkback',
      'modprobe xen_blkfront max_ring_page_order=2 max_queues=1',
      'echo 1 > xen_blkback/parameters/max_queues',
      'echo N > xen_blkback/parameters/feature_persistent',
      'echo N > xen_blkfront/parameters/feature_persistent',
      expect.stringMatching(/^xl block-attach 0 .*vdev=xvdp/),
      expect.stringMatching(/xvdp.*scheduler$/),
      expect.stringMatching(/^xl block-attach 0 .*vdev=xvdq/),
      expect.stringMatching(/xvdq.*scheduler$/),
      "echo '<what was there>' > xen_blkfront/parameters/feature_persistent",
      "echo '<what was there>' > xen_blkback/parameters/feature_persistent",
      "echo '<what was there>' > xen_blkback/parameters/max_queues",
    ]);
  });

  it.each([
    ['ringPageOrder: 5', /ringPageOrder/],
    ['queues: 0', /queues/],
    ['persistentGrants: yes please', /persistentGrants/],
    ['ringPages: 4', /ringPages: unknown setting/],
  ])('refuses %s', (setting, words) => {
    const text = profileOf([`ring: { deployed: { provider: xen-vbd, ${setting} } }`], 1);
    expect(() => decodeProfile(text, 'p.yaml')).toThrow(words);
  });
});

describe('names of Xen disks', () => {
  it('have the numbers of xen-vbd-interface(7)', () => {
    expect(vbdIdOf('xvda')).toBe(51712);
    expect(vbdIdOf('xvdp')).toBe(51952);
    expect(vbdIdOf('xvdq')).toBe(268439552);
    expect(vbdIdOf('sda')).toBeUndefined();
  });

  it('are free where neither xenstore nor the kernel has them, partitions counted', async () => {
    const tree = fakeTree({
      '/sys/block/xvdr1/size': '8',
      'xenstore:/local/domain/0/device/vbd/51952/state': '4',
      'xenstore:/local/domain/0/backend/vbd/0/268439552/state': '4',
      'xenstore:/local/domain/0/backend/vbd/7/51712/state': '4',
    });
    const free = await findFreeXvdNames(tree.list);
    expect(xvdNames.filter((name) => !free.includes(name))).toEqual(['xvdp', 'xvdq', 'xvdr']);
  });
});
