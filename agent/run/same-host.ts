// Whether a run was made on this host, as it boots now (pure): what it predicts holds for no other.

import { ProfileError } from '../lib/errors.ts';
import { differencesOf } from '../report/comparison/differences.ts';

/** Facts that make a host another one; memory may be hot-plugged, and use of CPUs changes by the minute. */
const telling = ['kernel', 'cpus', 'system'] as const;

type HostFacts = Readonly<Record<string, unknown>>;

/** Throws ProfileError that names what differs between the facts of a run and those of this host. */
export function mustBeThisHost(run: string, recorded: HostFacts, here: HostFacts): void {
  const of = (facts: HostFacts): HostFacts => Object.fromEntries(telling.map((name) => [name, facts[name]]));
  const differing = differencesOf(of(recorded), of(here));
  if (differing.length === 0) return;
  const told = differing.map(({ path, from, to }) => `${path} was ${from ?? 'unknown'}, and is ${to ?? 'unknown'}`);
  throw new ProfileError([
    {
      message: `run ${run} measured another host or kernel, and predicts nothing here: ${told.join('; ')}`,
      hint: 'run its profile here, and try that run',
    },
  ]);
}
