// A domain of ours, made by Xen's toolstack and known by its name. It is made paused, and left without a keeper (`-e`): a
// domain that crashes stays to be looked at until it is unwound.

import { faultPoint } from '../kernel/fault.ts';
import { waitFor } from '../kernel/wait.ts';
import type { Kernel } from '../port.ts';
import type { Xenstore } from '../xen/xenstore.ts';
import { words } from '../../lib/shell-words.ts';
import { parsePrior, type StepBase, type StepKind } from './verb.ts';

const createDeadlineMs = 35_000;

/** Left behind by the toolstack when the last domain is gone: removed where this run's domains made them. The deepest first. */
const parents = ['/local/domain/0/backend/console', '/local/domain/0/backend', '/vm', '/libxl'];

/** A domain of ours, made paused; its step gives the domain's number. */
export interface XenDomainStep extends StepBase {
  readonly kind: 'xen-domain';
  readonly name: string;
  readonly config: string;
}

export const xenDomainStep: StepKind<XenDomainStep> = {
  kind: 'xen-domain',
  text: ({ name, config }) => ({
    act: words(['xl', 'create', '-p', '-e', '-q', config]),
    undo: words(['xl', 'destroy', name]),
  }),
  present: async ({ name }, prior, kernel) =>
    (await numberOf(name, kernel)) !== undefined || (await isAnyEmpty(broughtBy(prior), kernel)),
  capture: (_step, kernel) => kernel.inXenstore(missingParents),
  act: async ({ name, config }, _prior, _stop, kernel) => {
    await kernel.run(['xl', 'create', '-p', '-e', '-q', config], { deadlineMs: createDeadlineMs });
    faultPoint('xen-domain made');
    return waitFor(`the domain ${name}`, 5_000, () => numberOf(name, kernel));
  },
  // A guest that runs would be asked to give its disks up before anything else; without it they are free at once.
  release: destroy,
  releaseEnds: true,
  undo: async ({ name }, prior, _patienceMs, kernel) => {
    await destroy({ name }, kernel);
    faultPoint('xen-domain destroyed');
    // Removing takes all below with it: what another toolstack writes there meanwhile makes xenstored begin it anew.
    await kernel.changeXenstore(async (store) => {
      for (const path of broughtBy(prior)) if (await isEmpty(store, path)) await store.remove(path);
    });
  },
};

async function destroy({ name }: { readonly name: string }, kernel: Kernel): Promise<void> {
  if ((await numberOf(name, kernel)) !== undefined) await kernel.run(['xl', 'destroy', name]);
}

async function numberOf(name: string, kernel: Kernel): Promise<string | undefined> {
  return kernel.inXenstore(async (store) => {
    for (const domain of await store.list('/local/domain'))
      if ((await store.read(`/local/domain/${domain}/name`)) === name) return domain;
    return undefined;
  });
}

/** Those that the making of the domain brought: the lower one first, as one is empty only without it. */
function broughtBy(prior: string | undefined): readonly string[] {
  const brought = parsePrior(prior);
  return parents.filter((path) => brought.includes(path));
}

async function isEmpty(store: Xenstore, path: string): Promise<boolean> {
  return (await store.read(path)) !== undefined && (await store.list(path)).length === 0;
}

async function isAnyEmpty(paths: readonly string[], kernel: Kernel): Promise<boolean> {
  if (paths.length === 0) return false;
  return kernel.inXenstore(async (store) => {
    for (const path of paths) if (await isEmpty(store, path)) return true;
    return false;
  });
}

async function missingParents(store: Xenstore): Promise<string> {
  const missing: string[] = [];
  for (const path of parents) if ((await store.read(path)) === undefined) missing.push(path);
  return missing.join(' ');
}
