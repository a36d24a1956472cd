# shellcheck shell=bash disable=SC2034,SC2154 # the scripts that read this share its variables
# What the guest's first program and the unit of --distro have in common: the command, and its output.

control=/run/lab

open_output() {
  # The shared file is not handed to the command: reopening /dev/stderr would then truncate it.
  exec 3> >(exec cat >>"$control/stdout")
  stdout_pump=$!
  exec 4> >(exec cat >>"$control/stderr")
  stderr_pump=$!
  # Something to wait on without starting a program.
  exec 5<> <(:)
  check_clock
}

# The kernel measures the speed of its clock once, by an emulated timer. On a busy machine it may come to a clock that runs many
# times too fast, by which no deadline and no figure means anything. The emulated clock of the board is that of the host.
check_clock() {
  local board=/sys/class/rtc/rtc0/since_epoch real
  [[ -e $board ]] || return 0
  read -r real <"$board"
  ((EPOCHSECONDS - real > 3)) || return 0
  echo "lab: the clock of the guest runs too fast: it is $((EPOCHSECONDS - real)) s ahead" >/dev/console
  end_machine
}

# In a session of its own, so that a signal to its process group cannot reach the pumps.
run_command() {
  enter_command 2>&4 || return
  setsid -- "${entered[@]}" </dev/null >&3 2>&4 3>&- 4>&- 5>&-
}

# Sets entered, the words that run the command with its surroundings.
enter_command() {
  local argv variables cwd
  mapfile -d '' -t argv <"$control/argv"
  mapfile -d '' -t variables <"$control/env"
  mapfile -d '' -t cwd <"$control/cwd"
  if ! cd -- "${cwd[0]}"; then
    printf 'lab: the guest has no folder %s\n' "${cwd[0]}" >&2
    return 125
  fi
  ulimit -Hn 1048576
  entered=(env -i "${variables[@]}" LAB_DISKS="$disks" "${argv[@]}")
}

# A process stuck in the kernel keeps the pipe open, so the pump's end cannot be what is waited for:
# a pump that sleeps in read (system call 0) has passed on all that there was.
is_drained() {
  local call
  read -r call _ 2>/dev/null <"/proc/$1/syscall" || return 0
  [[ $call == 0 ]]
}

# The shares are written through, so nothing is left to sync; and an orderly shutdown,
# like sync itself, would wait for ever on a device that hangs.
end_machine() {
  echo b >/proc/sysrq-trigger
  while :; do read -r -t 60 -u 5; done
}
