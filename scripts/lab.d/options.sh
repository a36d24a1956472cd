# shellcheck shell=bash disable=SC2034,SC2154 # scripts/lab shares its variables
# The command line of scripts/lab: sets series, xen, distro, login, prepare_only, cpus, memory, disks, out, deadline and command.

usage() {
  cat <<'TEXT'
usage: scripts/lab [OPTION]... -- COMMAND [ARG...]
       scripts/lab [OPTION]... --prepare

Boots Debian's stock kernel in QEMU, with this machine's root shared read-only below a
writable layer that is thrown away, and runs COMMAND there as root in the current folder.
Its output streams through; its exit status is returned.

  --kernel 6.1|6.12     series of the kernel (default 6.1)
  --xen                 boot it as dom0 of Xen, with xenstored and xl at hand; Debian's Xen is
                        downloaded into the cache at the first use, and never installed here
  --distro              boot a whole Debian host in place of this machine's root: systemd, and
                        the services that act on every disk that appears (udev, LVM, md,
                        multipath, udisks2, smartd and more); COMMAND runs there as a unit, and
                        the system's journal is left in $LAB_OUT. Its image is made of Debian's
                        packages at the first use, by lab.d/distro-image, and kept in the cache
  --login               with --distro: COMMAND runs in a login over ssh in place of a unit
  --cpus N              virtual CPUs (default 2)
  --memory N            MiB of memory (default 1536)
  --disk SIZE:SERIAL    attach an empty disk, e.g. 64M:scratch (repeatable)
  --out DIR             what COMMAND writes into $LAB_OUT is left here, with the guest's
                        console and dmesg (default: a folder kept only if the lab fails)
  --deadline SECONDS    end a guest that runs for longer (default 900)
  --prepare             fetch and make what the machine is made of, and boot nothing
  --help                print this

COMMAND sees LAYERLIFT_LAB=1, LAB_KERNEL, LAB_XEN=1 with --xen, LAB_DISTRO=1 with --distro, LAB_OUT
and LAB_DISKS (the disks' nodes in order), and the caller's PATH, TERM, CI, NO_COLOR, DEBUG and
LAYERLIFT_* variables. With --distro, node is this machine's, and layerlift that of this tree.

exit status: COMMAND's own, or
   64  bad usage              69  the lab cannot be set up
  124  deadline passed       125  the guest ended without a status (e.g. a panic)
TEXT
}

refuse() {
  fail 64 "$1 '$2': expected $3"
}

require_number() {
  local flag=$1 value=$2 least=$3 most=$4
  if [[ ! $value =~ ^[1-9][0-9]{0,6}$ ]] || ((value < least || value > most)); then
    refuse "$flag" "$value" "a whole number from $least to $most"
  fi
}

add_disk() {
  local disk
  [[ $1 =~ ^[1-9][0-9]{0,5}[KMGT]:[A-Za-z0-9_-]{1,20}$ ]] ||
    refuse --disk "$1" 'SIZE:SERIAL, like 64M:scratch, with a serial of 1 to 20 letters, digits, _ or -'
  for disk in "${disks[@]}"; do
    [[ ${disk#*:} != "${1#*:}" ]] || refuse --disk "$1" 'a serial that no other disk has'
  done
  disks+=("$1")
}

set_option() {
  local flag=$1 value=$2
  case $flag in
    --kernel)
      [[ $value == 6.1 || $value == 6.12 ]] || refuse "$flag" "$value" '6.1 or 6.12'
      series=$value
      ;;
    --cpus) require_number "$flag" "$value" 1 64 && cpus=$value ;;
    --memory) require_number "$flag" "$value" 256 1048576 && memory=$value ;;
    --deadline) require_number "$flag" "$value" 1 1000000 && deadline=$value ;;
    --disk) add_disk "$value" ;;
    --out)
      [[ $value ]] || refuse "$flag" "$value" 'a folder'
      out=$value
      ;;
  esac
}

parse_options() {
  series=6.1 cpus=2 memory=1536 deadline=900 xen='' distro='' login='' prepare_only='' out='' disks=() command=()
  while (($#)); do
    case $1 in
      -h | --help)
        usage
        exit
        ;;
      --)
        shift
        command=("$@")
        break
        ;;
      --xen)
        xen=yes
        shift
        ;;
      --distro)
        distro=yes
        shift
        ;;
      --login)
        login=yes
        shift
        ;;
      --prepare)
        prepare_only=yes
        shift
        ;;
      --kernel | --cpus | --memory | --deadline | --disk | --out)
        (($# > 1)) || fail 64 "$1: expected a value after it"
        set_option "$1" "$2"
        shift 2
        ;;
      --kernel=* | --cpus=* | --memory=* | --deadline=* | --disk=* | --out=*)
        set_option "${1%%=*}" "${1#*=}"
        shift
        ;;
      -*) fail 64 "unknown option '$1': see scripts/lab --help" ;;
      *) fail 64 "unexpected '$1': expected -- before the command" ;;
    esac
  done
  [[ ! $xen || ! $distro ]] || fail 64 '--distro with --xen: expected one of them'
  [[ ! $login || $distro ]] || fail 64 '--login: expected --distro beside it'
  [[ ! $prepare_only ]] || return 0
  ((${#command[@]})) || fail 64 "no command: expected -- COMMAND [ARG...] (see scripts/lab --help)"
}
