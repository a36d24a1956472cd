// Of devices that have a provider of their own: what it takes, and the words of a table of one line.

import { sectorBytes } from '../../lib/units.ts';
import type { Device } from '../document.ts';
import { type Line, whole } from './values.ts';

export interface Named {
  readonly provider: string;
  readonly lines: readonly Line[];
  /** Parts that the provider does not have, without the device's name. */
  readonly open: readonly string[];
}

/** The words of a table of one line after its type. */
export function wordsOf({ table = [] }: Device): readonly string[] | undefined {
  const [line, ...others] = table;
  return line === undefined || others.length > 0 ? undefined : line.split(' ').slice(3);
}

export const from = 'dmsetup table';
export const bytesOf = (sectors: string | undefined): number => (whole(sectors) ?? 0) * sectorBytes;
export const isPowerOfTwo = (count: number): boolean => count > 0 && Number.isInteger(Math.log2(count));
/** Chunks as the providers take them. */
export const isChunk = (bytes: number): boolean => isPowerOfTwo(bytes) && bytes >= 4096 && bytes <= 2 ** 24;
export const isLegs = (legs: number, least = 2): boolean => legs >= least && legs <= 16;
