import { expect, it } from 'vitest';
import { verbOf } from '../../../../agent/host/step.ts';
import { errno, fakeKernel } from '../../../support/fake-kernel.ts';

const dep = `kernel/crypto/nhpoly1305.ko.xz: kernel/arch/x86/crypto/poly1305-x86_64.ko.xz
kernel/arch/x86/crypto/nhpoly1305-sse2.ko.xz: kernel/crypto/nhpoly1305.ko.xz
kernel/lib/crypto/libpoly1305.ko.xz:
kernel/crypto/adiantum.ko.xz:
kernel/drivers/net/veth.ko.xz:
`;
const step = { kind: 'brought-modules', why: 'x' } as const;

/** Modules with those that stand on them; unloading follows the kernel's count. */
function machine(loaded: Map<string, readonly string[]>) {
  const kernel = fakeKernel({
    read: (path) =>
      Promise.resolve(
        { '/proc/sys/kernel/osrelease': '6.1.0\n', '/lib/modules/6.1.0/modules.dep': dep }[path] ??
          [...loaded.keys()].map((name) => `${name} 16384 0 - Live 0x0\n`).join(''),
      ),
    unload: (name) => {
      if ((loaded.get(name) ?? []).some((user) => loaded.has(user))) return Promise.reject(errno('EAGAIN'));
      loaded.delete(name);
      return Promise.resolve();
    },
  });
  return verbOf(step, kernel);
}

it('algorithms that came since go again, those above first; what was there or is no algorithm stays', async () => {
  const loaded = new Map<string, readonly string[]>([['adiantum', []]]);
  const verb = machine(loaded);
  const prior = await verb.capture(step);
  expect(prior).toBe('adiantum');
  expect(await verb.present(step, prior)).toBe(false);
  loaded
    .set('libpoly1305', ['nhpoly1305'])
    .set('nhpoly1305', ['nhpoly1305_sse2'])
    .set('nhpoly1305_sse2', [])
    .set('veth', []);
  expect(await verb.present(step, prior)).toBe(true);
  await verb.undo(step, prior, 100);
  expect([...loaded.keys()]).toEqual(['adiantum', 'veth']);
  await verb.undo(step, prior, 100);
});

it('one that somebody else has come to use stays', async () => {
  const loaded = new Map<string, readonly string[]>([
    ['nhpoly1305', ['theirs']],
    ['theirs', []],
  ]);
  const verb = machine(loaded);
  await verb.undo(step, '', 100);
  expect([...loaded.keys()]).toEqual(['nhpoly1305', 'theirs']);
});
