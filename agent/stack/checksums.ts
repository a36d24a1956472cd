import type { Host } from '../host/host.ts';

// NVMe and SCSI disks bring in t10-pi, which makes the kernel load these algorithms by itself (lib/crc-t10dif.c,
// lib/crc64-rocksoft.c). Loaded by name before, they are journaled, and unloaded with the rest.
const algorithms = ['crypto-crct10dif', 'crypto-crc64-rocksoft'];

export async function loadChecksums(host: Host): Promise<void> {
  for (const name of algorithms) await host.apply({ kind: 'module', name, why: 'checksums of NVMe and SCSI' });
}
