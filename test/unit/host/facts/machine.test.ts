import { describe, expect, it } from 'vitest';
import { readMachine, renderMachine } from '../../../../agent/host/facts/machine.ts';
import { fakeTree, type Tree } from '../../../support/fake-tree.ts';

const xen: Tree = {
  '/sys/hypervisor/type': 'xen\n',
  '/sys/hypervisor/version/major': '4\n',
  '/sys/hypervisor/version/minor': '17\n',
  '/sys/hypervisor/version/extra': '.7\n',
};
const cpu = (flags: string): Tree => ({ '/proc/cpuinfo': `processor\t: 0\nflags\t\t: fpu ${flags}\n` });
const clocks = '/sys/devices/system/clocksource/clocksource0/available_clocksource';

describe('the kind of machine', () => {
  it.each<[string, Tree]>([
    [
      'domain 0 of Xen 4.17.7 (PV)',
      { ...xen, '/sys/hypervisor/properties/features': '000228f0\n', '/sys/hypervisor/guest_type': 'PV\n' },
    ],
    [
      'domain 0 of Xen 4.17.7 (PVH)',
      { ...xen, '/proc/xen/capabilities': 'control_d\n', '/sys/hypervisor/guest_type': 'PVH\n' },
    ],
    [
      'a guest domain (domU) of Xen 4.17.7 (HVM)',
      {
        ...{ ...xen, '/sys/hypervisor/properties/features': '000020f0\n', '/sys/hypervisor/guest_type': 'HVM\n' },
        ...{ '/proc/xen/capabilities': '', ...cpu('hypervisor') },
      },
    ],
    ['a KVM guest', { ...cpu('hypervisor'), [clocks]: 'kvm-clock tsc\n' }],
    [
      'a virtual machine, not of KVM (QEMU Standard PC)',
      {
        ...{ ...cpu('hypervisor'), [clocks]: 'tsc hpet\n' },
        ...{ '/sys/class/dmi/id/sys_vendor': 'QEMU\n', '/sys/class/dmi/id/product_name': 'Standard PC\n' },
      },
    ],
    ['bare metal', cpu('vmx')],
    ['bare metal', {}],
  ])('is %s', async (words, files) => {
    const { read } = fakeTree(files);
    expect(renderMachine(await readMachine(read))).toBe(words);
  });
});
