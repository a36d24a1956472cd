// The first program of a guest's domain. It speaks on the domain's console: a line is a word of ours, or a piece of a job
// file, which is only ever written to a file. What fio prints goes out as it is; our own lines begin with `layerlift:`.

// The console carries 256 bytes at a time (drivers/tty/hvc/hvc_xen.c), each with an event to the other end and its daemon.
/** An awk program that makes of each snapshot of fio the part that `load/fio-output.ts` reads; other lines stay as they are. */
export const compactAwk = String.raw`
function key() { k = $0; sub(/^ */, "", k); sub(/ : .*/, "", k); return k }
function value() { v = $0; sub(/^[^:]*: /, "", v); sub(/,$/, "", v); return v }
function add(list) { return list (list == "" ? "" : ",") key() ":" value() }
/^\{$/ { jobs = ""; next }
/^  "jobs" : / { inJobs = 1; next }
/^  \]/ { inJobs = 0; next }
/^\}$/ { print "{\n\"jobs\":[" jobs "]\n}"; fflush(); next }
!/^[ \t]/ && !/^$/ { print; fflush(); next }
!inJobs { next }
/^    \{$/ { job = ""; next }
/^      "(error|total_err|job_runtime)" : / { job = add(job); next }
/^      "(read|write)" : \{/ { way = key(); inWay = ""; next }
/^        "(io_bytes|runtime|total_ios)" : / { if (way != "") inWay = add(inWay); next }
/^        "lat_ns" : \{/ { if (way != "") { inLatency = 1; latency = ""; bins = "" } next }
/^          "(mean|N)" : / { if (inLatency) latency = add(latency); next }
/^          "bins" : \{/ { inBins = inLatency; next }
/^            "[0-9]+" : / { if (inBins) bins = add(bins); next }
/^          \}/ { inBins = 0; next }
/^        \}/ {
  if (inLatency) inWay = inWay ",\"lat_ns\":{" latency (bins == "" ? "" : ",\"bins\":{" bins "}") "}"
  inLatency = 0
  next
}
/^      \}/ {
  if (way != "") job = job "," way ":{" inWay "}"
  way = ""
  next
}
/^    \}/ { jobs = jobs (jobs == "" ? "" : ",") "{" job "}" }
`;

/** Words: `hello NONCE`, `job` and lines up to `.`, `start [--readonly]`, `ask`, `pause`, `resume`, `stop`. */
export const guestInit = `#!/bin/busybox sh
b=/bin/busybox
say() { echo "layerlift: $*"; }
fail() { say "failed: $*"; $b sleep 60; exit 1; }

$b mount -t proc proc /proc
$b mount -t sysfs sysfs /sys
$b mount -t devtmpfs dev /dev
exec </dev/hvc0 >/dev/hvc0 2>&1
$b stty raw -echo
# Some have no use for this machine, and say so.
failed=
while read -r file params; do
  $b insmod "/modules/$file" $params 2>/dev/null || failed="$failed $file"
done </modules/order
tries=0
while [ ! -b /dev/xvda ] || [ ! -b /dev/xvdb ]; do
  tries=$((tries + 1))
  [ $tries -lt 200 ] || fail "its disks do not appear; modules that did not load:$failed"
  $b sleep 0.1
done
$b mount -t ext4 -o ro,noload /dev/xvdb /root || fail 'it cannot mount the disk that fio is on'
for at in dev proc sys; do $b mount --bind /$at /root/$at; done
$b mount -t tmpfs tmpfs /root/tmp

run_fio() {
  {
    $b sh -c 'echo $$ >/root/tmp/pid; exec /bin/busybox chroot /root /usr/bin/fio --output-format=json+ "$@"' sh "$@"
    echo $? >/root/tmp/status
  } | $b awk -f /compact.awk
  $b rm /root/tmp/pid
  read -r status </root/tmp/status
  say "ended $status"
}

signal_fio() {
  [ -e /root/tmp/pid ] && read -r pid </root/tmp/pid && kill "-$1" "$pid"
}

say up
while read -r word rest; do
  case $word in
    hello) say "hello $rest" ;;
    job)
      signal_fio KILL
      wait
      while IFS= read -r line && [ "$line" != . ]; do
        printf '%s\\n' "$line"
      done >/root/tmp/job
      say loaded
      ;;
    start) run_fio $rest /tmp/job & ;;
    ask) signal_fio USR1 ;;
    pause) signal_fio STOP ;;
    resume) signal_fio CONT ;;
    stop)
      signal_fio CONT
      signal_fio INT
      ;;
  esac
done
`;
