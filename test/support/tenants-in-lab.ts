// Other tenants beside runs in the lab, as shell lines.

/** `tenant MAX CPUS N`, `leave`, `run NAME PROFILE ARGS...`, and `measuring NAME` waits for its first slice. */
export const tenantLines = `
preload
# The tenants want these, and they stay on: what the runs find, they leave.
echo +cpu +cpuset >/sys/fs/cgroup/cgroup.subtree_control
inventory before
tenant() {
  mkdir /sys/fs/cgroup/tenant
  echo "$1" >/sys/fs/cgroup/tenant/cpu.max; echo "$2" >/sys/fs/cgroup/tenant/cpuset.cpus
  for i in $(seq "$3"); do (echo $BASHPID >/sys/fs/cgroup/tenant/cgroup.procs; while :; do :; done) & done
}
leave() { echo 1 >/sys/fs/cgroup/tenant/cgroup.kill; await 60 rmdir /sys/fs/cgroup/tenant; }
measuring() { await 90 filled "/tmp/$1/*/slices.ndjson"; }
run() { node agent/dist/main.js run "$2" --no-caps --runs /tmp/$1 "\${@:3}" >"$LAB_OUT/$1.txt" 2>"$LAB_OUT/$1.err"; echo $? >"$LAB_OUT/$1.rc"; }
`;
