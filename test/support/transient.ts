// Counts of completed I/Os after a switch, from a known transient and seeded noise.

import { binMs, type Completions } from '../../agent/analysis/settle/series.ts';
import { chanceOf } from './simulator-noise.ts';

export interface Transient {
  readonly tauMs: number;
  /** Rates before and after, I/Os a second. */
  readonly from: number;
  readonly to: number;
  /** Coefficient of variation of a bin. */
  readonly cv: number;
  readonly seed: number;
  readonly spanMs?: number;
  /** Nothing completes so long. */
  readonly deadMs?: number;
  /** Beside the scatter of bins, goodput wanders: standard deviation in logarithms, and how long it takes to forget. */
  readonly wander?: { readonly sd: number; readonly tauMs: number };
  /** By how much a timer may fire late, milliseconds. */
  readonly lateMs?: number;
}

/** The rate relaxes from one level to the other; readings as they would be taken, with late timers. */
export function transient(given: Transient): Completions {
  const { tauMs, from, to, cv, seed, spanMs = 2900, deadMs = 0, lateMs = 0, wander = { sd: 0, tauMs: 1 } } = given;
  const { normal, uniform } = chanceOf(seed);
  let off = wander.sd > 0 ? wander.sd * normal() : 0;
  const [atMs, ios] = [[0], [0]];
  let [now, count] = [0, 0];
  while (now < spanMs) {
    const next = now + binMs + lateMs * uniform();
    const [a, b] = [Math.max(0, now - deadMs), Math.max(0, next - deadMs)];
    const whole = to * (b - a) + (from - to) * tauMs * (Math.exp(-a / tauMs) - Math.exp(-b / tauMs));
    const kept = Math.exp((now - next) / wander.tauMs);
    if (wander.sd > 0) off = kept * off + Math.sqrt(1 - kept ** 2) * wander.sd * normal();
    count += Math.max(0, Math.round((whole / 1000) * (1 + cv * normal()) * Math.exp(off)));
    atMs.push(next);
    ios.push(count);
    now = next;
  }
  return { atMs, ios };
}

/** Goodput that wanders so that neighbouring bins correlate by `rho`. */
export function remembering(rho: number, sd: number): { readonly sd: number; readonly tauMs: number } {
  return { sd, tauMs: -binMs / Math.log(rho) };
}

export function seeds(count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}
