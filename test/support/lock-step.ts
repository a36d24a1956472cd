// A closed loop after a switch, I/O by I/O: all of it is released at once. Counters as the kernel and fio keep them are read at
// the borders of slices, made into goodput by the agent's own code, and given to the real engine.

import { decide } from '../../agent/analysis/verdict/engine.ts';
import type { Observation } from '../../agent/analysis/fit/observation.ts';
import type { Verdict } from '../../agent/analysis/verdict/verdict.ts';
import { borderFactors } from '../../agent/experiment/borders.ts';
import { goodputOf, guestRecord } from '../../agent/findings/goodput.ts';
import { parseArm } from '../../agent/lib/arm.ts';
import type { Layer } from '../../agent/lib/layer.ts';
import { sum } from '../../agent/lib/numbers.ts';
import { shuffled } from '../../agent/lib/random.ts';
import type { Design } from '../../agent/analysis/verdict/design.ts';
import { workBetween, type Snapshot } from '../../agent/load/fio-output.ts';
import { type JunctionCounters, junctionsBetween } from '../../agent/measure/junctions.ts';
import { phaseMs } from '../../agent/plan/phase.ts';
import { type Chance, chanceOf, spread } from './simulator-noise.ts';
import { fourLayers } from './simulator.ts';

/** What a guest's I/O takes, milliseconds: one value a call. */
export type Latencies = (chance: Chance) => number;

export const exact =
  (ms: number): Latencies =>
  () =>
    ms;
/** Normal, `cv` of the mean. */
export const jittered =
  (ms: number, cv: number): Latencies =>
  ({ normal }) =>
    Math.max(0, ms * (1 + cv * normal()));
/** Never in step for long. */
export const exponential =
  (ms: number): Latencies =>
  ({ uniform }) =>
    -ms * Math.log(uniform());
/** A tenth of I/O is quick. */
export const mixed =
  (ms: number): Latencies =>
  ({ uniform }) =>
    uniform() < 0.1 ? ms / 10 : ms;
/** One in a thousand hangs for twenty times as long. */
export const hanging =
  (ms: number): Latencies =>
  ({ uniform }) =>
    uniform() < 0.001 ? 20 * ms : ms;

export interface LoopGuest {
  readonly depth: number;
  readonly latency: Latencies;
}

export interface Loop {
  readonly guests: readonly LoopGuest[];
  readonly settleMs: number;
  readonly phaseMs: number;
  readonly measureMs: number;
  /** fio answers so much later than the junctions at most. */
  readonly answerMs?: number;
}

interface Io {
  readonly from: number;
  readonly to: number;
}

const blockBytes = 4096;

/** Each place of a guest's queue starts an I/O at the switch, and the next when that is through. */
function iosOf({ depth, latency }: LoopGuest, untilMs: number, chance: Chance): readonly Io[] {
  const ios: Io[] = [];
  for (let place = 0; place < depth; place++) {
    for (let from = 0; from <= untilMs;) {
      const to = from + Math.max(1e-3, latency(chance));
      ios.push({ from, to });
      from = to;
    }
  }
  return ios;
}

function junctionAt(ios: readonly Io[], atMs: number, guest: number): JunctionCounters {
  const done = ios.filter(({ to }) => to <= atMs);
  const open = ios.filter(({ from, to }) => from <= atMs && to > atMs);
  const latencySumNs = 1e6 * sum(done.map(({ from, to }) => to - from));
  return {
    ...{ layer: 'ring', guest, atMs, ios: done.length, bytes: done.length * blockBytes, latencySumNs },
    inFlight: open.length,
    queueNs: latencySumNs + 1e6 * sum(open.map(({ from }) => atMs - from)),
  };
}

/** fio counts its own time in whole milliseconds. */
function snapshotAt(ios: readonly Io[], atMs: number): Snapshot {
  const done = ios.filter(({ to }) => to <= atMs);
  const latencySumNs = 1e6 * sum(done.map(({ from, to }) => to - from));
  return {
    ...{ runtimeMs: Math.round(atMs), ios: done.length, bytes: done.length * blockBytes, errors: 0 },
    ...{ issued: undefined, latencySumNs, latencies: undefined },
  };
}

/** Goodput of a slice that begins with a switch: bare counts of fio, and with the borders mended. */
export function sliceOf(loop: Loop, chance: Chance): { readonly bare: number; readonly mended: number } {
  const { guests, settleMs, measureMs, answerMs = 2 } = loop;
  const fromMs = settleMs + loop.phaseMs;
  const toMs = fromMs + measureMs;
  const lateMs = [chance.uniform() * answerMs, chance.uniform() * answerMs] as const;
  const all = guests.map((guest) => iosOf(guest, toMs + answerMs, chance));
  const counters = (atMs: number) => all.map((ios, i) => junctionAt(ios, atMs, i + 1));
  const junctions = junctionsBetween(counters(fromMs), counters(toMs));
  const records = all.map((ios, i) => {
    const work = workBetween(snapshotAt(ios, fromMs + lateMs[0]), snapshotAt(ios, toMs + lateMs[1]));
    if (!work) throw new Error('no time has passed');
    return guestRecord(i + 1, work, { objectiveNs: null, verifies: false });
  });
  const factors = borderFactors(
    records.map((record) => ({ ...record, failed: 0 })),
    junctions,
  );
  const bare = goodputOf(records).goodput;
  return { bare, mended: goodputOf(records.map((one, i) => ({ ...one, borderFactor: factors[i] ?? 1 }))).goodput };
}

/** Goodput of the loop in the long run, from its mean latencies. */
export function trueGoodput(guests: readonly LoopGuest[], chance: Chance, draws = 20_000): number {
  const mean = (latency: Latencies): number => sum(Array.from({ length: draws }, () => latency(chance))) / draws;
  return sum(guests.map(({ depth, latency }) => (1000 * depth) / mean(latency)));
}

export interface LockStep {
  /** The guests with these layers stubbed. */
  readonly guests: (stubbed: readonly Layer[]) => readonly LoopGuest[];
  readonly settleMs?: number;
  readonly measureMs?: number;
  readonly latencyMs: number;
  readonly answerMs?: number;
  /** As slices are counted, or as they would be: bare, or always in the same phase. */
  readonly counting?: 'as it is' | 'bare' | 'bare, same phase';
  readonly seed: number;
  readonly design?: Design;
}

export interface LockStepRun {
  readonly verdict: Verdict;
  readonly observations: readonly Observation[];
}

/** One run of the real engine. */
export function simulateLockStep(options: LockStep): LockStepRun {
  const { guests, seed, settleMs = 500, measureMs = 3000, latencyMs, answerMs = 2, counting = 'as it is' } = options;
  const design = options.design ?? fourLayers();
  const chance = chanceOf(2 * seed);
  const schedule = spread(2 * seed + 1);
  const observations: Observation[] = [];
  for (let block = 0; ;) {
    const decision = decide(design, observations);
    if (decision.kind === 'verdict') return { verdict: decision.verdict, observations };
    for (const end = block + decision.blocks; block < end; block++) {
      for (const arm of shuffled(decision.arms, schedule)) {
        const place = { block, seq: observations.length };
        const phase = counting === 'bare, same phase' ? 0 : phaseMs({ seed, measureMs, latencyMs }, place);
        const loop = {
          guests: guests(parseArm(arm, design.layers)?.stubbed ?? []),
          settleMs,
          phaseMs: phase,
          measureMs,
          answerMs,
        };
        const { bare, mended } = sliceOf(loop, chance);
        observations.push({ block, arm, goodput: counting === 'as it is' ? mended : bare });
      }
    }
  }
}
