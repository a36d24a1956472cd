// `discover [THING ...]`: the storage stack of a host as a tree.

import { defineCommand } from '../command.ts';
import { textOrJson } from '../options.ts';
import { durationMs } from '../values.ts';

export const discover = defineCommand({
  words: 'discover [things..]',
  about: 'show the storage stack of this host, from guests down to media; touches nothing, does no I/O',
  positionals: {
    things: {
      describe: 'only these: a device, mount point, domain, virtual machine or process',
      type: 'string',
      array: true,
      default: [],
    },
  },
  options: {
    from: { describe: 'a snapshot that scripts/collect has printed, of any host', type: 'string' },
    'with-tools': {
      describe: 'also ask tools that may read disks or load a module: zpool, zfs, ss',
      type: 'boolean',
      default: false,
    },
    profile: { describe: 'also write a profile that clones what was found into this file', type: 'string' },
    scratch: {
      describe: 'with --profile: a device that the clone may read in place of a model of the media',
      type: 'string',
      implies: 'profile',
    },
    for: {
      describe: 'with --profile: how long to look at the load, 1s to 60s',
      type: 'string',
      coerce: durationMs('--for', { min: 1_000, max: 60_000 }),
    },
    format: textOrJson,
  },
  examples: [
    ['discover', 'see what stands on what'],
    ['discover /dev/vg/data', 'a device with all below it, and who stands on it'],
  ],
  asks: ({ things, from, withTools, profile, scratch, for: forMs, format }) => ({
    ...{ things, from, withTools, profile, scratch, forMs, format },
  }),
  call: async (asked, { print }) => (await import('../handlers/discover.ts')).discover({ ...asked, print }),
});
