// Modules that the kernel loads by itself while a table is loaded, beside those that this run loads by name: a cipher may ask
// for algorithms that only its own code knows (crypto/algapi.c). They go again, once nobody uses them.

import { faultPoint } from '../kernel/fault.ts';
import type { Kernel } from '../port.ts';
import { isUsedOrGone, loadedModules } from './module.ts';
import { parsePrior, type StepBase, type StepKind } from './verb.ts';

/** To be applied before what may bring them in. */
export interface BroughtModulesStep extends StepBase {
  readonly kind: 'brought-modules';
}

export const broughtModulesStep: StepKind<BroughtModulesStep> = {
  kind: 'brought-modules',
  text: () => ({
    act: 'lsmod  # which algorithms of the kernel are loaded',
    undo: 'rmmod <those that were brought in since>  # where nobody uses them',
  }),
  shared: true,
  mayStay: true,
  present: async (_step, prior, kernel) => (await broughtSince(prior, kernel)).length > 0,
  capture: async (_step, kernel) => {
    const own = await algorithmModules(kernel);
    return [...(await loadedModules(kernel))].filter((name) => own.has(name)).join(' ');
  },
  act: () => Promise.resolve(''),
  // One may stand on another: as long as any goes, those beneath it may be free.
  undo: async (_step, prior, _patienceMs, kernel) => {
    for (let before = Infinity; ;) {
      const brought = await broughtSince(prior, kernel);
      if (brought.length === 0 || brought.length >= before) return;
      before = brought.length;
      for (const module of brought) {
        await kernel.unload(module).catch((failure: unknown) => {
          if (!isUsedOrGone(failure)) throw failure;
        });
        faultPoint('brought module unloaded');
      }
    }
  },
};

async function broughtSince(prior: string | undefined, kernel: Kernel): Promise<readonly string[]> {
  const [before, own] = [new Set(parsePrior(prior)), await algorithmModules(kernel)];
  return [...(await loadedModules(kernel))].filter((name) => own.has(name) && !before.has(name));
}

/**
 * The modules of the kernel's algorithms, by where they lie. Whoever wants one of these asks the kernel, which loads it: taking
 * one away that nobody uses takes nothing from anybody.
 */
async function algorithmModules({ read }: Pick<Kernel, 'read'>): Promise<ReadonlySet<string>> {
  const release = (await read('/proc/sys/kernel/osrelease'))?.trim() ?? '';
  const listed = (await read(`/lib/modules/${release}/modules.dep`)) ?? '';
  const found = listed.matchAll(/^kernel\/(?:crypto|lib\/crypto|arch\/\w+\/crypto)\/(?:[\w-]+\/)*([\w-]+)\.ko[^:]*:/gm);
  return new Set([...found].map((match) => (match[1] ?? '').replaceAll('-', '_')));
}
