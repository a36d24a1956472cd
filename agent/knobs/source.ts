// A source of knobs: it says which parts of the host it can read, and reads each by itself, so that one that cannot be
// read takes no other with it.

import type { Disk } from './disk.ts';
import type { Knob, Reader } from './knob.ts';

export interface Part {
  /** As it is named when it cannot be read. */
  readonly name: string;
  readonly read: () => Promise<readonly Knob[]>;
}

export interface KnobSource {
  readonly name: string;
  /** `ofRun`: how the marks of a run's own devices begin; given, devices that could carry one and do not are left out. */
  readonly parts: (reader: Reader, disks: readonly Disk[], ofRun?: string) => Promise<readonly Part[]>;
}

/** A part for each disk. */
export function diskSource(name: string, read: (reader: Reader, disk: Disk) => Promise<readonly Knob[]>): KnobSource {
  return {
    name,
    parts: (reader, disks) =>
      Promise.resolve(disks.map((disk) => ({ name: `${name} of ${disk.name}`, read: () => read(reader, disk) }))),
  };
}

/** A part for each of the things that `list` finds. */
export function listSource(
  name: string,
  list: (reader: Reader, disks: readonly Disk[], ofRun?: string) => Promise<readonly string[]>,
  read: (reader: Reader, item: string, disks: readonly Disk[]) => Promise<readonly Knob[]>,
): KnobSource {
  return {
    name,
    parts: async (reader, disks, ofRun) =>
      (await list(reader, disks, ofRun)).map((item) => ({ name: item, read: () => read(reader, item, disks) })),
  };
}
