import * as z from 'zod';
import { wholeNumber } from '../../profile/settings.ts';
import { defineProvider } from '../provider.ts';
import { legsOf } from './legs.ts';
import { powerOfTwo, scope, sectorsOf } from './shared-settings.ts';
import { configuredTree } from './tree.ts';

/** Stripes as LVM lays them, over legs that are parts of one medium (Documentation: dm-stripe). */
export const stripedTree = defineProvider({
  layer: 'blockstack',
  name: 'striped',
  roles: ['deployed'],
  about: 'dm-stripe over legs that are parts of the lane below',
  settings: z.strictObject({
    scope,
    legs: wholeNumber(2, 16).default(2).describe('how many legs'),
    chunk: powerOfTwo({ min: 4096, max: 2 ** 24 })
      .prefault('64KiB')
      .describe('what one leg takes before the next'),
  }),
  configure: ({ scope: own, legs, chunk }) =>
    configuredTree(({ sectors }) => {
      const { length, offsets } = legsOf(sectors, legs, sectorsOf(chunk));
      const where = offsets.map((offset) => `{below} ${offset}`).join(' ');
      return {
        scope: own,
        side: [],
        devices: [{ name: 'stripe', table: `0 ${length * legs} striped ${legs} ${sectorsOf(chunk)} ${where}` }],
        volumes: [],
        notes: [{ kind: 'one-medium', device: 'stripe', parts: legs, what: 'legs' }],
      };
    }),
});
