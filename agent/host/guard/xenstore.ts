// Disks that xenstore gives to Xen domains: also those of QEMU's and blktap's back ends, and those not connected yet.

import { isControlDomain } from '../formats/control-domain.ts';
import { deviceNumberOfHex } from '../formats/device-number.ts';
import { blind, type Eyes, type Finding, type LookUp, memberAt, memberOf, printDeadlineMs, user } from './look.ts';

export const xenstore: LookUp = async (eyes, family) => {
  if (!(await isDom0(eyes))) return [];
  let text: string;
  try {
    text = await eyes.run(['xenstore-ls', '-f', 'backend'], { deadlineMs: printDeadlineMs });
  } catch {
    return [blind('xenstore cannot be read (xenstore-ls, in the package xenstore-utils)')];
  }
  const found = new Map<string, Finding>();
  for (const { domain, key, value } of parseXenstore(text)) {
    const member =
      key === 'physical-device'
        ? memberOf(family, deviceNumberOfHex(value) ?? 'none')
        : await memberAt(eyes, family, pathIn(value));
    if (member) found.set(domain, user(`xenstore gives ${member.name} to Xen domain ${domain}`));
  }
  return [...found.values()];
};

export interface BackendKey {
  readonly domain: string;
  readonly key: 'physical-device' | 'params';
  readonly value: string;
}

/** Lines such as `/local/domain/0/backend/vbd/7/51712/params = "/dev/vg/a"`. */
export function parseXenstore(text: string): readonly BackendKey[] {
  return text.split('\n').flatMap((line) => {
    const match = /backend\/[^/]+\/(\d+)\/[^/]+\/(physical-device|params)\s+=\s+"(.*)"\s*(?:\(.*\))?$/.exec(line);
    const [, domain = '', key, value = ''] = match ?? [];
    return key === 'params' || key === 'physical-device' ? [{ domain, key, value }] : [];
  });
}

/** `params` is a path, or a type and a path: `aio:/dev/sdb`, `tapdisk:vhd:/dev/sdb`. */
function pathIn(params: string): string | undefined {
  return /\/.*$/.exec(params)?.[0];
}

async function isDom0(eyes: Eyes): Promise<boolean> {
  if ((await eyes.read('/sys/hypervisor/type'))?.trim() !== 'xen') return false;
  const features = await eyes.read('/sys/hypervisor/properties/features');
  return isControlDomain(await eyes.read('/proc/xen/capabilities'), features);
}
