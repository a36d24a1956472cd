import { lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { linkStep } from '../../../../agent/host/steps/link.ts';
import { mkdirStep } from '../../../../agent/host/steps/mkdir.ts';
import { writeStep, type WriteStep } from '../../../../agent/host/steps/write.ts';
import { HostError } from '../../../../agent/lib/errors.ts';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'layerlift-test-'));
  path = join(folder, 'x');
});
afterEach(() => rmSync(folder, { recursive: true }));

const why = 'a test';
const never = new AbortController().signal;

describe('making a folder', () => {
  const step = () => ({ kind: 'mkdir', path, why }) as const;

  it('is seen, and undone', async () => {
    expect(await mkdirStep.present(step(), undefined)).toBe(false);
    await mkdirStep.act(step(), '', never);
    expect(lstatSync(path).isDirectory()).toBe(true);
    expect(await mkdirStep.present(step(), '')).toBe(true);
    await mkdirStep.undo(step(), '', 100);
    expect(await mkdirStep.present(step(), '')).toBe(false);
  });

  it.each<[string, () => void, string]>([
    ['a folder that is there', () => mkdirSync(path), 'EEXIST'],
    ['a file in its place', () => writeFileSync(path, ''), 'EEXIST'],
    ['a missing parent', () => (path = join(folder, 'no/x')), 'ENOENT'],
  ])('fails on %s, and says how', async (_, prepare, errno) => {
    prepare();
    await expect(mkdirStep.act(step(), '', never)).rejects.toThrow(HostError);
    await expect(mkdirStep.act(step(), '', never)).rejects.toThrow(`cannot make ${path}: ${errno}`);
  });
});

describe('making a link', () => {
  const step = () => ({ kind: 'link', path, target: '/nowhere/at/all', why }) as const;

  it('is seen even when it leads nowhere, and undone without what it leads to', async () => {
    expect(await linkStep.present(step(), undefined)).toBe(false);
    await linkStep.act(step(), '', never);
    expect(await linkStep.present(step(), '')).toBe(true);
    await linkStep.undo(step(), '', 100);
    expect(await linkStep.present(step(), '')).toBe(false);
  });

  it('leaves the target alone when it is undone', async () => {
    const target = join(folder, 'target');
    mkdirSync(target);
    await linkStep.act({ ...step(), target }, '', never);
    await linkStep.undo({ ...step(), target }, '', 100);
    expect(lstatSync(target).isDirectory()).toBe(true);
  });

  it('does not replace a link that is there', async () => {
    symlinkSync('/elsewhere', path);
    await expect(linkStep.act(step(), '', never)).rejects.toThrow('EEXIST');
  });
});

// Values of equal length: an attribute is replaced as a whole, a file of a test is not.
describe('writing an attribute', () => {
  const step = (changes: Partial<WriteStep> = {}): WriteStep => ({
    kind: 'write',
    path,
    value: 'new',
    restore: 'prior',
    why,
    ...changes,
  });

  it.each<[string, WriteStep['restore'], string, string]>([
    ['what was there', 'prior', 'old', 'old'],
    ['what was there, with its line end', 'prior', 'old\n', 'old'],
    ['the choice that was in force', 'prior', 'a [old] new', 'old'],
    ['what the step says', { value: 'off' }, 'old', 'off'],
  ])('puts back %s', async (_, restore, before, after) => {
    writeFileSync(path, before);
    const prior = await writeStep.capture(step({ restore }));
    writeFileSync(path, '');
    await writeStep.act(step({ restore }), prior ?? '', never);
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(await writeStep.present(step({ restore }), prior)).toBe(true);
    await writeStep.undo(step({ restore }), prior, 100);
    expect(readFileSync(path, 'utf8')).toBe(after);
    expect(await writeStep.present(step({ restore }), prior)).toBe(false);
  });

  it('is nothing to undo where it was never written, or the value was the same', async () => {
    writeFileSync(path, 'old');
    expect(await writeStep.present(step(), 'old')).toBe(false);
  });

  it('is nothing to undo once its object has gone, or where it goes with its object', async () => {
    expect(await writeStep.present(step(), 'old')).toBe(false);
    writeFileSync(path, 'new');
    expect(await writeStep.present(step({ restore: 'never' }), '')).toBe(false);
  });

  it('never makes a file, and says what could not be written where', async () => {
    await expect(writeStep.act(step(), '', never)).rejects.toThrow(`cannot write "new" to ${path}: ENOENT`);
    expect(() => lstatSync(path)).toThrow('ENOENT');
  });
});
