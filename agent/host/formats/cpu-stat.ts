// CPU time of the host from /proc/stat (proc(5)): the shares that were busy, spent in programs, and stolen by others.

export interface CpuTicks {
  /** Of all CPUs together. */
  readonly busy: number;
  /** In programs, virtual machines among them; kernel threads have none. */
  readonly user: number;
  readonly steal: number;
  readonly total: number;
  /** Of each CPU that is online, in the order of the text. */
  readonly each: readonly { readonly busy: number; readonly total: number }[];
}

/** Undefined of a text without the line of all CPUs. */
export function parseStat(text: string): CpuTicks | undefined {
  const all = ticksIn(/^cpu\s+(.*)$/m.exec(text)?.[1]);
  if (!all) return undefined;
  const each = [...text.matchAll(/^cpu\d+\s+(.*)$/gm)].flatMap(([, fields]) => {
    const one = ticksIn(fields);
    return one ? [{ busy: one.busy, total: one.total }] : [];
  });
  return { ...all, each };
}

function ticksIn(text = ''): Omit<CpuTicks, 'each'> | undefined {
  const fields = text.trim().split(/\s+/).map(Number);
  if (fields.length < 8) return undefined;
  // guest time is part of user time already, so only the first eight add up.
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = fields;
  const busy = user + nice + system + irq + softirq;
  return { busy, user: user + nice, steal, total: busy + idle + iowait + steal };
}
