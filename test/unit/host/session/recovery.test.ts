// What a death leaves of a run's folder, whenever it comes: the run is recovered or forgotten, and never in the way of others.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JournalRecord } from '../../../../agent/host/journal/journal.ts';
import { recoverAll } from '../../../../agent/host/session/recovery.ts';
import { bootId, openSession } from '../../../../agent/host/session/session.ts';
import type { Step } from '../../../../agent/host/step.ts';
import { BusyError, ResidueError } from '../../../../agent/lib/errors.ts';
import { type Machine, makeMachine } from '../../../support/fake-host.ts';

const state = { folder: '' };
let machine: Machine;
beforeEach(() => {
  state.folder = mkdtempSync(join(tmpdir(), 'layerlift-state-'));
  machine = makeMachine([['/theirs', 'folder']]);
});
afterEach(() => rmSync(state.folder, { recursive: true, force: true }));

const mkdir = (path: string): Step => ({ kind: 'mkdir', path, why: 'a test' });
const header = (run: string, boot = bootId()): JournalRecord => ({
  ...{ type: 'header', version: 1, run, bootId: boot, pid: 1, startedAt: '2026-01-01T00:00:00Z' },
});

/** The folder of a run; `lines` undefined: without a journal. */
function leave(name: string, lines: readonly unknown[] | undefined, ...files: readonly string[]): void {
  mkdirSync(join(state.folder, name, 'domains'), { recursive: true });
  for (const file of files) writeFileSync(join(state.folder, name, file), 'x');
  if (!lines) return;
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
  const isTorn = text.length < 20;
  writeFileSync(join(state.folder, name, 'journal.ndjson'), isTorn ? text : `${text}\n`);
}

/** A run that made a folder and died. */
function leaveChanged(run: string, path: string): void {
  machine.things.set(path, 'folder');
  leave(run, [header(run), { type: 'intent', seq: 0, step: mkdir(path), prior: '' }, { type: 'done', seq: 0 }]);
}

const here = (): readonly string[] => readdirSync(state.folder).filter((name) => name !== 'lock');
const recover = (only?: string): ReturnType<typeof recoverAll> =>
  recoverAll({
    ...{ holder: 'recover', onUndo: () => undefined, state: state.folder, kinds: machine.kinds },
    ...(only === undefined ? {} : { only }),
  });
const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (failure: unknown) => failure,
  );

describe('a recovery', () => {
  it('undoes what the journal lists, and forgets the run', async () => {
    leaveChanged('aaaaaa', '/a');
    expect(await recover()).toEqual([{ run: 'aaaaaa', undone: 1, endedByReboot: false }]);
    expect([...machine.things.keys()]).toEqual(['/theirs']);
    expect(here()).toEqual([]);
  });

  it.each<[string, readonly unknown[] | undefined, readonly string[]]>([
    ['before its journal was begun', undefined, []],
    ['before its first line', [], []],
    ['within its first line', ['{"type":"head'], []],
    ['while its folder was removed', undefined, ['domains/initramfs', 'vduse.log']],
  ])('clears a run away that was cut off %s', async (_, lines, files) => {
    leave('aaaaaa', lines, ...files);
    leaveChanged('bbbbbb', '/b');
    expect(await recover()).toMatchObject([{ undone: 0 }, { run: 'bbbbbb', undone: 1 }]);
    expect(here()).toEqual([]);
  });

  it('clears away what is left of a folder that was being removed, and tells of no run', async () => {
    leave('aaaaaa.over', undefined, 'domains/initramfs');
    expect(await recover()).toEqual([]);
    expect(here()).toEqual([]);
  });

  it('of one run leaves the others alone', async () => {
    leaveChanged('aaaaaa', '/a');
    leaveChanged('bbbbbb', '/b');
    expect(await recover('bbbbbb')).toMatchObject([{ run: 'bbbbbb' }]);
    expect(here()).toEqual(['aaaaaa']);
    expect(machine.things.has('/a')).toBe(true);
  });

  it('undoes nothing of another boot', async () => {
    leave('aaaaaa', [header('aaaaaa', 'another'), { type: 'intent', seq: 0, step: mkdir('/theirs'), prior: '' }]);
    expect(await recover()).toEqual([{ run: 'aaaaaa', undone: 0, endedByReboot: true }]);
    expect(machine.things.has('/theirs')).toBe(true);
    expect(here()).toEqual([]);
  });

  it('goes on with the other runs when one cannot be read at all, and names that one', async () => {
    mkdirSync(join(state.folder, 'aaaaaa/journal.ndjson'), { recursive: true });
    leaveChanged('bbbbbb', '/b');
    const failure = await failureOf(recover());
    expect(failure).toBeInstanceOf(ResidueError);
    expect(failure).toMatchObject({
      problems: [{ message: expect.stringMatching(/^cannot recover the run in .*\/aaaaaa: EISDIR/) as string }],
    });
    expect(machine.things.has('/b')).toBe(false);
    expect(here()).toEqual(['aaaaaa']);
  });

  it.each<[string, readonly unknown[]]>([
    ['is damaged', [header('aaaaaa'), 'what']],
    ['is of another version', [{ ...header('aaaaaa'), version: 2 }]],
  ])('undoes nothing of a journal that %s, and gives the lines to type, newest first', async (_, lines) => {
    const intents = ['/a', '/b', '/c'].map((path, seq) => ({ type: 'intent', seq, step: mkdir(path), prior: '' }));
    leave('aaaaaa', [...lines, ...intents, { type: 'undone', seq: 2 }]);
    const failure = await failureOf(recover());
    expect(failure).toMatchObject({
      exit: 'residue',
      problems: [
        { at: expect.stringContaining('journal.ndjson:') as string },
        { message: expect.stringContaining('nothing of the run') as string },
        { message: '`mkdir /b` may be in effect', hint: 'by hand: rmdir /b' },
        { message: '`mkdir /a` may be in effect', hint: 'by hand: rmdir /a' },
      ],
    });
    expect(here()).toEqual(['aaaaaa']);
  });
});

describe('a run', () => {
  const open = (run: string): ReturnType<typeof openSession> =>
    openSession(run, { stop: new AbortController().signal, state: state.folder, kinds: machine.kinds });

  it('is not kept from starting by one that changed nothing, and leaves no trace of either', async () => {
    leave('aaaaaa', undefined);
    leave('bbbbbb.over', undefined, 'domains/initramfs');
    const session = await open('cccccc');
    expect(here()).toEqual(['cccccc']);
    session.close({ clean: true });
    expect(here()).toEqual([]);
  });

  it('is refused while another has something to undo, which is left as it is', async () => {
    leaveChanged('aaaaaa', '/a');
    const failure = await failureOf(open('bbbbbb'));
    expect(failure).toBeInstanceOf(BusyError);
    expect(failure).toMatchObject({ message: expect.stringContaining('run aaaaaa was interrupted') as string });
    expect(existsSync(join(state.folder, 'aaaaaa/journal.ndjson'))).toBe(true);
  });

  it('keeps its journal when something could not be undone', async () => {
    const session = await open('aaaaaa');
    await session.host.apply(mkdir('/a') as Exclude<Step, { kind: 'spawn' }>);
    session.close({ clean: false });
    expect(await recover()).toMatchObject([{ run: 'aaaaaa', undone: 1 }]);
    expect(machine.things.has('/a')).toBe(false);
  });

  it('writes nothing more into its journal once that is closed', async () => {
    const session = await open('aaaaaa');
    session.close({ clean: true });
    expect(() => session.journal.append({ type: 'done', seq: 0 })).toThrow('it is closed');
  });
});
