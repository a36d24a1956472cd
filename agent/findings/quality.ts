// Which slices cannot be trusted, by what they themselves recorded; those that stand apart from their run are told in judge.ts.
// Pure: a run's folder gives the same answer again.

import type { Design } from '../analysis/verdict/design.ts';
import type { Fault } from '../lib/fault.ts';
import type { SliceRecord } from '../records/slice.ts';

/** Beyond these a slice says more of something else than of its arm. */
const limits = {
  /**
   * By how much a guest's window may exceed the one asked for, as a share of it and in milliseconds: both must be exceeded.
   * A slow answer alone biases nothing, as fio measures its own window.
   */
  overshoot: 1,
  overshootMs: 1000,
  /** Between the wall clock and the steady one. */
  driftMs: 250,
  /** A share of the window, for the guest that was held back most. */
  throttledPercent: 5,
} as const;

/** More void slices than both: the run as a whole is in doubt. */
const mostVoid = { share: 0.1, slices: 2 };

export interface Expected {
  /** The window asked for. */
  readonly measureMs: number;
}

/** Every reason why `slice` should not count; what was not measured is no reason. */
export function faultsOf(slice: SliceRecord, { measureMs }: Expected): readonly Fault[] {
  return [...windowFaults(slice, measureMs), ...clockFaults(slice), ...throttlingFaults(slice)];
}

/** The reason to record as `voided`. */
export function voidedBy(faults: readonly Fault[]): Fault[] | null {
  return faults.length > 0 ? [...faults] : null;
}

/** The same of a slice that is compared by the logarithm of its goodput, which none has. */
export function voidedWithoutIo({ voided, goodput }: Pick<SliceRecord, 'voided' | 'goodput'>): Fault[] | null {
  return voided ?? (goodput > 0 ? null : [{ kind: 'no-io' }]);
}

/** The slices that count. */
export function countedSlices<T extends Pick<SliceRecord, 'voided'>>(slices: readonly T[]): readonly T[] {
  return slices.filter(({ voided }) => voided === null);
}

/** `design` for what counts of `slices`: the void ones have used up their part of the budget. */
export function designAfter(design: Design, slices: readonly Pick<SliceRecord, 'voided'>[]): Design {
  return { ...design, voidSlices: slices.length - countedSlices(slices).length };
}

export interface Quality {
  /** Void slices, and their share of all. */
  readonly voided: number;
  readonly share: number;
  readonly tooMany: boolean;
}

/** `slices`: all that were measured, the void ones among them. */
export function qualityOf(slices: readonly Pick<SliceRecord, 'voided'>[]): Quality {
  const voided = slices.length - countedSlices(slices).length;
  const share = slices.length > 0 ? voided / slices.length : 0;
  return { voided, share, tooMany: share > mostVoid.share && voided > mostVoid.slices };
}

/** One guest alone is late when its own fio was; all of them are when the agent was. */
function windowFaults({ guests }: SliceRecord, measureMs: number): readonly Fault[] {
  const windows = guests.map(({ elapsedMs }) => elapsedMs);
  const [longest, shortest] = [Math.max(0, ...windows), windows.length > 0 ? Math.min(...windows) : 0];
  const mostMs = measureMs + Math.max(limits.overshoot * measureMs, limits.overshootMs);
  if (longest <= mostMs) return [];
  if (shortest > mostMs) return [{ kind: 'starved-agent', lateMs: shortest - measureMs }];
  return [{ kind: 'late', elapsedMs: longest, measureMs }];
}

function clockFaults({ measurements }: SliceRecord): readonly Fault[] {
  const driftMs = Math.abs(measurements['clock']?.['driftMs'] ?? 0);
  return driftMs <= limits.driftMs ? [] : [{ kind: 'moved-host', driftMs }];
}

function throttlingFaults({ measurements }: SliceRecord): readonly Fault[] {
  const throttled = measurements['guests']?.['throttledPercent'] ?? 0;
  return throttled <= limits.throttledPercent ? [] : [{ kind: 'throttled', percent: throttled }];
}
