// Disks of ours have no limit that nobody asked for: the kernel's throttle of write-back is off unless it is planted.

import { describe, expect, it } from 'vitest';
import { dryHost } from '../../../agent/host/dry.ts';
import type { Layer, Role } from '../../../agent/lib/layer.ts';
import { raiseDelays } from '../../../agent/stack/delays.ts';
import { namesOf } from '../../../agent/stack/names.ts';
import { findProvider } from '../../../agent/stack/registry.ts';
import type { Site } from '../../../agent/stack/provider.ts';

const names = namesOf('abcdef', 'a'.repeat(32));
const geometry = { sectors: 2 ** 21, blockBytes: 512 };
const [guests, cpus, writable] = [1, 2, true];

/** What each disk's throttle is set to, by the part of its name. */
async function throttles(raise: (site: Site) => Promise<unknown>): Promise<Readonly<Record<string, string>>> {
  const host = dryHost();
  await raise({ host, names, under: [], geometry, guests, cpus, writable });
  return Object.fromEntries(
    host.steps.flatMap((step) => {
      const part = step.kind === 'write' ? /-(\w+)\/queue\/wbt_lat_usec$/.exec(step.path)?.[1] : undefined;
      return part !== undefined && step.kind === 'write' ? [[part, step.value]] : [];
    }),
  );
}

async function ofProvider(role: Role, name: string, settings: object): Promise<Readonly<Record<string, string>>> {
  const layer: Layer = 'media';
  const provider = findProvider(layer, role, name);
  if (!provider) throw new Error(`no ${name}`);
  return throttles((site) => provider.configure(provider.settings.parse(settings)).raise(site));
}

describe("the kernel's throttle of write-back", () => {
  it('is off on a model disk, unless its profile sets it', async () => {
    expect(await ofProvider('deployed', 'model', { latency: '40ms' })).toEqual({ disk: '0' });
    expect(await ofProvider('deployed', 'model', { writeBackThrottle: '2ms' })).toEqual({ disk: '2000' });
  });

  it('is off on the stub and on the delays of the cap probe', async () => {
    expect(await ofProvider('stub', 'null_blk', { latency: '40ms' })).toEqual({ null: '0' });
    const plan = { layers: [], geometry, guests, cpus, writable };
    const stack = { lanes: [], junctions: [], setting: new Map() };
    const place = { plan, stack, delayNs: 50e6, number: 1 };
    expect(await throttles(({ host }) => raiseDelays(host, names, place as never))).toEqual({ delay: '0', half: '0' });
  });
});
