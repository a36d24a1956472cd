// Disks that xenstore gives to Xen domains: also those of QEMU's and blktap's back ends, and those not connected yet.

import { blind, type Eyes, type Finding, type LookUp, memberAt, memberOf, user } from './look.ts';

/** XENFEAT_dom0, a bit of the features that the hypervisor offers (xen/include/public/features.h). */
const dom0Feature = 1n << 11n;

export const xenstore: LookUp = async (eyes, family) => {
  if (!(await isDom0(eyes))) return [];
  let text: string;
  try {
    text = await eyes.print(['xenstore-ls', '-f', 'backend']);
  } catch {
    return [blind('xenstore cannot be read (xenstore-ls, in the package xenstore-utils)')];
  }
  const found = new Map<string, Finding>();
  for (const { domain, key, value } of parseXenstore(text)) {
    const member =
      key === 'physical-device' ? memberOf(family, numberOfHex(value)) : await memberAt(eyes, family, pathIn(value));
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

function numberOfHex(text: string): string {
  const [major, minor] = text.split(':').map((part) => Number.parseInt(part, 16));
  return `${major ?? NaN}:${minor ?? NaN}`;
}

async function isDom0(eyes: Eyes): Promise<boolean> {
  if ((await eyes.read('/sys/hypervisor/type'))?.trim() !== 'xen') return false;
  if ((await eyes.read('/proc/xen/capabilities'))?.includes('control_d') === true) return true;
  const features = (await eyes.read('/sys/hypervisor/properties/features'))?.trim() ?? '';
  return /^[0-9a-f]+$/i.test(features) && (BigInt(`0x${features}`) & dom0Feature) !== 0n;
}
