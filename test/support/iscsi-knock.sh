#!/bin/bash
# iscsi-knock.sh TARGET ADDRESS PORT INITIATOR: asks for a login to iSCSI without a secret (RFC 7143, 11.12), and prints class
# and detail of the answer's status, or `nothing` where nobody answers.
keys="InitiatorName=$4|TargetName=$1|SessionType=Normal|AuthMethod=None|"
size=$(printf '%04x' ${#keys})
request=$(mktemp)
{
  # Immediate login, from the first stage to the second; the length of the data; which session.
  printf '\x43\x81\0\0\0\0'
  printf '%b' "\\x${size:0:2}\\x${size:2:2}"
  printf '\x80\0\0\1\0\0\0\0'
  head -c 32 /dev/zero
  printf %s "$keys" | tr '|' '\0'
  head -c $(((4 - ${#keys} % 4) % 4)) /dev/zero
} >"$request"
# shellcheck disable=SC2016 # the inner shell's own words
answer=$(timeout 5 bash -c 'exec 9<>"/dev/tcp/$0/$1" && cat "$2" >&9 && head -c 48 <&9 | od -An -tx1 -j36 -N2' "$2" "$3" "$request" 2>/dev/null)
rm -f "$request"
echo "${answer:-nothing}"
