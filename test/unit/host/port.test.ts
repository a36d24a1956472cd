// What the port to the kernel promises of files, held against this machine and against the files in memory that other
// tests stand on: a fake that answers otherwise would prove nothing.

import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { kernelHere } from '../../../agent/host/port.ts';
import { HostError } from '../../../agent/lib/errors.ts';
import { type FileVerbs, memoryFiles } from '../../support/memory-files.ts';

const made: string[] = [];
afterAll(() => made.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

const kernels: readonly (readonly [string, () => readonly [FileVerbs, string]])[] = [
  [
    'this machine',
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'layerlift-test-'));
      made.push(folder);
      return [kernelHere, folder];
    },
  ],
  ['memory', () => [memoryFiles(['/tmp/x']), '/tmp/x']],
];

type Try = (kernel: FileVerbs, at: (name: string) => string) => Promise<unknown>;

/** After `folder/`, `folder/file` with the text `old`, `empty/`, and `link`, which leads to nothing. */
const cases: readonly (readonly [what: string, attempt: Try, answer: unknown])[] = [
  ['a file is read', (k, at) => k.read(at('folder/file')), 'old'],
  ['no file has no text', (k, at) => k.read(at('none')), undefined],
  ['a file in no folder has no text', (k, at) => k.read(at('none/none')), undefined],
  ['a link to nothing has no text', (k, at) => k.read(at('link')), undefined],
  ['a folder is listed', (k, at) => k.list(at('folder')), ['file']],
  ['no folder is empty', (k, at) => k.list(at('none')), []],
  ['a file is there', (k, at) => k.exists(at('folder/file')), true],
  ['a link to nothing is there', (k, at) => k.exists(at('link')), true],
  ['nothing is not', (k, at) => k.exists(at('none')), false],
  [
    'an attribute is written',
    (k, at) => k.write(at('folder/file'), 'new').then(() => k.read(at('folder/file'))),
    'new',
  ],
  [
    'an attribute is never made',
    (k, at) => k.write(at('none'), 'x'),
    'HostError ENOENT cannot write "x" to ./none: ENOENT',
  ],
  [
    'a folder is no attribute',
    (k, at) => k.write(at('folder'), 'x'),
    'HostError EISDIR cannot write "x" to ./folder: EISDIR',
  ],
  ['a folder is made', (k, at) => k.makeFolder(at('new')).then(() => k.list(at('new'))), []],
  ['not where one is', (k, at) => k.makeFolder(at('folder')), 'HostError EEXIST cannot make ./folder: EEXIST'],
  ['not in none', (k, at) => k.makeFolder(at('none/new')), 'HostError ENOENT cannot make ./none/new: ENOENT'],
  ['an empty folder goes', (k, at) => k.removeFolder(at('empty')).then(() => k.exists(at('empty'))), false],
  ['a full one stays', (k, at) => k.removeFolder(at('folder')), 'ENOTEMPTY'],
  ['none cannot go', (k, at) => k.removeFolder(at('none')), 'ENOENT'],
  ['folders are made with all above', (k, at) => k.makeFolders(at('a/b/c')).then(() => k.list(at('a'))), ['b']],
  ['and may be there', (k, at) => k.makeFolders(at('folder')).then(() => k.list(at('folder'))), ['file']],
  ['a link leads to a file', (k, at) => k.link(at('folder/file'), at('l')).then(() => k.read(at('l'))), 'old'],
  ['a link replaces nothing', (k, at) => k.link('/elsewhere', at('link')), 'EEXIST'],
  [
    'a link goes without what it leads to',
    async (k, at) => {
      await k.link(at('folder/file'), at('l'));
      await k.unlink(at('l'));
      return [await k.exists(at('l')), await k.read(at('folder/file'))];
    },
    [false, 'old'],
  ],
  [
    'a link is read, though it leads to nothing',
    (k, at) => k.linkOf(at('link')).then((to) => to === at('nowhere')),
    true,
  ],
  ['a file is no link', (k, at) => k.linkOf(at('folder/file')), undefined],
  ['nothing is no link', (k, at) => k.linkOf(at('none/none')), undefined],
  ['nothing cannot be unlinked', (k, at) => k.unlink(at('none')), 'ENOENT'],
  ['a file is kept', (k, at) => k.keep(at('n'), 'text', 0o600).then(() => k.read(at('n'))), 'text'],
  ['a file is replaced whole', (k, at) => k.keep(at('folder/file'), 'x').then(() => k.read(at('folder/file'))), 'x'],
  ['a file is not kept in no folder', (k, at) => k.keep(at('none/n'), 'x'), 'ENOENT'],
  [
    'a file takes the place of another',
    async (k, at) => {
      await k.keep(at('n'), 'new');
      await k.rename(at('n'), at('folder/file'));
      return [await k.exists(at('n')), await k.read(at('folder/file'))];
    },
    [false, 'new'],
  ],
  ['nothing takes no place', (k, at) => k.rename(at('none'), at('n')), 'ENOENT'],
  ['the mode of nothing is not set', (k, at) => k.setMode(at('none'), 0o400), 'ENOENT'],
  ['a file is copied', (k, at) => k.copy(at('folder/file'), at('c')).then(() => k.read(at('c'))), 'old'],
  ['nothing is not', (k, at) => k.copy(at('none'), at('c')), 'ENOENT'],
  ['a tree goes whole', (k, at) => k.removeTree(at('folder')).then(() => k.exists(at('folder/file'))), false],
  ['and may be gone', (k, at) => k.removeTree(at('none')), undefined],
  [
    'a tree is listed with its folders',
    async (k, at) => {
      await k.makeFolders(at('folder/in'));
      await k.keep(at('folder/in/f'), '');
      return [...(await k.listTree(at('folder')))].sort();
    },
    ['file', 'in', 'in/f'],
  ],
];

