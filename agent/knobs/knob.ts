// A knob: one setting of this host that may cap the I/Os in flight, as it was read.

import type { Host } from '../host/host.ts';
import type { Layer } from '../lib/layer.ts';
import type { Change } from './change.ts';
import type { KnobId } from './ids.ts';

/** A layer of the stack, or the side that drives it. */
export type KnobLayer = Layer | 'load';

/** The scope of a limit: one hardware queue, one disk, the disks of one adapter or session, the host, one cgroup. */
export type KnobScope = 'queue' | 'device' | 'shared' | 'host' | 'cgroup';

export interface Knob {
  /** One of ids.ts; of a record of another version, perhaps one that this version does not know. */
  readonly id: string;
  /** Where its device stands in the path: replacing that layer takes the setting away too. */
  readonly layer: KnobLayer;
  readonly name: string;
  /** The path that was read. */
  readonly where: string;
  /** The disk, or else the adapter, controller or cgroup that it belongs to. */
  readonly device?: string;
  /** The adapter or controller whose disks share the limit, such as `host2`. */
  readonly sharedIn?: string;
  readonly value: string;
  /** The default, where it has a fixed one. */
  readonly defaultValue?: string;
  /** Undefined where there is no fixed default. */
  readonly atDefault: boolean | undefined;
  /** I/Os in flight that it lets through in its scope; absent if it implies none: a rate, bytes, only the next device. */
  readonly limit?: number;
  /** Hardware queues that have this limit each. */
  readonly queues?: number;
  readonly scope: KnobScope;
  readonly change: Change;
}

/** The access of a source to the host: it only looks. */
export type Reader = Pick<Host, 'read' | 'list'>;

/** Facts about a knob before it is read. */
export interface KnobRow extends Pick<Knob, 'layer' | 'name' | 'scope' | 'change'> {
  readonly id: KnobId;
  readonly device?: string | undefined;
  readonly sharedIn?: string | undefined;
  readonly defaultValue?: string | number | undefined;
  readonly queues?: number | undefined;
  /** The limit that a value implies; left out: it implies none. */
  readonly limitOf?: (count: number) => number | undefined;
}

/** The knob of one file; empty where there is no such file or nothing in it. Throws what the reader throws. */
export async function readKnob(reader: Reader, where: string, row: KnobRow): Promise<readonly Knob[]> {
  const value = (await reader.read(where))?.trim() ?? '';
  return value === '' ? [] : [knobOf(where, value, row)];
}

export function knobOf(where: string, value: string, row: KnobRow): Knob {
  const { limitOf, defaultValue, device, sharedIn, queues, ...fixed } = row;
  const count = countIn(value);
  const limit = count === undefined ? undefined : limitOf?.(count);
  return {
    ...fixed,
    where,
    value,
    ...(device === undefined ? {} : { device }),
    ...(sharedIn === undefined ? {} : { sharedIn }),
    ...(defaultValue === undefined ? {} : { defaultValue: `${defaultValue}` }),
    atDefault: defaultValue === undefined ? undefined : value === `${defaultValue}`,
    ...(limit !== undefined && limit > 0 ? { limit } : {}),
    ...(queues === undefined ? {} : { queues }),
  };
}

/** A whole number from 0 that a double can hold; undefined from "-1", words, and what is beyond. */
export function countIn(text: string | undefined): number | undefined {
  const word = text?.trim() ?? '';
  const count = /^\d+$/.test(word) ? Number(word) : NaN;
  return Number.isSafeInteger(count) ? count : undefined;
}

/** CPUs in a list such as `0-3,8`. */
export function cpusIn(list: string | undefined): number | undefined {
  const ranges = (list?.trim() ?? '').split(',').map((range) => /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(range));
  const counts = ranges.map((range) => (range ? Number(range[2] ?? range[1]) - Number(range[1]) + 1 : NaN));
  const sum = counts.reduce((total, count) => total + count, 0);
  return Number.isNaN(sum) ? undefined : sum;
}
