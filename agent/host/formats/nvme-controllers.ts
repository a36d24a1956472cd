// The NVMe controllers of a host in sysfs, and which of them are ours.

import type { Reads } from '../reads.ts';

/** Names such as `nvme0` of the controllers that this run connected to this target: by our host NQN, never by their number. */
export async function controllersOf(
  step: { readonly nqn: string; readonly hostnqn: string },
  { read, list }: Reads,
): Promise<readonly string[]> {
  const out: string[] = [];
  for (const name of await list('/sys/class/nvme')) {
    const [nqn, hostnqn] = await Promise.all([
      read(`/sys/class/nvme/${name}/subsysnqn`),
      read(`/sys/class/nvme/${name}/hostnqn`),
    ]);
    if (nqn?.trim() === step.nqn && hostnqn?.trim() === step.hostnqn) out.push(name);
  }
  return out;
}
