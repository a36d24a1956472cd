import { expect, it } from 'vitest';
import { dmsetup, statusBySysfs } from '../../../../agent/host/dm/dmsetup.ts';
import { unloadByRmmod } from '../../../../agent/host/kernel/unload-module.ts';
import { errnoOf, HostError } from '../../../../agent/lib/errors.ts';
import { verbOf } from '../../../../agent/host/step.ts';
import type { DmCreateStep } from '../../../../agent/host/steps/dm-create.ts';
import { fakeKernel } from '../../../support/fake-kernel.ts';
import { fakeTree } from '../../../support/fake-tree.ts';

const tree = fakeTree({
  '/sys/block/sda/size': '8\n',
  '/sys/block/dm-0/dm/name': 'vg-root\n',
  '/sys/block/dm-0/dm/uuid': 'LVM-x\n',
  '/sys/block/dm-0/dm/suspended': '0\n',
  '/sys/block/dm-7/dm/name': 'layerlift-abcdef-net\n',
  '/sys/block/dm-7/dm/uuid': 'LAYERLIFT-abcdef-net\n',
  '/sys/block/dm-7/dm/suspended': '1\n',
});
const host = { read: tree.read, list: tree.list, run: () => Promise.reject(new Error('nothing is run to look')) };

it('a device is seen in sysfs, by its name alone', async () => {
  expect(await statusBySysfs('layerlift-abcdef-net', host)).toEqual({
    ...{ node: '/dev/dm-7', suspended: true, uuid: 'LAYERLIFT-abcdef-net' },
  });
  expect(await statusBySysfs('layerlift-abcdef', host)).toBeUndefined();
});

it.each<['resume' | 'clear' | 'remove', string]>([
  ['resume', 'dmsetup --noudevsync resume --nolockfs x'],
  ['clear', 'dmsetup --noudevsync clear x'],
  ['remove', 'dmsetup --noudevsync remove x'],
])('to %s it is `%s`', async (verb, line) => {
  const lines: string[] = [];
  await dmsetup(verb, 'x', { run: (argv) => Promise.resolve(`${lines.push(argv.join(' '))}`) });
  expect(lines).toEqual([line]);
});

it('a device that is held is busy, so that it is tried again and its holder named', async () => {
  const said = 'exit 1: device-mapper: remove ioctl on x  failed: Device or resource busy | Command failed.';
  const failure: unknown = await dmsetup('remove', 'x', { run: () => Promise.reject(new HostError(said)) }).catch(
    (thrown: unknown) => thrown,
  );
  expect(failure).toBeInstanceOf(HostError);
  expect(errnoOf((failure as HostError).cause)).toBe('EBUSY');
});

it.each([
  ['that is used stays, and may be tried again', 'brd 1 2 - Live 0x0\n', 'EAGAIN'],
  ['that has gone is no failure', '', undefined],
])('a module %s', async (_, modules, code) => {
  const kernel = {
    read: () => Promise.resolve(modules),
    run: () => Promise.reject(new HostError('rmmod: ERROR: Module brd is in use')),
  };
  const failure: unknown = await unloadByRmmod('brd', kernel).catch((thrown: unknown) => thrown);
  expect(errnoOf(failure)).toBe(code);
});

it('a device that hangs is released and removed by programs where the kernel port has no native module', async () => {
  const lines: string[] = [];
  const kernel = fakeKernel({
    ...host,
    nativeFailure: () => 'the native module koffi cannot be loaded: x',
    run: (argv) => Promise.resolve(`${lines.push(argv.join(' '))}`),
  });
  const table = [{ start: 0, length: 8, type: 'zero', params: '' }];
  const step: DmCreateStep = {
    ...{ kind: 'dm-create', name: 'layerlift-abcdef-net', uuid: 'LAYERLIFT-abcdef-net', table, why: 'a test' },
  };
  const verb = verbOf<DmCreateStep>(step, kernel);
  expect(await verb.present(step, '')).toBe(true);
  await verb.release?.(step);
  await verb.undo(step, '', 0);
  expect(lines.map((line) => line.replace('--noudevsync ', ''))).toEqual([
    'dmsetup resume --nolockfs layerlift-abcdef-net',
    'dmsetup resume --nolockfs layerlift-abcdef-net',
    'dmsetup remove layerlift-abcdef-net',
  ]);
});
