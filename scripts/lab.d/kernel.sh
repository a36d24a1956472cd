# shellcheck shell=bash disable=SC2034,SC2154 # scripts/lab shares its variables
# Debian's stock kernel: found, downloaded and unpacked into the cache, never installed.

kernel_dir() {
  printf '%s/lab/kernel-%s' "$cache" "$series"
}

kernel_version() {
  local modules=("$1"/lib/modules/*/)
  basename "${modules[0]}"
}

ensure_kernel() {
  fetched_once kernel "$(kernel_dir)/vmlinux" fetch_kernel
}

# Calls FETCH unless FILE, which it makes last, is there; labs that start together do it once.
fetched_once() {
  local name=$1 file=$2 fetch=$3 lock
  [[ -e $file ]] && return
  mkdir -p "$cache/lab" || fail 69 "cannot create the cache folder $cache/lab"
  exec {lock}>"$cache/lab/$name.lock"
  flock "$lock"
  [[ -e $file ]] || "$fetch"
  exec {lock}>&-
}

# The signed standard flavour alone: cloud has no 9p, rt behaves differently under load.
newest_kernel_package() {
  local pattern
  case $series in
    6.1) pattern='^linux-image-6\.1\.0-[0-9]+-amd64$' ;;
    6.12) pattern='^linux-image-6\.12\.[0-9]+(\+deb[0-9]+)?(-[0-9]+)?-amd64$' ;;
  esac
  apt-cache pkgnames linux-image- | grep -E "$pattern" | sort -V | tail -n 1
}

update_package_lists() {
  ((EUID == 0)) || return 0
  apt-get -qq update </dev/null >"$work/apt.log" 2>&1 || true
}

download_kernel() {
  local into=$1 package
  package=$(newest_kernel_package) || return
  note "downloading $package"
  download_packages "$into" "$package"
}

# Only root can drop to apt's own user, which could not write into the folder.
download_packages() {
  local into=$1
  shift
  (cd "$into" && apt-get -qq -o APT::Sandbox::User=root download "$@") </dev/null >>"$work/apt.log" 2>&1
}

# Sets fresh.
new_fetch_folder() {
  command -v apt-get dpkg-deb >/dev/null || fail 69 'apt-get and dpkg-deb are needed to fetch Debian packages'
  fresh=$(mktemp -d "$cache/lab/fetch.XXXXXX")
  discard+=("$fresh")
}

# The package lists at hand may do, and need no root.
download_with_fresh_lists() {
  local download=$1 into=$2 failure=$3
  "$download" "$into" && return
  update_package_lists
  "$download" "$into" && return
  tail -n 5 "$work/apt.log" >&2
  fail 69 "$failure, or its download failed"
}

fetch_kernel() {
  local fresh
  new_fetch_folder
  download_with_fresh_lists download_kernel "$fresh" "no kernel: apt offers no linux-image of series $series for amd64"
  dpkg-deb -x "$fresh"/*.deb "$fresh/root" || fail 69 "cannot unpack the kernel package of series $series"
  depmod -b "$fresh/root" "$(kernel_version "$fresh/root")"
  unpack_vmlinux "$fresh"/root/boot/vmlinuz-* "$fresh/root/vmlinux"
  rm -rf "$(kernel_dir)"
  mv -T "$fresh/root" "$(kernel_dir)"
  rm -rf "$fresh"
}

# Under emulation the kernel takes seconds to unpack itself, so it is done here once.
# The offsets are those of the x86 boot protocol; the payload ends with four bytes of length.
unpack_vmlinux() {
  local packed=$1 plain=$2 sectors offset length start
  sectors=$(od -An -tu1 -j 497 -N 1 "$packed")
  offset=$(od -An -tu4 -j 584 -N 4 "$packed")
  length=$(od -An -tu4 -j 588 -N 4 "$packed")
  start=$(((sectors + 1) * 512 + offset))
  payload() {
    dd if="$packed" iflag=skip_bytes,count_bytes skip="$start" count="$((length - 4))" bs=1M status=none
  }
  payload | xz -dcq >"$plain" 2>/dev/null || payload | zstd -dcq >"$plain" 2>/dev/null || cp "$packed" "$plain"
}
