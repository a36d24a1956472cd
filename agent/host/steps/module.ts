// Kernel modules. They are shared with the rest of the host: only what was absent is loaded, and only that is unloaded.

import { constants } from 'node:fs';
import { faultPoint } from '../kernel/fault.ts';
import { readText } from '../kernel/files.ts';
import { libcFunction } from '../kernel/libc.ts';
import { runCommand } from '../kernel/run-command.ts';
import { retryBusy } from '../kernel/wait.ts';
import { errnoOf, HostError } from '../../lib/errors.ts';
import { words } from '../../lib/shell-words.ts';
import { parsePrior, type StepBase, type StepKind } from './verb.ts';

/** The kernel asks for algorithms by these aliases (include/linux/crypto.h, MODULE_ALIAS_CRYPTO). */
const algorithmPrefix = 'crypto-';

export interface ModuleStep extends StepBase {
  readonly kind: 'module';
  readonly name: string;
  readonly params?: Readonly<Record<string, string>>;
}

export const moduleStep: StepKind<ModuleStep> = {
  kind: 'module',
  // What was absent, in the order of insertion.
  text: ({ name, params = {} }, prior) => ({
    act: words(['modprobe', name, ...Object.entries(params).map(([key, value]) => `${key}=${value}`)]),
    undo: prior
      ? `${words(['rmmod', ...parsePrior(prior).toReversed()])}  # those that nobody else uses`
      : `rmmod ${name}  # and what it brought in; only what this run loaded`,
  }),
  shared: true,
  mayStay: true,
  present: async (_step, prior) => (await loadedOf(prior)).length > 0,
  capture: async ({ name }) => {
    const loaded = await loadedModules();
    // modprobe itself does no more than that (kmod_module_probe_insert_module); its start takes longer than the look.
    if (loaded.has(name.replaceAll('-', '_'))) return undefined;
    const wanted = await dependenciesOf(name).catch((failure: unknown) => {
      // A kernel that has no such alias has it built in, or does without.
      if (name.startsWith(algorithmPrefix)) return [];
      throw failure;
    });
    const absent = wanted.filter(not(loaded));
    return absent.length > 0 ? absent.join(' ') : undefined;
  },
  act: async ({ name, params = {} }) => {
    const argv = ['modprobe', name, ...Object.entries(params).map(([key, value]) => `${key}=${value}`)];
    try {
      await runCommand(argv);
    } catch (failure) {
      // An algorithm has several modules, and those for other CPUs refuse: one is enough, and its user will tell.
      if (!name.startsWith(algorithmPrefix)) throw failure;
    }
    return '';
  },
  // In the order of insertion, so backwards here. One that somebody else has come to use meanwhile stays.
  undo: async (_step, prior, patienceMs) => {
    for (const module of (await loadedOf(prior)).reverse()) {
      await unload(module, patienceMs);
      faultPoint('module unloaded');
    }
  },
};

/** Names in /proc/modules. */
export async function loadedModules(): Promise<ReadonlySet<string>> {
  return parseModules((await readText('/proc/modules')) ?? '');
}

export function parseModules(text: string): ReadonlySet<string> {
  return new Set(text.split('\n').flatMap((line) => line.split(' ')[0] || []));
}

/** The modules that `modprobe NAME` inserts, dependencies first; empty when it is built in. */
async function dependenciesOf(name: string): Promise<readonly string[]> {
  return parseShowDepends(await runCommand(['modprobe', '--show-depends', name]));
}

export function parseShowDepends(text: string): readonly string[] {
  const names = text
    .split('\n')
    .filter((line) => line.startsWith('insmod '))
    .map((line) => (/\/([^/]+)\.ko(\.\w+)?(\s|$)/.exec(line)?.[1] ?? '').replaceAll('-', '_'));
  // Soft dependencies can repeat a module.
  return [...new Set(names)].filter((name) => name !== '');
}

async function loadedOf(prior: string | undefined): Promise<string[]> {
  const loaded = await loadedModules();
  return parsePrior(prior).filter((name) => loaded.has(name));
}

let deleteModule: ((name: string, flags: number) => Promise<number>) | undefined;

/** delete_module(2) itself: an unwind has many modules, and the start of rmmod takes longer than the call. */
async function unload(module: string, patienceMs: number): Promise<void> {
  deleteModule ??= libcFunction('int delete_module(const char *name, unsigned int flags)');
  const call = deleteModule;
  try {
    await retryBusy(patienceMs, () => call(module, constants.O_NONBLOCK));
  } catch (cause) {
    const code = errnoOf(cause) ?? String(cause);
    // In use, or gone already. One that is built to stay says EBUSY.
    if (code === 'EAGAIN' || code === 'EWOULDBLOCK' || code === 'EBUSY' || code === 'ENOENT') return;
    throw new HostError(`cannot unload ${module}: ${code}`, undefined, { cause });
  }
}

function not(set: ReadonlySet<string>): (name: string) => boolean {
  return (name) => !set.has(name);
}
