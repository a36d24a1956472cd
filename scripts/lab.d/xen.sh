# shellcheck shell=bash disable=SC2034,SC2154 # scripts/lab shares its variables
# Xen for --xen: Debian's hypervisor and toolstack, downloaded and unpacked into the cache, never installed, so that
# this machine gets no boot entry and no service. The guest sees the tools laid over this machine's root.

xen_version=4.17

xen_packages() {
  printf '%s\n' "xen-hypervisor-$xen_version-amd64" "xen-utils-$xen_version" xen-utils-common xenstore-utils \
    "libxenmisc$xen_version" libxen{call1,devicemodel1,evtchn1,foreignmemory1,gnttab1,hypfs1,store4,toolcore1,toollog1} \
    libyajl2
}

xen_dir() {
  printf '%s/lab/xen-%s' "$cache" "$xen_version"
}

ensure_xen() {
  [[ $xen ]] || return 0
  fetched_once xen "$(xen_dir)/xen" fetch_xen
}

download_xen() {
  local into=$1 packages
  mapfile -t packages < <(xen_packages)
  note "downloading Xen $xen_version: ${packages[*]}"
  download_packages "$into" "${packages[@]}"
}

fetch_xen() {
  local fresh package
  new_fetch_folder
  download_with_fresh_lists download_xen "$fresh" "no Xen: apt does not offer Xen $xen_version for amd64"
  for package in "$fresh"/*.deb; do
    dpkg-deb -x "$package" "$fresh/root" || fail 69 "cannot unpack ${package##*/}"
  done
  # QEMU takes the hypervisor as an ELF file, and only that (Multiboot).
  zcat "$fresh/root/boot/xen-$xen_version-amd64.gz" >"$fresh/xen" || fail 69 'cannot unpack the hypervisor'
  # Folders of the guest's root that stay as they are are left out: each layer costs a look-up under emulation.
  rm -rf "$fresh"/root/{boot,usr/share,etc/init.d,etc/default} "$fresh"/*.deb
  rm -rf "$(xen_dir)"
  mv -T "$fresh" "$(xen_dir)"
}

# MiB beside dom0's, for domains that are made there.
xen_domains=1024

# dom0 gets what the hypervisor leaves: it needs about a tenth, and at least these MiB for itself.
xen_command_line() {
  local dom0=$((memory - 160 - memory / 32))
  # Xen takes long to prepare for attacks that nothing in the lab could mount.
  printf '%s' "com1=115200,8n1 console=com1 loglvl=warning guest_loglvl=warning noreboot=false bootscrub=0 \
dom0_mem=${dom0}M,max:${dom0}M dom0_max_vcpus=$cpus spec-ctrl=no pv-l1tf=false"
}

# Multiboot separates the modules of -initrd by commas and a module from its command line by a space, so
# the kernel gets a name without either.
xen_boot_arguments() {
  ln -s "$(kernel_dir)/vmlinux" "$work/vmlinux"
  ln -s "$initramfs" "$work/initramfs"
  arguments+=(
    -kernel "$(xen_dir)/xen" -append "$(xen_command_line)"
    -initrd "vmlinux $(kernel_command_line),initramfs"
  )
}
