/** XENFEAT_dom0, a bit of the features that the hypervisor offers (xen/include/public/features.h). */
const domain0Feature = 1n << 11n;

/** Is this domain 0? Told twice: by xenfs (/proc/xen/capabilities) where it is mounted, and by the hypervisor's features in hexadecimal. */
export function isControlDomain(capabilities: string | undefined, features: string | undefined): boolean {
  if (capabilities?.includes('control_d')) return true;
  const digits = features?.trim() ?? '';
  return /^[0-9a-f]+$/i.test(digits) && (BigInt(`0x${digits}`) & domain0Feature) !== 0n;
}
