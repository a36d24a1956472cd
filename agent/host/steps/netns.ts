// Commands in a network namespace.

/** The argv prefix that runs a command in a network namespace without hiding configfs, as `ip netns exec` would. */
export function inNetns(netns: string | undefined): readonly string[] {
  return netns === undefined ? [] : ['nsenter', `--net=/run/netns/${netns}`];
}
