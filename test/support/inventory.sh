#!/bin/bash
# Everything on this host that a run could leave behind, one fact a line, for comparing before and after.
# Few programs are started, as it is asked for often, and a start is slow under emulation.
set -u
shopt -s nullglob
{
  for block in /sys/class/block/*; do read -r size <"$block/size" && printf 'block %s %s\n' "${block##*/}" "$size"; done
  for node in /dev/dm-* /dev/mapper/*; do printf 'node %s\n' "$node"; done
  for loop in /sys/block/loop*/loop/backing_file; do read -r file <"$loop" && printf 'loop %s %s\n' "$loop" "$file"; done
  # A state folder without runs stays, as does its lock.
  find /sys/kernel/config /sys/fs/cgroup /run/layerlift /run/udev/rules.d /etc/udev/rules.d -maxdepth 5 \
    ! -path /run/layerlift ! -path /run/layerlift/lock ! \( -path '/sys/fs/cgroup/*' -type f \) \
    \( -path '*/udev/rules.d*' -printf 'rules %p\n' -o -printf 'path %p\n' \) 2>/dev/null
  [ ! -d /run/netns ] || printf 'net %s\n' /run/netns
  for name in /run/netns/* /sys/class/net/*; do printf 'net %s\n' "$name"; done
  for name in /sys/class/{nvme,iscsi_session,scsi_host}/* /sys/block/nbd*/pid /sys/bus/vdpa/devices/* /dev/vduse/* /tmp/vduse*; do
    printf 'device %s\n' "$name"
  done
  controllers=
  [ -r /sys/fs/cgroup/cgroup.subtree_control ] && read -r controllers </sys/fs/cgroup/cgroup.subtree_control
  for name in $controllers; do printf 'controller %s\n' "$name"; done
  while read -r name _; do printf 'module %s\n' "$name"; done </proc/modules
  for file in /sys/module/{null_blk,brd,loop,dm_*,nvme*,nvmet*,vduse,virtio_blk,tcm_loop,xen_blk*}/parameters/*; do
    value=
    case $file in *allocated*) continue ;; esac # dm-bufio's counters
    read -r value <"$file" && printf 'parameter %s %s\n' "$file" "$value"
  done 2>/dev/null
  if [ -d /sys/module/dm_mod ]; then
    dmsetup table --showkeys 2>/dev/null | while IFS= read -r line; do printf 'table %s\n' "$line"; done
    dmsetup info -c --noheadings -o name,suspended,readonly 2>/dev/null |
      while IFS= read -r line; do printf 'device-mapper %s\n' "$line"; done
  fi
  for process in /proc/[0-9]*/comm; do
    read -r name <"$process" && case $name in
      fio | qemu-storage* | nvme*) printf 'process %s\n' "$name" ;;
      bash)
        words=()
        mapfile -d '' -t words <"${process%comm}cmdline"
        for word in "${words[@]}"; do [ "$word" != layerlift-watchdog ] || echo 'process watchdog'; done
        ;;
    esac
  done 2>/dev/null
  while read -r from where type _; do
    # Those come and go with logins, with systemd's automounts, and with a test's own folders.
    case $where in /run/user/* | /proc/sys/* | /tmp/*) continue ;; esac
    printf 'mount %s %s %s\n' "$from" "$where" "$type"
  done </proc/self/mounts
  for table in /proc/net/tcp /proc/net/tcp6; do
    while read -r _ at _ state _; do [ "$state" != 0A ] || printf 'listens %s\n' "$at"; done <"$table"
  done 2>/dev/null
  # What a distribution's services make of the devices that they find.
  if [ -d /run/systemd/system ]; then
    find /dev/disk -type l -printf 'link %p %l\n'
    grep -a '^md' /proc/mdstat 2>/dev/null | sed 's/^/array /'
    vgs --noheadings -o vg_name,pv_count,lv_count,vg_attr 2>/dev/null | sed 's/^/group /'
    systemctl list-units --all --plain --no-legend --type=service,scope,slice,mount,socket,swap |
      awk '{ print "unit", $1, $2, $3 }' | grep -v '^unit \(lab-\|session-\|user\)'
  fi
  if [ -S /run/xenstored/socket ]; then
    xenstore-ls -f / | sed 's/^/xenstore /'
    # The hypervisor prints a line for each grant in use into its log. One that an I/O has is in use for a moment.
    grants() { xl dmesg -c >/dev/null && xl debug-keys g && xl dmesg | grep -c '\[0x'; }
    used=$(grants)
    for _ in 1 2 3 4 5; do
      last=$used used=$(grants)
      [ "$used" != "$last" ] || break
    done
    printf 'grants %s\n' "$used"
  fi
} | LC_ALL=C sort
