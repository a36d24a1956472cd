import * as z from 'zod';
import { defineProvider } from '../provider.ts';

/** The block stack's stub: nothing but the dm-linear slice that every path has beneath it. */
export const linearStub = defineProvider({
  layer: 'blockstack',
  name: 'linear',
  roles: ['stub', 'deployed'],
  about: 'plain dm-linear slices: the pass-through',
  settings: z.strictObject({}),
  configure: () => ({ needs: [], lanes: 'one', raise: (site) => Promise.resolve(site.under) }),
});
