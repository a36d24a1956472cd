#!/bin/bash
# Everything on this host that a run could leave behind, one fact a line, for comparing before and after.
set -u
{
  for block in /sys/class/block/*; do [ -e "$block" ] && printf 'block %s %s\n' "${block##*/}" "$(cat "$block/size")"; done
  for node in /dev/dm-* /dev/mapper/*; do [ -e "$node" ] && printf 'node %s\n' "$node"; done
  for loop in /sys/block/loop*/loop/backing_file; do [ -e "$loop" ] && printf 'loop %s %s\n' "$loop" "$(cat "$loop")"; done
  find /sys/kernel/config -mindepth 1 -maxdepth 5 -printf 'configfs %p\n' 2>/dev/null
  ls /run/netns 2>/dev/null | sed 's/^/netns /'
  for link in /sys/class/net/*; do printf 'link %s\n' "${link##*/}"; done
  find /sys/fs/cgroup -type d -printf 'cgroup %p\n'
  sed 's/^/controllers /' /sys/fs/cgroup/cgroup.subtree_control
  cut -d' ' -f1 /proc/modules | sed 's/^/module /'
  ls /sys/class/nvme /sys/bus/vdpa/devices /dev/vduse 2>/dev/null | sed 's/^/device /'
  for process in /proc/[0-9]*/comm; do
    read -r name 2>/dev/null <"$process" && case $name in fio | qemu-storage* | nvme*) printf 'process %s\n' "$name" ;; esac
  done
  if [ -S /run/xenstored/socket ]; then
    xenstore-ls -f / | sed 's/^/xenstore /'
    # The hypervisor prints a line for each grant in use into its log.
    xl dmesg -c >/dev/null && xl debug-keys g && xl dmesg | grep -c '\[0x' | sed 's/^/grants /'
  fi
  find /run/layerlift -mindepth 1 2>/dev/null | grep -v '/lock$' | sed 's/^/journal /'
} | LC_ALL=C sort
