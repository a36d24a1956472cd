#!/bin/bash
# Lays out the disks of scripts/lab --distro as real ones are, from the nodes in $LAB_DISKS, in this order: a volume group in
# use, one that is not, two members of an array of which one is there, LUKS, ext4, btrfs, a GPT, ZFS. Beside them a disk
# that has two paths.
set -eu
read -r used idle member absent luks ext4 btrfs gpt zfs <<<"$LAB_DISKS"
{
  pvcreate -y "$used" && vgcreate used "$used" && lvcreate -y -n data -L 16M used
  pvcreate -y "$idle" && vgcreate idle "$idle" && lvcreate -y -n data -L 16M idle && vgchange -an idle
  mdadm --create /dev/md/half --run --level=1 --metadata=1.2 --raid-devices=2 "$member" "$absent"
  mdadm --stop /dev/md/half && wipefs --all "$absent"
  udevadm settle
  mdadm --incremental "$member" || true
  cryptsetup luksFormat --batch-mode --pbkdf pbkdf2 --pbkdf-force-iterations 1000 "$luks" - <<<secret
  mke2fs -q -t ext4 "$ext4"
  mkfs.btrfs -q --mixed "$btrfs"
  sgdisk --new=1:0:+8M --change-name=1:part "$gpt"
  # An uberblock each KiB from 128 KiB on, in native order (libblkid, superblocks/zfs.c).
  for ((at = 128; at < 192; at++)); do printf '\x0c\xb1\xba\0\0\0\0\0' | dd of="$zfs" bs=1K seek=$at conv=notrunc status=none; done
  # One disk behind two hosts.
  modprobe scsi_debug dev_size_mb=16 add_host=2 num_tgts=1 vpd_use_hostno=0
  udevadm settle
} >&2
