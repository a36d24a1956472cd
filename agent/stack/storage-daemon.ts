// The block layer of QEMU without a machine, which serves rings and paths of ours.

import type { Need } from '../host/needs/needs.ts';

export const storageDaemonNeed: Need = {
  kind: 'tool',
  name: 'qemu-storage-daemon',
  debianPackage: { name: 'qemu-utils', upTo: { release: 12, name: 'qemu-system-common' } },
};
