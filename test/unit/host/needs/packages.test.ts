import { expect, it } from 'vitest';
import { installHint } from '../../../../agent/host/needs/packages.ts';
import { fakeTree } from '../../../support/fake-tree.ts';

const moved = { name: 'qemu-utils', upTo: { release: 12, name: 'qemu-system-common' } };

it.each([
  ['Debian 12', 'PRETTY_NAME="Debian"\nVERSION_ID="12"\nID=debian\n', 'apt-get install qemu-system-common'],
  ['Debian 13', 'VERSION_ID="13"\nID=debian\n', 'apt-get install qemu-utils'],
  ['Debian testing', 'ID=debian\n', 'apt-get install qemu-utils'],
  ['no such file', undefined, 'apt-get install qemu-utils'],
  [
    'a relative of Debian',
    'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"\n',
    'install the package that brings qsd; Debian has it in qemu-utils, and up to Debian 12 in qemu-system-common',
  ],
  [
    'another distribution',
    'ID="rhel"\nID_LIKE="fedora"\nVERSION_ID="9.4"\n',
    'install the package that brings qsd; Debian has it in qemu-utils, and up to Debian 12 in qemu-system-common',
  ],
])('a program that has moved between packages, on %s', async (_, osRelease, hint) => {
  const reads = fakeTree(osRelease === undefined ? {} : { '/etc/os-release': osRelease });
  expect(await installHint({ name: 'qsd', debianPackage: moved }, reads)).toBe(hint);
});

it.each([
  ['ID=ubuntu\nID_LIKE=debian\n', 'apt-get install fio'],
  ['ID=alpine\n', 'install the package that brings fio; Debian has it in fio'],
])('a program that stays in its package, with %j', async (osRelease, hint) => {
  const reads = fakeTree({ '/etc/os-release': osRelease });
  expect(await installHint({ name: 'fio', debianPackage: 'fio' }, reads)).toBe(hint);
});
