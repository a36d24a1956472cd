import * as z from 'zod';
import { duration } from '../../profile/settings.ts';
import { sectorBytes } from '../../lib/units.ts';
import { defineProvider, type Lane } from '../provider.ts';
import { loadVduse, raiseRing, vduseMarks, vduseNeeds } from './vduse-ring.ts';
import { daemonArguments, nullBackend } from './vmm-arguments.ts';
import { ringSettings } from './vmm-settings.ts';

/**
 * The same virtio ring over the null driver of its daemon (block/null.c): what it lifts is not the ring's, but that of the
 * monitor's own block layer beneath the ring: its format, its engine, its cache, its limits.
 */
export const vduseNull = defineProvider({
  layer: 'ring',
  name: 'vduse-null',
  roles: ['stub'],
  about: "the same virtio ring over the daemon's null driver, in place of its block layer",
  standsFor: { provider: 'vduse', takes: Object.keys(ringSettings) },
  marks: vduseMarks,
  settings: z.strictObject({
    ...ringSettings,
    latency: duration({ max: 4_000_000_000 })
      .default(0)
      .describe('time of each request, any number at once; of what the deployed has beneath too'),
  }),
  configure: ({ latency, ...ring }) => ({
    needs: vduseNeeds,
    lanes: 'per-guest',
    endsIo: { latencyNs: latency },
    apart: {
      why: 'the null driver keeps no data',
      refuses: 'verify',
      instead: 'leave out `verify`, or use the stub `direct`',
    },
    raise: async (site) => {
      await loadVduse(site);
      const disks: Lane[] = [];
      for (const [i, { sectors }] of site.under.entries()) {
        const backend = nullBackend({ latencyNs: latency, bytes: sectors * sectorBytes });
        const daemon = (name: string): readonly string[] => daemonArguments(name, ring, backend);
        disks.push(await raiseRing(site, { part: `n${i + 1}`, number: i + 1, sectors, cpuMax: ring.cpuMax, daemon }));
      }
      return disks;
    },
  }),
});
