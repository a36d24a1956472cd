// Which slices cannot be trusted, by what they themselves recorded. Pure: a run's folder gives the same answer again.

import type { Profile } from '../profile/profile.ts';
import type { SliceRecord } from './record.ts';

export interface Fault {
  readonly kind: 'late' | 'throttled' | 'starved-agent' | 'moved-host' | 'foreign-cpu' | 'steal';
  readonly text: string;
}

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
  /** Of the window, for the guest that was held back most. */
  throttledPercent: 5,
  /** Of all CPUs. */
  foreignPercent: 15,
  stealPercent: 10,
} as const;

/** More void slices than both: the run as a whole is in doubt. */
const mostVoid = { share: 0.1, slices: 2 };

/** Void slices that are measured again where there are no blocks to put them into; more end the measurement. */
export function spareSlices(budget: number): number {
  return Math.floor(mostVoid.share * budget);
}

export interface Expected {
  /** The window asked for. */
  readonly measureMs: number;
  /** What the guests are. The CPU time of domains is taken from domain 0, as if by a stranger. */
  readonly guest?: Profile['guest'] | undefined;
}

/** Every reason why `slice` should not count; what was not measured is no reason. */
export function faultsOf(slice: SliceRecord, { measureMs, guest }: Expected): readonly Fault[] {
  const faults = [...windowFaults(slice, measureMs), ...clockFaults(slice), ...cpuFaults(slice)];
  return guest === 'domU' ? faults.filter(({ kind }) => kind !== 'steal') : faults;
}

/** What to record as `voided`. */
export function voidedBy(faults: readonly Fault[]): string | null {
  return faults.length > 0 ? faults.map(({ text }) => text).join('; ') : null;
}

/** The slices that count. */
export function countedSlices<T extends Pick<SliceRecord, 'voided'>>(slices: readonly T[]): readonly T[] {
  return slices.filter(({ voided }) => voided === null);
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
  if (shortest > mostMs)
    return [
      { kind: 'starved-agent', text: `the agent came ${seconds(shortest - measureMs)} late to the end of the slice` },
    ];
  return [{ kind: 'late', text: `a guest was measured for ${seconds(longest)} in place of ${seconds(measureMs)}` }];
}

function clockFaults({ measurements }: SliceRecord): readonly Fault[] {
  const driftMs = Math.abs(measurements['clock']?.['driftMs'] ?? 0);
  if (driftMs <= limits.driftMs) return [];
  const text = `the clocks of the host parted by ${seconds(driftMs)}: it was moved or suspended, or its time was set`;
  return [{ kind: 'moved-host', text }];
}

function cpuFaults(slice: SliceRecord): readonly Fault[] {
  const { guests, cpu } = slice.measurements;
  const [throttled, steal, foreign] = [guests?.['throttledPercent'], cpu?.['stealPercent'], foreignPercent(slice)];
  const faults: Fault[] = [];
  if (throttled !== undefined && throttled > limits.throttledPercent) {
    faults.push({
      kind: 'throttled',
      text: `a guest was held back by its cpu.max for ${percent(throttled)} of the time`,
    });
  }
  if (foreign !== undefined && foreign > limits.foreignPercent) {
    faults.push({ kind: 'foreign-cpu', text: `programs that are not of this run used ${percent(foreign)} of the CPU` });
  }
  if (steal !== undefined && steal > limits.stealPercent) {
    faults.push({ kind: 'steal', text: `a hypervisor above took ${percent(steal)} of the CPU away` });
  }
  return faults;
}

/** CPU time in programs that neither the run's cgroups nor the agent account for. The kernel's work for us is not user time. */
function foreignPercent({ measurements: { cpu, guests, agent } }: SliceRecord): number | undefined {
  const [all, cpus] = [cpu?.['userPercent'], cpu?.['cpus']];
  const [ours, own] = [guests?.['userPercentOfHost'], agent?.['userPercent']];
  if (all === undefined || cpus === undefined || ours === undefined || own === undefined) return undefined;
  return all - ours - own / Math.max(1, cpus);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function percent(value: number): string {
  return `${value.toFixed(0)} %`;
}
