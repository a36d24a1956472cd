import type { Host } from '../host/host.ts';

// NVMe and SCSI disks bring in t10-pi, which makes the kernel load these algorithms by itself (lib/crc-t10dif.c,
// lib/crc64-rocksoft.c). Loaded by name before, they are journaled, and unloaded with the rest.
const algorithms = ['crct10dif', 'crc64-rocksoft'];

/** Of iSCSI: its digests, and the proof of its secret (drivers/target/iscsi, iscsi_target_auth.c). */
export const iscsiAlgorithms = ['crc32c', 'md5'];

/** `more`: what only this use of them wants. The kernel asks for the module of an algorithm only where it has none of that name (crypto/api.c, crypto_larval_lookup). */
export async function loadChecksums(host: Host, more: readonly string[] = []): Promise<void> {
  const known = checksumNames((await host.read('/proc/crypto')) ?? '');
  for (const name of [...algorithms, ...more].filter((one) => !known.has(one)))
    await host.apply({ kind: 'module', name: `crypto-${name}`, why: 'checksums of NVMe and SCSI' });
}

/** The algorithms in /proc/crypto, by their own names, not those of drivers. */
export function checksumNames(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(/^name\s*: (.+)$/gm)].map(([, name = '']) => name));
}
