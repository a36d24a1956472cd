// Settings that several providers of the block stack share.

import * as z from 'zod';
import { bytes } from '../../profile/settings.ts';
import { sectorBytes, writeBytes } from '../../lib/units.ts';

export const scope = z
  .enum(['guest', 'shared'], { error: 'expected guest or shared' })
  .default('guest')
  .describe('one for each guest, or one below all of them');

/** A size of blocks or chunks that the kernel wants as a power of two; decoded to bytes. */
export function powerOfTwo(limits: { readonly min: number; readonly max: number }): z.ZodType<number, string> {
  const decoded = bytes(limits).refine((size) => Number.isInteger(Math.log2(size)), {
    error: 'expected a power of two',
  });
  return decoded.meta({
    unit: 'size',
    values: `a power of two, ${writeBytes(limits.min)} to ${writeBytes(limits.max)}`,
  });
}

/** A size in whole steps; decoded to bytes. */
export function multipleOf(
  step: number,
  limits: { readonly min: number; readonly max: number },
): z.ZodType<number, string> {
  const text = writeBytes(step);
  const decoded = bytes(limits).refine((size) => size % step === 0, { error: `expected a multiple of ${text}` });
  return decoded.meta({
    unit: 'size',
    values: `a multiple of ${text}, ${writeBytes(limits.min)} to ${writeBytes(limits.max)}`,
  });
}

export function sectorsOf(sizeBytes: number): number {
  return sizeBytes / sectorBytes;
}

/** A whole number of MiB that holds so many bytes, in sectors. */
export function wholeMebibytes(sizeBytes: number): number {
  return Math.ceil(sizeBytes / 2 ** 20) * 2048;
}

/** `COUNT word...`, as targets take their options; nothing where there are none. */
export function counted(words: readonly (string | number)[]): string {
  return words.length === 0 ? '' : ` ${words.length} ${words.join(' ')}`;
}
