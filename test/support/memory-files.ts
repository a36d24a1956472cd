// The files of a kernel in memory. They answer as this machine's do, errno by errno: test/unit/host/port.test.ts holds both to it.

import type { Kernel } from '../../agent/host/port.ts';
import { HostError } from '../../agent/lib/errors.ts';
import { errno } from './fake-kernel.ts';

type Entry =
  | { readonly kind: 'folder' }
  | { readonly kind: 'file'; readonly text: string; readonly mode: number }
  | { readonly kind: 'link'; readonly target: string };

export type FileVerbs = Pick<
  Kernel,
  | 'read'
  | 'list'
  | 'exists'
  | 'write'
  | 'makeFolder'
  | 'removeFolder'
  | 'makeFolders'
  | 'link'
  | 'unlink'
  | 'keep'
  | 'rename'
  | 'setMode'
  | 'copy'
  | 'removeTree'
  | 'listTree'
  | 'linkOf'
>;

export interface MemoryFiles extends FileVerbs {
  readonly entries: Map<string, Entry>;
}

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/';

/** `folders`: those that are there from the beginning, beside `/`. */
export function memoryFiles(folders: readonly string[] = []): MemoryFiles {
  const entries = new Map<string, Entry>([['/', { kind: 'folder' }]]);
  const below = (folder: string): readonly string[] => {
    const start = folder === '/' ? '/' : `${folder}/`;
    return [...entries.keys()]
      .filter((path) => path !== '/' && path.startsWith(start))
      .map((path) => path.slice(start.length));
  };
  const real = (path: string): string => {
    const entry = entries.get(path);
    return entry?.kind === 'link' ? real(entry.target) : path;
  };
  const textOf = (path: string): string => {
    const entry = entries.get(real(path));
    if (entry === undefined) throw errno('ENOENT');
    if (entry.kind !== 'file') throw errno('EISDIR');
    return entry.text;
  };
  const mustHaveParent = (path: string): void => {
    const parent = entries.get(real(parentOf(path)));
    if (parent === undefined) throw errno('ENOENT');
    if (parent.kind !== 'folder') throw errno('ENOTDIR');
  };
  const mustBeFree = (path: string): void => {
    if (entries.has(path)) throw errno('EEXIST');
    mustHaveParent(path);
  };
  const keep = (path: string, text: string, mode = 0o644): void => {
    const old = entries.get(real(path));
    if (old?.kind === 'folder') throw errno('EISDIR');
    if (old === undefined) mustHaveParent(real(path));
    entries.set(real(path), { kind: 'file', text, mode: old?.kind === 'file' ? old.mode : mode });
  };
  const makeFolders = (path: string): void => {
    if (path === '/' || entries.get(path)?.kind === 'folder') return;
    if (entries.has(path)) throw errno('EEXIST');
    makeFolders(parentOf(path));
    entries.set(path, { kind: 'folder' });
  };
  const calling = (what: string, body: () => void): Promise<void> =>
    soon(body).catch((cause: unknown) => {
      throw new HostError(`${what}: ${cause instanceof Error ? cause.message : ''}`, undefined, { cause });
    });

  for (const folder of folders) makeFolders(folder);
  return {
    entries,
    read: (path) => soon(() => (entries.has(real(path)) ? textOf(path) : undefined)),
    list: (path) =>
      soon(() => (entries.has(path) ? [...new Set(below(path).map((one) => one.split('/')[0] ?? ''))] : [])),
    exists: (path) => soon(() => entries.has(path)),
    write: (path, value) =>
      calling(`cannot write "${value.trim()}" to ${path}`, () => {
        textOf(path);
        keep(path, value);
      }),
    makeFolder: (path) =>
      calling(`cannot make ${path}`, () => {
        mustBeFree(path);
        entries.set(path, { kind: 'folder' });
      }),
    removeFolder: (path) =>
      soon(() => {
        const entry = entries.get(path);
        if (entry === undefined) throw errno('ENOENT');
        if (entry.kind !== 'folder') throw errno('ENOTDIR');
        if (below(path).length > 0) throw errno('ENOTEMPTY');
        entries.delete(path);
      }),
    makeFolders: (path) => soon(() => makeFolders(path)),
    link: (target, path) =>
      soon(() => {
        mustBeFree(path);
        entries.set(path, { kind: 'link', target });
      }),
    linkOf: (path) =>
      soon(() => {
        const entry = entries.get(path);
        return entry?.kind === 'link' ? entry.target : undefined;
      }),
    unlink: (path) =>
      soon(() => {
        const entry = entries.get(path);
        if (entry === undefined) throw errno('ENOENT');
        if (entry.kind === 'folder') throw errno('EISDIR');
        entries.delete(path);
      }),
    keep: (path, text, mode) => soon(() => keep(path, text, mode)),
    rename: (path, to) =>
      soon(() => {
        const entry = entries.get(path);
        if (entry === undefined) throw errno('ENOENT');
        mustHaveParent(to);
        entries.delete(path);
        entries.set(to, entry);
      }),
    setMode: (path, mode) =>
      soon(() => {
        const entry = entries.get(real(path));
        if (entry === undefined) throw errno('ENOENT');
        if (entry.kind === 'file') entries.set(real(path), { ...entry, mode });
      }),
    copy: (path, to) => soon(() => keep(to, textOf(path))),
    removeTree: (path) =>
      soon(() => {
        for (const one of below(path)) entries.delete(`${path}/${one}`);
        entries.delete(path);
      }),
    listTree: (path) =>
      soon(() => {
        if (!entries.has(path)) throw errno('ENOENT');
        return below(path);
      }),
  };
}

function soon<T>(body: () => T): Promise<T> {
  return Promise.resolve().then(body);
}
