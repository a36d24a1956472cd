// Files of a guest's domain: its initramfs, fio with all libraries for the disk that it runs from, its configuration.

import { basename, dirname, join } from 'node:path';
import { HostError } from '../../lib/errors.ts';
import { compactAwk, guestInit } from '../xen/guest-init.ts';
import { faultPoint } from '../kernel/fault.ts';
import { findProgram } from '../kernel/run-command.ts';
import type { Kernel } from '../port.ts';
import { word, words } from '../../lib/shell-words.ts';
import { nothingToCapture, type StepBase, type StepKind } from './verb.ts';

/** A folder with the files of a guest's domain: an initramfs, the programs that it runs, its configuration. */
export interface XenFilesStep extends StepBase {
  readonly kind: 'xen-files';
  /** The folder: ours alone, in memory. */
  readonly path: string;
  /** Modules that a domain loads, each with its parameters; `optional`: left out where the kernel has none of that name. */
  readonly modules: readonly { readonly name: string; readonly params: string; readonly optional?: true }[];
  /** Text of each configuration, by its file's name. */
  readonly configs: Readonly<Record<string, string>>;
}

export const xenFilesStep: StepKind<XenFilesStep> = {
  kind: 'xen-files',
  text: ({ path }) => ({
    act: `# an initramfs, fio with its libraries, and the configuration of each domain, in ${word(path)}`,
    undo: words(['rm', '-r', path]),
  }),
  present: ({ path }, _prior, kernel) => kernel.exists(path),
  capture: nothingToCapture,
  // A hundred megabytes of libraries.
  actMs: 180_000,
  // All of it is in the folder, which is removed whole: it may be cut off anywhere.
  act: async (step, _prior, stop, kernel) => {
    await kernel.makeFolder(step.path);
    await kernel.setMode(step.path, 0o700);
    for (const [name, text] of Object.entries(step.configs)) await kernel.keep(join(step.path, name), text);
    faultPoint('xen-files configured');
    await makeInitramfs(step, { stop, kernel });
    faultPoint('xen-files initramfs made');
    stop.throwIfAborted();
    await copyFio(join(step.path, 'tree'), { stop, kernel });
    return '';
  },
  undo: ({ path }, _prior, _patienceMs, kernel) => kernel.removeTree(path),
};

interface Means {
  readonly stop: AbortSignal;
  readonly kernel: Kernel;
}

/** busybox, the first program, and the kernel's modules in the order in which they load. */
async function makeInitramfs({ path, modules }: XenFilesStep, { stop, kernel }: Means): Promise<void> {
  const tree = join(path, 'initramfs.d');
  const folders = ['bin', 'dev', 'proc', 'sys', 'root', 'modules'];
  for (const folder of folders) await kernel.makeFolders(join(tree, folder));
  await copyProgram(await programPath('busybox', kernel), { to: join(tree, 'bin/busybox'), tree, stop, kernel });
  await kernel.keep(join(tree, 'init'), guestInit, 0o755);
  await kernel.keep(join(tree, 'compact.awk'), compactAwk);
  const order = new Map<string, string>();
  for (const { name, params, optional } of modules) {
    // Nothing to copy of one that is built in.
    const shown = await kernel.run(['modprobe', '--show-depends', name], { stop }).catch((failure: unknown) => {
      if (optional) return '';
      throw failure;
    });
    for (const [, file = ''] of shown.matchAll(/^insmod (\S+)/gm)) {
      const plain = basename(file).replace(/\.(xz|zst)$/, '');
      if (order.has(plain)) continue;
      await kernel.copy(file, join(tree, 'modules', basename(file)));
      const unpack = unpackers[/\.(xz|zst)$/.exec(file)?.[0] ?? ''];
      if (unpack) await kernel.run([...unpack, join(tree, 'modules', basename(file))], { stop });
      order.set(plain, plain.replaceAll('_', '-') === `${name}.ko` ? params : '');
    }
  }
  await kernel.keep(join(tree, 'modules/order'), [...order].map(([file, params]) => `${file} ${params}\n`).join(''));
  const files = await kernel.listTree(tree);
  const archive = ['cpio', '--quiet', '-o', '-H', 'newc', '-O', join(path, 'initramfs')];
  await kernel.run(archive, { place: { cwd: tree, input: files.join('\n') }, stop });
}

const unpackers: Readonly<Record<string, readonly string[]>> = {
  '.xz': ['xz', '-d'],
  '.zst': ['zstd', '-d', '-q', '--rm'],
};

/** fio, and the folders that the guest's first program mounts on. */
async function copyFio(tree: string, { stop, kernel }: Means): Promise<void> {
  for (const folder of ['dev', 'proc', 'sys', 'tmp', 'usr/bin', 'usr/lib', 'usr/lib64'])
    await kernel.makeFolders(join(tree, folder));
  for (const folder of ['lib', 'lib64']) await kernel.link(`usr/${folder}`, join(tree, folder));
  await copyProgram(await programPath('fio', kernel), { to: join(tree, 'usr/bin/fio'), tree, stop, kernel });
}

/** A program and its libraries, these where the host has them. */
async function copyProgram(
  program: string,
  { to, tree, stop, kernel }: Means & { readonly to: string; readonly tree: string },
): Promise<void> {
  await kernel.copy(program, to);
  // A static program has none, which ldd calls an error.
  const needed = await kernel.run(['ldd', program]).catch(() => '');
  for (const [, library = ''] of needed.matchAll(/(?:=> |^\t)(\/\S+) \(/gm)) {
    stop.throwIfAborted();
    await kernel.makeFolders(dirname(join(tree, library)));
    await kernel.copy(library, join(tree, library));
  }
}

async function programPath(name: string, kernel: Kernel): Promise<string> {
  const path = await findProgram(name, kernel.exists);
  if (path === undefined) throw new HostError(`the program ${name} is not installed`, `apt-get install ${name}`);
  return path;
}
