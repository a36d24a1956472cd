# shellcheck shell=bash disable=SC2034,SC2154 # scripts/lab shares its variables
# The virtual machine: how it is accelerated, what it is made of, how it is run and ended.

# QEMU separates its options by commas; one within a value is doubled.
quoted() {
  printf '%s' "${1//,/,,}"
}

# A kernel that has broken ends the machine at once, in place of a command that may then hang until the deadline.
kernel_command_line() {
  if [[ $xen ]]; then
    printf '%s' 'console=hvc0 panic=-1 oops=panic quiet mitigations=off lab.xen'
    return
  fi
  # Without hpet=disable and tsc=reliable every look at the clock leaves the guest. Without no_timer_check the kernel waits for
  # ten ticks of an emulated timer, and panics where this machine is too busy to give them in time (check_timer in io_apic.c).
  printf '%s' "console=ttyS0 panic=-1 oops=panic quiet mitigations=off no_timer_check hpet=disable tsc=reliable$(clock_speed)${distro:+ lab.distro}"
}

# An emulated guest reads the counter of this machine. Its kernel would measure the counter's speed by an emulated timer, and be
# wrong by times on a busy machine. Where the frequency of a CPU does not change, this machine's kernel tells it.
clock_speed() {
  local key value
  [[ $acceleration == tcg && ! -e /sys/devices/system/cpu/cpu0/cpufreq ]] || return 0
  while IFS=: read -r key value; do
    [[ $key == 'cpu MHz'* && $value =~ ^' '([0-9]+)\.([0-9]{3})$ ]] || continue
    printf ' tsc_early_khz=%s' "${BASH_REMATCH[1]}${BASH_REMATCH[2]}"
    return
  done </proc/cpuinfo
}

# A /dev/kvm that opens, and even runs a few instructions, can still hang with a real kernel.
choose_acceleration() {
  local boot known verdict file=$cache/lab/acceleration lock
  acceleration=tcg
  [[ -r /dev/kvm && -w /dev/kvm ]] || return 0
  boot=$(</proc/sys/kernel/random/boot_id)
  exec {lock}>"$file.lock"
  flock "$lock"
  if [[ -e $file ]] && read -r known verdict <"$file" && [[ $known == "$boot" ]]; then
    acceleration=$verdict
  else
    kvm_boots && acceleration=kvm
    printf '%s %s\n' "$boot" "$acceleration" >"$file"
  fi
  exec {lock}>&-
}

kvm_boots() {
  local said
  # QEMU aborts on some hosts, which should not leave a core in the caller's folder.
  said=$(ulimit -c 0 && exec timeout -k 1 10 qemu-system-x86_64 -accel kvm -cpu host -m 256 -nodefaults -display none \
    -serial stdio -no-reboot -kernel "$(kernel_dir)/vmlinux" -initrd "$initramfs" \
    -append "$(kernel_command_line) lab.probe" </dev/null 2>/dev/null)
  [[ $said == *LAB_BOOTS* ]]
}

share_arguments() {
  local tag=$1 path=$2 options=${3:-}
  arguments+=(
    -fsdev "local,id=$tag,path=$(quoted "$path"),security_model=none,multidevs=remap$options"
    -device "virtio-9p-pci,fsdev=$tag,mount_tag=$tag"
  )
}

disk_arguments() {
  local index=$1 size=${2%%:*} serial=${2#*:} file=$work/disk-$1
  truncate -s "$size" "$file" || fail 64 "--disk '$2': cannot create a sparse file of $size in ${work%/*}"
  arguments+=(
    -drive "if=none,id=disk$index,format=raw,file=$(quoted "$file")"
    -device "virtio-blk-pci,drive=disk$index,serial=$serial"
  )
}

boot_arguments() {
  if [[ $xen ]]; then
    xen_boot_arguments
    share_arguments xen "$(xen_dir)/root" ,readonly=on
    return
  fi
  arguments+=(-kernel "$(kernel_dir)/vmlinux" -initrd "$initramfs" -append "$(kernel_command_line)")
}

machine_arguments() {
  local index
  case $acceleration in
    kvm) arguments=(-accel kvm -cpu host) ;;
    *) arguments=(-accel 'tcg,thread=multi' -cpu qemu64) ;;
  esac
  arguments+=(
    -smp "$cpus" -m "$((memory + (${xen:+xen_domains} + 0)))" -nodefaults -display none -no-reboot
    -chardev "file,id=console,path=$(quoted "$out/console")" -serial chardev:console
    -object 'rng-random,id=rng,filename=/dev/urandom' -device 'virtio-rng-pci,rng=rng'
  )
  boot_arguments
  [[ ! $distro ]] || distro_arguments
  share_arguments root / ,readonly=on
  share_arguments mods "$(kernel_dir)/lib/modules" ,readonly=on
  share_arguments ctl "$work/control"
  share_arguments out "$out"
  for index in "${!disks[@]}"; do disk_arguments "$index" "${disks[index]}"; done
}

# What the guest's pid 1 reads; each value ends with a null byte, so that none needs quoting.
write_control() {
  local control=$work/control name
  mkdir "$control"
  cp "$lab_d"/guest-* "$control/"
  printf '%s\0' "$@" >"$control/argv"
  printf '%s\0' "$PWD" >"$control/cwd"
  : >"$control/disks"
  ((${#disks[@]} == 0)) || printf '%s\0' "${disks[@]#*:}" >"$control/disks"
  {
    printf '%s\0' "PATH=$PATH" HOME=/root LC_ALL=C.UTF-8 "TERM=${TERM:-dumb}"
    while read -r name; do
      case $name in LAYERLIFT_* | CI | NO_COLOR | DEBUG) printf '%s\0' "$name=${!name}" ;; esac
    done < <(compgen -e)
    printf '%s\0' LAYERLIFT_LAB=1 "LAB_KERNEL=$series" ${xen:+LAB_XEN=1} ${distro:+LAB_DISTRO=1} LAB_OUT=/run/out
  } >"$control/env"
  [[ ! $xen ]] || printf '%s' "$(kernel_dir)/vmlinux" >"$control/kernel"
  [[ ! $distro ]] || write_distro_control "$control"
  : >"$control/stdout"
  : >"$control/stderr"
}

# Each process dies with its parent, so that nothing is left even when this script is killed.
run_machine() {
  local began=$SECONDS
  : >"$out/console"
  (
    cd -- "$work" || exit
    exec setpriv --pdeathsig TERM timeout -k 2 "$deadline" setpriv --pdeathsig KILL \
      qemu-system-x86_64 "${arguments[@]}"
  ) </dev/null >"$work/qemu.log" 2>&1 &
  machine=$!
  tail -q -s 0.05 -c +1 -f --pid="$machine" "$work/control/stdout" 2>/dev/null &
  followers+=($!)
  tail -q -s 0.05 -c +1 -f --pid="$machine" "$work/control/stderr" >&2 2>/dev/null &
  followers+=($!)
  wait "$machine"
  machine_status=$?
  ((SECONDS - began < deadline)) || machine_status=124
  wait "${followers[@]}"
  machine='' followers=()
}

stop_machine() {
  [[ $machine ]] || return 0
  kill -TERM "$machine" "${followers[@]}"
  wait "$machine" "${followers[@]}"
} 2>/dev/null
