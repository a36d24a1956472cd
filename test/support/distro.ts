// What the lab of a whole Debian host is booted with.

const sized = ['used', 'idle', 'member', 'absent', 'luks', 'ext4'].map((name) => `64M:${name}`);

/** The disks that distro-disks.sh fills with what real ones carry. */
export const distroDisks: readonly string[] = [...sized, '128M:btrfs', '64M:gpt', '128M:zfs'];
