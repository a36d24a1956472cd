// A list of one group is the map that stands for it: the same guests, the same plan, the same jobs.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import { makePlan } from '../../agent/plan/plan.ts';
import { decodeProfile } from '../../agent/profile/decode.ts';
import type { Profile } from '../../agent/profile/profile.ts';
import { loadsOf } from '../../agent/run/loads.ts';

const rest = 'stack: { media: { deployed: { provider: model } } }\nversion: 1\nname: p\n';
const one = fc.record(
  {
    cpuMax: fc.constantFrom('50000 100000', 'max'),
    memoryMax: fc.constantFrom('64MiB', '1GiB'),
    ioMax: fc.record({ riops: fc.integer({ min: 1, max: 1e6 }), wbps: fc.constant('1MiB') }, { requiredKeys: [] }),
    ioWeight: fc.integer({ min: 1, max: 10_000 }),
    latencyObjective: fc.constantFrom('1ms', '2s'),
    iodepth: fc.integer({ min: 1, max: 4096 }),
  },
  { requiredKeys: [] },
);
const inline = fc.record(
  {
    rw: fc.constantFrom('randread', 'randrw', 'write'),
    bs: fc.constantFrom('4k', '1M'),
    iodepth: fc.integer({ min: 1, max: 4096 }),
    rate: fc.integer({ min: 1, max: 1e6 }),
  },
  { requiredKeys: [] },
);
const group = fc.record({
  count: fc.integer({ min: 1, max: 6 }),
  all: one,
  only: fc.dictionary(fc.constant('1'), one),
});

const profileOf = (guests: unknown, workload: unknown): Profile =>
  decodeProfile(`${rest}${stringify({ guests, workload })}`, 'p.yaml');

it('is decoded as the map is, with a workload of its own as one of the profile', async () => {
  await fc.assert(
    fc.asyncProperty(group, inline, async ({ count, all, only }, workload) => {
      const map = { count, ...all, only };
      const [single, listed] = [profileOf(map, workload), profileOf([map], workload)];
      expect(listed).toEqual(single);
      const planOf = (profile: Profile): unknown =>
        makePlan(profile, { sectors: 2 ** 30, blockBytes: 512 }, { seed: 1, cold: false });
      expect(planOf(listed)).toEqual(planOf(single));
      const loads = await loadsOf(single);
      expect(await loadsOf(listed)).toEqual(loads);
      const apart = await loadsOf(profileOf([{ ...map, name: 'a', workload }], undefined));
      expect(apart.own).toEqual(Array.from({ length: count }, () => loads.sections));
      expect(apart.demands).toEqual(Array.from({ length: count }, () => loads.demand));
    }),
    { numRuns: 200 },
  );
});
