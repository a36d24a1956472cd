// What clones are made of: lines of a profile with their origins, and the values that were read of a device.

import type { Device } from '../document.ts';

/** A line of the profile: its value as YAML, and where it comes from. */
export interface Line {
  readonly key: string;
  readonly value: string | number;
  readonly origin: string;
}

export interface Cloned {
  readonly provider: string;
  readonly lines: readonly Line[];
  /** Tables of device-mapper, from the bottom up. */
  readonly tables?: readonly { readonly name: string; readonly table: string; readonly origin: string }[];
}

export interface LayerClone {
  readonly cloned: Cloned | undefined;
  /** Sentences on parts that are not cloned. */
  readonly open: readonly string[];
}

export const nothing: LayerClone = { cloned: undefined, open: [] };

export function value(device: Device | undefined, name: string): string | undefined {
  return device?.parameters.find((each) => each.name === name)?.value;
}

export function origin({ parameters }: Device, name: string): string {
  return parameters.find((each) => each.name === name)?.from ?? '';
}

export const whole = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
export const within = (count: number, least: number, most: number): number =>
  Math.min(most, Math.max(least, Math.round(count)));

/** None where it was not read. */
export function line(
  count: number | undefined,
  key: string,
  from: string,
  write: (count: number) => string | number,
): readonly Line[] {
  return count === undefined ? [] : [{ key, value: write(count), origin: from }];
}
