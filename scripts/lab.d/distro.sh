# shellcheck shell=bash disable=SC2034,SC2154 # scripts/lab shares its variables
# The root of --distro: made once by lab.d/distro-image, kept in the cache, and booted as a disk whose writes are thrown away.

distro_file() {
  local digest
  digest=$(sha256sum <"$lab_d/distro-image")
  printf '%s/lab/distro-%s' "$cache" "${digest:0:16}"
}

ensure_distro() {
  [[ $distro ]] || return 0
  fetched_once distro "$(distro_file)" make_distro
}

make_distro() {
  ((EUID == 0)) || fail 69 'the image for --distro does not exist yet: only root can make it'
  note "making Debian's image for --distro"
  update_package_lists
  if ! "$lab_d/distro-image" "$(distro_file)" >"$work/distro.log" 2>&1; then
    tail -n 20 "$work/distro.log" >&2
    fail 69 'cannot make the image for --distro (see above)'
  fi
  # Those of earlier recipes; one that a machine runs on stays until it ends.
  find "$cache/lab" -maxdepth 1 -name 'distro-*' ! -path "$(distro_file)" -exec rm -rf {} +
}

distro_arguments() {
  arguments+=(
    -drive "if=none,id=root,format=raw,snapshot=on,file=$(quoted "$(distro_file)")"
    -device "virtio-blk-pci,drive=root,serial=layerlift-root"
  )
}

write_distro_control() {
  local into=$1
  printf 'node=%s\n' "$(realpath -- "$(command -v node)")" >"$into/programs"
  printf '#!/bin/sh\nexec node %q "$@"\n' "${scripts%/*}/agent/dist/main.js" >"$into/layerlift"
  printf '%s' "$login" >"$into/login"
}
