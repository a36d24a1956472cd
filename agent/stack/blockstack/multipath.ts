import * as z from 'zod';
import { duration, wholeNumber } from '../../profile/settings.ts';
import { defineProvider } from '../provider.ts';
import { scope } from './shared-settings.ts';
import { configuredTree, type TreeDevice } from './tree.ts';

const nsPerMs = 1e6;
const selectors = ['service-time', 'queue-length', 'round-robin'] as const;

const pathDelay = duration({ max: 10_000_000_000 }).refine((ns) => ns % nsPerMs === 0, {
  error: 'expected whole milliseconds: device-mapper knows no shorter delay',
});

/** Paths to one lane, as multipathd joins them, in the mode for bios (Documentation/admin-guide/device-mapper, dm-mpath.c). */
export const multipathTree = defineProvider({
  layer: 'blockstack',
  name: 'multipath',
  roles: ['deployed'],
  about: 'dm-multipath over paths to the lane below, in its mode for bios',
  settings: z
    .strictObject({
      scope,
      paths: wholeNumber(2, 8).default(2).describe('how many paths'),
      selector: z
        .enum(selectors, { error: `expected one of ${selectors.join(', ')}` })
        .default('service-time')
        .describe('how a path is chosen, as `path_selector` of multipath.conf'),
      repeatCount: wholeNumber(1, 100_000)
        .default(1)
        .describe('I/Os before a path is chosen anew; multipath.conf: `rr_min_io_rq`'),
      grouping: z
        .enum(['multibus', 'failover'], { error: 'expected multibus or failover' })
        .default('multibus')
        .describe('all paths at once, or one at a time; multipath.conf: `path_grouping_policy`'),
      queueIfNoPath: z.boolean().default(false).describe('I/O waits where no path is left'),
      delays: z
        .array(pathDelay, { error: 'expected a list of durations' })
        .max(8, { error: 'expected at most 8 durations' })
        .default([])
        .meta({ description: 'added to each I/O of the first path, the second, ...', values: 'such as `[0ms, 20ms]`' }),
      mode: z
        .enum(['bio'], {
          error:
            'expected bio: in the mode for requests the paths must be disks with a request queue, and what is below takes bios',
        })
        .default('bio')
        .describe('`queue_mode` of the target'),
    })
    .refine((s) => s.delays.length <= s.paths, { path: ['delays'], error: 'expected no more delays than paths' }),
  configure: (settings) =>
    configuredTree(({ sectors }) => {
      const { paths, selector, repeatCount, delays } = settings;
      const devices: readonly TreeDevice[] = Array.from({ length: paths }, (_, i) => {
        const ms = (delays[i] ?? 0) / nsPerMs;
        const target = ms > 0 ? `delay {below} 0 ${ms}` : 'linear {below} 0';
        return { name: `path${i}`, table: `0 ${sectors} ${target}` };
      });
      const features = [...(settings.queueIfNoPath ? ['queue_if_no_path'] : []), 'queue_mode', 'bio'];
      const groups = settings.grouping === 'multibus' ? [devices] : devices.map((device) => [device]);
      const text = groups.map(
        (group) => `${selector} 0 ${group.length} 1 ${group.map(({ name }) => `{${name}} ${repeatCount}`).join(' ')}`,
      );
      return {
        scope: settings.scope,
        side: [],
        devices: [
          ...devices,
          {
            name: 'mpath',
            table: `0 ${sectors} multipath ${features.length} ${features.join(' ')} 0 ${groups.length} 1 ${text.join(' ')}`,
          },
        ],
        volumes: [],
        notes: [{ kind: 'one-medium', device: 'mpath', parts: paths, what: 'paths' }],
      };
    }),
});
