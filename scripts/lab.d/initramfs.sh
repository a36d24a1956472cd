# shellcheck shell=bash disable=SC2034,SC2154 # scripts/lab shares its variables
# The guest's initramfs: busybox, guest-init, and the modules that reach the shared root.

initramfs_modules=(virtio_pci 9p 9pnet_virtio overlay virtio_rng configfs)
# What the root of --distro is on.
distro_modules=(virtio_blk ext4)
# What Xen's toolstack needs in dom0, as from here they load faster than by modprobe.
xen_modules=(xen_evtchn xen_gntdev xen_gntalloc xen_privcmd xenfs)

initramfs_file() {
  local digest
  digest=$(cat "$lab_d/guest-init" "$lab_d/initramfs.sh" "$(command -v busybox)" | sha256sum)
  printf '%s/initramfs-%s.cpio' "$(kernel_dir)" "${digest:0:16}"
}

ensure_initramfs() {
  initramfs=$(initramfs_file)
  [[ -e $initramfs ]] && return
  local tree=$work/initramfs
  mkdir -p "$tree"/{bin,modules,xen-modules,distro-modules,proc,sys,dev,lower,xen,upper,root,ctl,keep}
  cp "$(command -v busybox)" "$tree/bin/busybox"
  install -m 755 "$lab_d/guest-init" "$tree/init"
  copy_modules "$tree/modules" "${initramfs_modules[@]}"
  copy_modules "$tree/xen-modules" "${xen_modules[@]}"
  copy_modules "$tree/distro-modules" "${distro_modules[@]}"
  # Loaded before.
  grep -vxFf "$tree/modules/order" "$tree/distro-modules/order" >"$work/order"
  mv "$work/order" "$tree/distro-modules/order"
  # Not compressed: the guest would spend longer unpacking it than QEMU spends loading it.
  (cd "$tree" && find . | cpio -o -H newc --quiet) >"$work/initramfs.cpio"
  mv "$work/initramfs.cpio" "$initramfs.$$"
  mv "$initramfs.$$" "$initramfs"
}

copy_modules() {
  local into=$1 kernel version file plain
  shift
  kernel=$(kernel_dir)
  version=$(kernel_version "$kernel")
  modprobe -d "$kernel" -S "$version" --show-depends -a "$@" |
    awk '$1 == "insmod" && !seen[$2]++ { print $2 }' |
    while read -r file; do
      plain=${file##*/}
      plain=${plain%.xz}
      plain=${plain%.zst}
      case $file in
        *.xz) xz -dc "$file" >"$into/$plain" ;;
        *.zst) zstd -dcq "$file" >"$into/$plain" ;;
        *) cp "$file" "$into/$plain" ;;
      esac
      printf '%s\n' "$plain"
    done >"$into/order"
  [[ -s $into/order ]] || fail 69 "cannot find the guest's modules in $kernel"
}