describe.each(kernels)('files of %s', (_, start) => {
  let [kernel, folder] = start();
  const at = (name: string): string => `${folder}/${name}`;
  beforeEach(async () => {
    [kernel, folder] = start();
    await kernel.makeFolders(at('folder'));
    await kernel.makeFolder(at('empty'));
    await kernel.keep(at('folder/file'), 'old');
    await kernel.link(at('nowhere'), at('link'));
  });

  it.each(cases)('%s', async (_what, attempt, answer) => {
    const said = await attempt(kernel, at).catch((failure: unknown) => wordsOf(failure, folder));
    expect(said).toEqual(answer);
  });
});

describe('nodes of this machine', () => {
  it('are told by number, whatever path leads to them, and block devices from all others', async () => {
    expect(await kernelHere.numberOf('/dev/../dev/null')).toBe('c1:3');
    expect(await kernelHere.numberOf('/dev')).toBeUndefined();
    expect(await kernelHere.numberOf('/dev/none/none')).toBeUndefined();
    const opened = kernelHere.openExclusively('/dev/null');
    expect(opened.number).toBeUndefined();
    opened.close();
    expect(() => kernelHere.openExclusively('/dev/none')).toThrow(expect.objectContaining({ code: 'ENOENT' }) as Error);
  });

  it('have the inode by which /proc/locks names them', async () => {
    const { dev, ino } = statSync('/dev/null');
    const [major, minor, inode] = (await kernelHere.inodeOf('/dev/null'))?.split(':') ?? [];
    expect([parseInt(major ?? '', 16) * 256 + parseInt(minor ?? '', 16), inode]).toEqual([dev, `${ino}`]);
    expect(await kernelHere.inodeOf('/dev/none')).toBeUndefined();
  });
});

/** The errno, with the sentence where it is one of ours. */
function wordsOf(failure: unknown, folder: string): string {
  if (!(failure instanceof Error)) return 'no error';
  const cause: unknown = failure instanceof HostError ? failure.cause : failure;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'no code';
  return failure instanceof HostError ? `HostError ${code} ${failure.message.replaceAll(folder, '.')}` : code;
}
