// The counters of a disk, /sys/block/DISK/stat.

export interface DiskStat {
  readonly reads: number;
  readonly writes: number;
  /** 512 bytes each, whatever the disk's blocks are. */
  readonly sectorsRead: number;
  readonly sectorsWritten: number;
  readonly inFlight: number;
  /** 0 for kernels that do not count them. */
  readonly discards: number;
  readonly flushes: number;
}

/** Fields of Documentation/block/stat.rst. Undefined where the text is none. */
export function parseDiskStat(text: string | undefined): DiskStat | undefined {
  const fields = (text?.trim() ?? '').split(/\s+/).map(Number);
  const [reads, , sectorsRead, , writes, , sectorsWritten] = fields;
  // The first eight have been there since Linux 2.6.
  if (reads === undefined || sectorsRead === undefined || writes === undefined || sectorsWritten === undefined)
    return undefined;
  if (fields.some((field) => Number.isNaN(field))) return undefined;
  const [inFlight = 0, discards = 0, flushes = 0] = [fields[8], fields[11], fields[15]];
  return { reads, writes, sectorsRead, sectorsWritten, inFlight, discards, flushes };
}
