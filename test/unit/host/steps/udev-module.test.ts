import { beforeEach, expect, it } from 'vitest';
import { verbOf } from '../../../../agent/host/step.ts';
import { errno, fakeKernel } from '../../../support/fake-kernel.ts';

const step = { kind: 'udev-module', name: 'sg', makes: '/sys/class/scsi_generic', why: 'x' } as const;

/** A machine on which udevd runs, and has nothing to do. */
const machine = { udevd: true, loaded: new Set<string>(), nodes: [] as string[], opened: false };
beforeEach(() => void Object.assign(machine, { udevd: true, loaded: new Set(['ext4']), nodes: [], opened: false }));

const verb = verbOf(
  step,
  fakeKernel({
    exists: (path) => Promise.resolve(path === '/run/udev/control' && machine.udevd),
    read: () => Promise.resolve([...machine.loaded].map((name) => `${name} 16384 0 - Live 0x0\n`).join('')),
    list: () => Promise.resolve(machine.loaded.has('sg') ? machine.nodes : []),
    run: () => Promise.resolve(''),
    unload: (name) => {
      if (machine.opened) return Promise.reject(errno('EAGAIN'));
      machine.loaded.delete(name);
      return Promise.resolve();
    },
  }),
);

/** As the unwind does it. */
async function undone(prior: string | undefined): Promise<readonly string[]> {
  if (await verb.present(step, prior)) await verb.undo(step, prior, 100);
  return [...machine.loaded];
}

it('a module that udev has loaded for a device of the run goes with it', async () => {
  const prior = await verb.capture(step);
  expect(await undone(prior)).toEqual(['ext4']);
  machine.loaded.add('sg');
  expect(await undone(prior)).toEqual(['ext4']);
  expect(await undone(prior)).toEqual(['ext4']);
});

it('one that was there before is nothing to do, nor is any where no udevd runs', async () => {
  machine.loaded.add('sg');
  expect(await verb.capture(step)).toBeUndefined();
  expect(await undone(undefined)).toContain('sg');
  Object.assign(machine, { udevd: false, loaded: new Set() });
  expect(await verb.capture(step)).toBeUndefined();
});

it('it stays for a disk that came meanwhile, and for whoever has it open', async () => {
  const prior = await verb.capture(step);
  machine.loaded.add('sg');
  machine.nodes = ['sg0'];
  expect(await undone(prior)).toContain('sg');
  await verb.undo(step, prior, 100);
  expect([...machine.loaded]).toContain('sg');
  machine.nodes = [];
  machine.opened = true;
  expect(await undone(prior)).toContain('sg');
});
