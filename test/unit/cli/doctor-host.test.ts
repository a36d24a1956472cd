import { describe, expect, it } from 'vitest';
import { judgeGrants, type XenDemand } from '../../../agent/cli/handlers/doctor-host.ts';
import { configuredLayers, xenRingOf } from '../../../agent/plan/stack-plan.ts';
import { decodeProfile } from '../../../agent/profile/decode.ts';
import { profileOf, sections } from '../../support/dry-stack.ts';

const usual = { order: 0, queues: 4 };

function demand(ring: string, guests: number, more = ''): XenDemand {
  const profile = decodeProfile(`${profileOf([sections.media, ring], guests)}${more}`, 'p.yaml');
  const found = xenRingOf(configuredLayers(profile));
  if (!found) throw new Error('this profile has no ring of Xen');
  return { guests, ring: found };
}
const ofDom0 = (settings: string, guests: number) =>
  demand(`ring: { deployed: { provider: xen-vbd${settings} } }`, guests);

describe("what Xen's grants are enough for", () => {
  it('is compared with what all guests of domain 0 take together, rings left to the drivers counted', () => {
    expect(judgeGrants(64, ofDom0('', 7), usual).problem).toBeUndefined();
    // 8 guests x 4 rings x (1 page + 32 requests x 33)
    expect(judgeGrants(64, ofDom0('', 8), usual).problem).toMatchObject({
      message: expect.stringContaining(
        '32 rings of order 0 take up to 33824 grants, and Xen lets domain 0 have 32768',
      ) as string,
      hint: expect.stringContaining('gnttab_max_frames=67') as string,
    });
    expect(judgeGrants(64, ofDom0(', queues: 1', 8), usual).problem).toBeUndefined();
    expect(judgeGrants(64, ofDom0(', queues: 1, ringPageOrder: 4', 2), usual).problem?.message).toContain(
      '2 rings of order 4 take up to 33824',
    );
  });

  it('is compared with what one domain takes for both of its disks, however many domains there are', () => {
    const ring = (settings: string) =>
      demand(`ring: { deployed: { provider: xen-domu${settings} } }`, 16, 'guest: domU\n');
    expect(judgeGrants(64, ring(', queues: 4'), usual).problem).toBeUndefined();
    expect(judgeGrants(64, ring(', queues: 1, ringPageOrder: 4'), usual).problem?.message).toMatch(
      /2 rings of order 4 .* lets each domain of a guest have 32768/,
    );
  });

  it('is said in rings without a profile, and not known where Xen does not tell', () => {
    expect(judgeGrants(64, undefined, usual)).toEqual({
      what: 'grants: 64 frames of 512, enough for 31 rings of one page (1057 each)',
    });
    expect(judgeGrants(NaN, ofDom0('', 64), usual).problem).toBeUndefined();
  });

  it('is not asked by a profile without a ring of Xen', () => {
    const profile = decodeProfile(profileOf([sections.media, sections.ring], 1), 'p.yaml');
    expect(xenRingOf(configuredLayers(profile))).toBeUndefined();
  });
});
