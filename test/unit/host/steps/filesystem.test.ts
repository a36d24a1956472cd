import { lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verbOf } from '../../../../agent/host/step.ts';
import type { LinkStep } from '../../../../agent/host/steps/link.ts';
import type { MkdirStep } from '../../../../agent/host/steps/mkdir.ts';
import type { WriteStep } from '../../../../agent/host/steps/write.ts';
import { HostError } from '../../../../agent/lib/errors.ts';
import { fakeKernel } from '../../../support/fake-kernel.ts';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'layerlift-test-'));
  path = join(folder, 'x');
});
afterEach(() => rmSync(folder, { recursive: true }));

const why = 'a test';
const mkdirVerb = verbOf<MkdirStep>({ kind: 'mkdir', path: '/', why });
const linkVerb = verbOf<LinkStep>({ kind: 'link', path: '/', target: '/', why });
const writeVerb = verbOf<WriteStep>({ kind: 'write', path: '/', value: '', restore: 'never', why });
const never = new AbortController().signal;

describe('making a folder', () => {
  const step = () => ({ kind: 'mkdir', path, why }) as const;

  it('is seen, and undone', async () => {
    expect(await mkdirVerb.present(step(), undefined)).toBe(false);
    await mkdirVerb.act(step(), '', never);
    expect(lstatSync(path).isDirectory()).toBe(true);
    expect(await mkdirVerb.present(step(), '')).toBe(true);
    await mkdirVerb.undo(step(), '', 100);
    expect(await mkdirVerb.present(step(), '')).toBe(false);
  });

  it.each<[string, () => void, string]>([
    ['a folder that is there', () => mkdirSync(path), 'EEXIST'],
    ['a file in its place', () => writeFileSync(path, ''), 'EEXIST'],
    ['a missing parent', () => (path = join(folder, 'no/x')), 'ENOENT'],
  ])('fails on %s, and says how', async (_, prepare, errno) => {
    prepare();
    await expect(mkdirVerb.act(step(), '', never)).rejects.toThrow(HostError);
    await expect(mkdirVerb.act(step(), '', never)).rejects.toThrow(`cannot make ${path}: ${errno}`);
  });
});

describe('making a link', () => {
  const step = () => ({ kind: 'link', path, target: '/nowhere/at/all', why }) as const;

  it('is seen even when it leads nowhere, and undone without what it leads to', async () => {
    expect(await linkVerb.present(step(), undefined)).toBe(false);
    await linkVerb.act(step(), '', never);
    expect(await linkVerb.present(step(), '')).toBe(true);
    await linkVerb.undo(step(), '', 100);
    expect(await linkVerb.present(step(), '')).toBe(false);
  });

  it('leaves the target alone when it is undone', async () => {
    const target = join(folder, 'target');
    mkdirSync(target);
    await linkVerb.act({ ...step(), target }, '', never);
    await linkVerb.undo({ ...step(), target }, '', 100);
    expect(lstatSync(target).isDirectory()).toBe(true);
  });

  it('does not replace a link that is there', async () => {
    symlinkSync('/elsewhere', path);
    await expect(linkVerb.act(step(), '', never)).rejects.toThrow('EEXIST');
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
    const prior = await writeVerb.capture(step({ restore }));
    writeFileSync(path, '');
    await writeVerb.act(step({ restore }), prior ?? '', never);
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(await writeVerb.present(step({ restore }), prior)).toBe(true);
    await writeVerb.undo(step({ restore }), prior, 100);
    expect(readFileSync(path, 'utf8')).toBe(after);
    expect(await writeVerb.present(step({ restore }), prior)).toBe(false);
  });

  it('is nothing to undo where it was never written, or the value was the same', async () => {
    writeFileSync(path, 'old');
    expect(await writeVerb.present(step(), 'old')).toBe(false);
  });

  it('is nothing to undo once its object has gone, or where it goes with its object', async () => {
    expect(await writeVerb.present(step(), 'old')).toBe(false);
    writeFileSync(path, 'new');
    expect(await writeVerb.present(step({ restore: 'never' }), '')).toBe(false);
  });

  it('never makes a file, and says what could not be written where', async () => {
    await expect(writeVerb.act(step(), '', never)).rejects.toThrow(`cannot write "new" to ${path}: ENOENT`);
    expect(() => lstatSync(path)).toThrow('ENOENT');
  });
});

describe('an attribute that is to be put back', () => {
  const knob: WriteStep = { kind: 'write', path: '/sys/x', value: '4000', restore: 'prior', why };
  const on = (value: string) => verbOf<WriteStep>(knob, fakeKernel({ read: () => Promise.resolve(value) }));

  it('is read back as the kernel has it: clamped, or the choice in force', async () => {
    expect(await on('1024\n').readBack?.(knob)).toBe('1024');
    expect(await on('none [kyber]\n').readBack?.(knob)).toBe('kyber');
    expect(await on('1024\n').readBack?.({ ...knob, restore: 'never' })).toBeUndefined();
  });

  it('is theirs once it is another value than was read back', async () => {
    expect(await on('1024\n').takenOver?.(knob, '1024')).toBeUndefined();
    expect(await on('77\n').takenOver?.(knob, '1024')).toEqual({
      ...{ path: '/sys/x', made: '1024', found: '77' },
    });
  });
});
