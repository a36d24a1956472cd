// The counters of a disk, /sys/block/DISK/stat.

export interface DiskStat {
  readonly reads: number;
  readonly writes: number;
  /** 512 bytes each, whatever the disk's blocks are. */
  readonly sectorsRead: number;
  readonly sectorsWritten: number;
  /** Milliseconds that these took, summed over them. */
  readonly readMs: number;
  readonly writeMs: number;
  readonly inFlight: number;
  /** Milliseconds with I/O in flight, weighted by how many were. */
  readonly weightedMs: number;
  /** 0 for kernels that do not count them. */
  readonly discards: number;
  readonly flushes: number;
}

/** Fields of Documentation/block/stat.rst. Undefined where the text is none. */
export function parseDiskStat(text: string | undefined): DiskStat | undefined {
  const fields = (text?.trim() ?? '').split(/\s+/).map(Number);
  const [reads, , sectorsRead, readMs = 0, writes, , sectorsWritten, writeMs = 0] = fields;
  // The first eight have been there since Linux 2.6.
  if (reads === undefined || sectorsRead === undefined || writes === undefined || sectorsWritten === undefined)
    return undefined;
  if (fields.some((field) => Number.isNaN(field))) return undefined;
  const [inFlight = 0, weightedMs = 0, discards = 0, flushes = 0] = [8, 10, 11, 15].map((at) => fields[at]);
  return { reads, writes, sectorsRead, sectorsWritten, readMs, writeMs, inFlight, weightedMs, discards, flushes };
}
