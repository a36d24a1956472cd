// Kernel modules. They are shared with the rest of the host: only what was absent is loaded, and only that is unloaded.

import { faultPoint } from '../kernel/fault.ts';
import { retryBusy } from '../kernel/wait.ts';
import { errnoOf, HostError } from '../../lib/errors.ts';
import type { Kernel } from '../port.ts';
import { words } from '../../lib/shell-words.ts';
import { hasUncountedUsers } from './uncounted-users.ts';
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
  // The modules that were absent, in the order of insertion.
  text: ({ name, params = {} }, prior) => ({
    act: words(['modprobe', name, ...Object.entries(params).map(([key, value]) => `${key}=${value}`)]),
    undo: prior
      ? `${words(['rmmod', ...parsePrior(prior).toReversed()])}  # those that nobody else uses`
      : `rmmod ${name}  # and what it brought in; only what this run loaded`,
  }),
  shared: true,
  mayStay: true,
  present: async (_step, prior, kernel) => (await loadedOf(prior, kernel)).length > 0,
  capture: async ({ name }, kernel) => {
    const loaded = await loadedModules(kernel);
    // modprobe itself does no more than that (kmod_module_probe_insert_module); its start takes longer than the look.
    if (loaded.has(name.replaceAll('-', '_'))) return undefined;
    const wanted = await dependenciesOf(name, kernel).catch((failure: unknown) => {
      // A kernel that has no such alias has it built in, or does without.
      if (name.startsWith(algorithmPrefix)) return [];
      throw failure;
    });
    const absent = wanted.filter(not(loaded));
    return absent.length > 0 ? absent.join(' ') : undefined;
  },
  act: async ({ name, params = {} }, prior, _stop, kernel) => {
    const argv = ['modprobe', name, ...Object.entries(params).map(([key, value]) => `${key}=${value}`)];
    try {
      await kernel.run(argv);
    } catch (failure) {
      // An algorithm has several modules, and those for other CPUs refuse: one is enough, and its user will tell.
      if (!name.startsWith(algorithmPrefix)) throw failure;
      return '';
    }
    const own = name.replaceAll('-', '_');
    if (parsePrior(prior).includes(own) && !(await loadedModules(kernel)).has(own)) {
      throw new HostError(
        `\`modprobe ${name}\` ended well, but ${own} is not loaded`,
        `an \`install\` line keeps it out: \`modprobe --showconfig | grep "^install ${own} "\``,
      );
    }
    return '';
  },
  // In the order of insertion, so backwards here. One that somebody else has come to use meanwhile stays.
  undo: async (_step, prior, patienceMs, kernel) => {
    for (const module of (await loadedOf(prior, kernel)).reverse()) {
      if (!(await hasUncountedUsers(module, kernel))) await unload(module, patienceMs, kernel);
      faultPoint('module unloaded');
    }
  },
};

/** Names in /proc/modules. */
export async function loadedModules(kernel: Pick<Kernel, 'read'>): Promise<ReadonlySet<string>> {
  return parseModules((await kernel.read('/proc/modules')) ?? '');
}

export function parseModules(text: string): ReadonlySet<string> {
  return new Set(text.split('\n').flatMap((line) => line.split(' ')[0] || []));
}

/**
 * The modules that `modprobe NAME` inserts, dependencies first; empty when it is built in. For one that has an `install` line
 * in modprobe.d, modprobe tells the command and not what it inserts (modprobe.d(5)): these are the modules that the command
 * names, and then those that would come without any configuration.
 */
async function dependenciesOf(name: string, kernel: Kernel): Promise<readonly string[]> {
  const text = await kernel.run(['modprobe', '--show-depends', name]);
  const installs = parseInstalls(text);
  if (installs === undefined) return parseShowDepends(text);
  const plain = async (one: string): Promise<readonly string[]> =>
    parseShowDepends(await kernel.run(['modprobe', '-C', '/dev/null', '--show-depends', one]));
  const named = await Promise.all(installs.map((one) => plain(one).catch(() => [])));
  const own = await plain(name);
  return [...new Set([...parseShowDepends(text), ...named.flat()])].filter((one) => !own.includes(one)).concat(own);
}

/** The modules that the commands of `install` lines load by modprobe; undefined where there is no such line. */
function parseInstalls(text: string): readonly string[] | undefined {
  const commands = text.split('\n').filter((line) => line.startsWith('install '));
  if (commands.length === 0) return undefined;
  return commands.flatMap((command) =>
    command.split(/&&|\|\||[;|]/).flatMap((part) => {
      const words = part.trim().split(/\s+/);
      const at = words.findIndex((one) => /(^|\/)modprobe$/.test(one));
      return (at < 0 ? undefined : words.slice(at + 1).find((one) => /^\w[\w-]*$/.test(one))) ?? [];
    }),
  );
}

export function parseShowDepends(text: string): readonly string[] {
  const names = text
    .split('\n')
    .filter((line) => line.startsWith('insmod '))
    .map((line) => (/\/([^/]+)\.ko(\.\w+)?(\s|$)/.exec(line)?.[1] ?? '').replaceAll('-', '_'));
  // Soft dependencies can repeat a module.
  return [...new Set(names)].filter((name) => name !== '');
}

async function loadedOf(prior: string | undefined, kernel: Kernel): Promise<string[]> {
  const loaded = await loadedModules(kernel);
  return parsePrior(prior).filter((name) => loaded.has(name));
}

async function unload(module: string, patienceMs: number, kernel: Kernel): Promise<void> {
  try {
    await retryBusy(patienceMs, () => kernel.unload(module));
  } catch (cause) {
    if (isUsedOrGone(cause)) return;
    throw new HostError(`cannot unload ${module}: ${errnoOf(cause) ?? String(cause)}`, undefined, { cause });
  }
}

/** Whether a module was not unloaded as others use it, or as it is gone: either is as it should be. One that is built to stay says EBUSY. */
export function isUsedOrGone(failure: unknown): boolean {
  return ['EAGAIN', 'EWOULDBLOCK', 'EBUSY', 'ENOENT'].includes(errnoOf(failure) ?? '');
}

function not(set: ReadonlySet<string>): (name: string) => boolean {
  return (name) => !set.has(name);
}
