import type { Host } from '../host/host.ts';

/** udev loads `sg` with the first SCSI device of a host (Debian's 80-debian-compat.rules). To be applied before a disk appears. */
export async function expectScsiGeneric(host: Host): Promise<void> {
  const why = 'udev loads sg for the first SCSI device';
  await host.apply({ kind: 'udev-module', name: 'sg', makes: '/sys/class/scsi_generic', why });
}
