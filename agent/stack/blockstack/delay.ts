import * as z from 'zod';
import { duration } from '../../profile/settings.ts';
import { defineProvider } from '../provider.ts';
import { scope } from './shared-settings.ts';
import { configuredTree } from './tree.ts';

const nsPerMs = 1e6;

/** dm-delay takes whole milliseconds. */
const milliseconds = duration({ max: 10_000_000_000 }).refine((ns) => ns % nsPerMs === 0, {
  error: 'expected whole milliseconds: device-mapper knows no shorter delay',
});

/** A delay of each I/O without a limit on how many are delayed at once (Documentation: dm-delay). */
export const delayTree = defineProvider({
  layer: 'blockstack',
  name: 'delay',
  roles: ['deployed'],
  about: 'dm-delay: reads, writes and flushes each take longer, however many there are',
  settings: z.strictObject({
    scope,
    read: milliseconds.default(0).describe('added to each read'),
    write: milliseconds.default(0).describe('added to each write'),
    flush: milliseconds.default(0).describe('added to each flush'),
  }),
  configure: ({ scope: own, read, write, flush }) =>
    configuredTree(({ sectors }) => {
      const delays = [read, write, flush].map((ns) => `{below} 0 ${ns / nsPerMs}`).join(' ');
      return {
        scope: own,
        side: [],
        devices: [{ name: 'delay', table: `0 ${sectors} delay ${delays}` }],
        volumes: [],
        notes: [],
      };
    }),
});
