import * as z from 'zod';
import { defineProvider } from '../provider.ts';

/** The ring's stub: the junction points past the ring, straight at what lies beneath it. */
export const directPath = defineProvider({
  layer: 'ring',
  name: 'direct',
  roles: ['stub'],
  about: 'the direct path, past the ring',
  settings: z.strictObject({}),
  configure: () => ({ needs: [], lanes: 'per-guest', raise: (site) => Promise.resolve(site.under) }),
});
