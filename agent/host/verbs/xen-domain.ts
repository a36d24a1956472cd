// A domain of ours, made by Xen's toolstack and known by its name. It is made paused, and left without a keeper (`-e`): a
// domain that crashes stays to be looked at until it is unwound.

import { waitFor } from '../wait.ts';
import { runCommand } from '../run-command.ts';
import { withXenstore, type Xenstore } from '../xenstore.ts';
import type { Verb } from './verb.ts';

const createDeadlineMs = 35_000;

/** Left behind by the toolstack when the last domain is gone: removed where this run's domains made them. */
const parents = ['/local/domain/0/backend/console', '/local/domain/0/backend', '/vm', '/libxl'];

export const xenDomainVerb: Verb<'xen-domain'> = {
  present: async ({ name }, prior) => (await numberOf(name)) !== undefined || (await emptyParents(prior)).length > 0,
  capture: () => withXenstore(missingParents),
  act: async ({ name, config }) => {
    await runCommand(['xl', 'create', '-p', '-e', '-q', config], { deadlineMs: createDeadlineMs });
    return waitFor(`the domain ${name}`, 5_000, () => numberOf(name));
  },
  // A guest that runs would be asked to give its disks up before anything else; without it they are free at once.
  relieve: destroy,
  undo: async ({ name }, prior) => {
    await destroy({ name });
    // One may be empty only once the one below it is gone.
    for (let empty = await emptyParents(prior); empty.length > 0; empty = await emptyParents(prior))
      for (const path of empty) await withXenstore((store) => store.remove(path));
  },
};

async function destroy({ name }: { readonly name: string }): Promise<void> {
  if ((await numberOf(name)) !== undefined) await runCommand(['xl', 'destroy', name]);
}

async function numberOf(name: string): Promise<string | undefined> {
  return withXenstore(async (store) => {
    for (const domain of await store.list('/local/domain'))
      if ((await store.read(`/local/domain/${domain}/name`)) === name) return domain;
    return undefined;
  });
}

/** Of those that the making of the domain brought. */
function emptyParents(prior: string | undefined): Promise<readonly string[]> {
  return withXenstore(async (store) => {
    const empty: string[] = [];
    for (const path of (prior ?? '').split(' ').filter((one) => parents.includes(one)))
      if ((await store.read(path)) !== undefined && (await store.list(path)).length === 0) empty.push(path);
    return empty;
  });
}

async function missingParents(store: Xenstore): Promise<string> {
  const missing: string[] = [];
  for (const path of parents) if ((await store.read(path)) === undefined) missing.push(path);
  return missing.join(' ');
}
