// `run PROFILE`, or `run --from-host`: the main job.

import { UsageError } from '../../lib/errors.ts';
import { defineCommand } from '../command.ts';
import { limitsAsked, measureOptions, prepareOptions } from '../options.ts';

export const run = defineCommand({
  words: 'run [profile]',
  about: 'measure, and say which layer holds the host back (root)',
  positionals: { profile: { describe: 'a profile (YAML)', type: 'string' } },
  options: {
    'from-host': {
      describe:
        'in place of a profile: a clone of this host, or of what stands on these devices, machines or processes',
      type: 'string',
      array: true,
    },
    yes: { describe: 'with --from-host: do not ask', type: 'boolean', implies: 'from-host', alias: 'y' },
    ...prepareOptions,
    ...measureOptions,
  },
  examples: [
    ['run --from-host --preset incident', 'name what holds this host back, on a twin of it'],
    ['run profiles/own-disk.yaml --deadline 15m', 'measure, and be back within 15 minutes'],
    ['run profiles/own-disk.yaml --label phase=before --format json', 'for a pipeline'],
  ],
  offers: 'profiles',
  asks: ({ deadline, label: labels, budget, preset, maxImpact, ...rest }) => ({
    ...mustBeOne(rest),
    ...limitsAsked({ budget, preset, maxImpact }),
    labels,
    deadlineMs: deadline,
  }),
  call: async ({ profile, fromHost: things = [], yes = false, ...asked }, { print }) =>
    profile === undefined
      ? (await import('../handlers/run-from-host.ts')).runFromHost({ ...asked, things, yes, print })
      : (await import('../handlers/run.ts')).run({ ...asked, profile, print }),
});

/** Throws UsageError unless there is a profile or `--from-host`, and not both. */
function mustBeOne<
  T extends { readonly profile: string | undefined; readonly fromHost: readonly string[] | undefined },
>(given: T): T {
  const { profile, fromHost } = given;
  if (profile === undefined && !fromHost)
    throw new UsageError('no profile given', 'give one, or --from-host to clone this host');
  if (profile !== undefined && fromHost)
    throw new UsageError(
      `run: the profile ${profile} and --from-host exclude each other`,
      `leave out one of them; things of this host come behind --from-host: run --from-host ${profile}`,
    );
  return given;
}
