// Tells the kind of this machine: bare metal, a virtual machine, or a domain of Xen. Reads files alone.

import { isControlDomain } from '../formats/control-domain.ts';
import { readText } from '../kernel/files.ts';
import type { Reads } from '../reads.ts';

export type Machine =
  /** `control`: domain 0, which has the drivers and the toolstack. */
  | { readonly kind: 'xen'; readonly control: boolean; readonly version: string; readonly guestType: string }
  /** `by`: what it calls itself, as far as it tells. */
  | { readonly kind: 'virtual'; readonly kvm: boolean; readonly by: string }
  | { readonly kind: 'bare-metal' };

export interface Hardware {
  readonly manufacturer: string | undefined;
  readonly model: string | undefined;
  /** Whether a hypervisor is beneath. */
  readonly virtual: boolean;
}

/** As the firmware and the CPU say it; undefined where there is no DMI, as in domain 0 of Xen. */
export async function readHardware(read: (path: string) => Promise<string | undefined> = readText): Promise<Hardware> {
  const [manufacturer, model, cpus] = await Promise.all(
    ['/sys/class/dmi/id/sys_vendor', '/sys/class/dmi/id/product_name', '/proc/cpuinfo'].map(async (path) =>
      (await read(path).catch(() => undefined))?.trim(),
    ),
  );
  return { manufacturer, model, virtual: /^flags\s*:.*\bhypervisor\b/m.test(cpus ?? '') };
}

export async function readMachine(read: (path: string) => Promise<string | undefined> = readText): Promise<Machine> {
  const word = async (path: string): Promise<string> => (await read(path).catch(() => undefined))?.trim() ?? '';
  if ((await word('/sys/hypervisor/type')) === 'xen') {
    const [major, minor, extra] = await Promise.all(
      ['major', 'minor', 'extra'].map((part) => word(`/sys/hypervisor/version/${part}`)),
    );
    const features = await word('/sys/hypervisor/properties/features');
    const control = isControlDomain(await word('/proc/xen/capabilities'), features);
    const guestType = await word('/sys/hypervisor/guest_type');
    return { kind: 'xen', control, version: `${major ?? ''}.${minor ?? ''}${extra ?? ''}`, guestType };
  }
  const { manufacturer, model, virtual } = await readHardware(read);
  if (!virtual) return { kind: 'bare-metal' };
  const clocks = await word('/sys/devices/system/clocksource/clocksource0/available_clocksource');
  const by = [manufacturer, model].filter(Boolean).join(' ');
  return { kind: 'virtual', kvm: clocks.includes('kvm-clock') || /\bKVM\b/.test(by), by };
}

/** As a noun, such as `domain 0 of Xen 4.17.7 (PV)`. */
export function renderMachine(machine: Machine): string {
  switch (machine.kind) {
    case 'xen':
      return `${machine.control ? 'domain 0' : 'a guest domain (domU)'} of Xen ${machine.version} (${machine.guestType})`;
    case 'virtual':
      return `${machine.kvm ? 'a KVM guest' : 'a virtual machine, not of KVM'}${machine.by ? ` (${machine.by})` : ''}`;
    case 'bare-metal':
      return 'bare metal';
  }
}

/** The toolstack wants it; layerlift does without. */
export async function isXenfsMounted(list: Reads['list']): Promise<boolean> {
  return (await list('/proc/xen')).includes('capabilities');
}
