// When a slice begins and how long it lasts, beside a load that goes round in step (pure).
//
// A switch drains the I/O in flight and releases all of it at once. Over media with an exact delay a closed loop then goes
// round in step: it completes whole rounds, and a count over a fixed time after the switch is wrong in the same way each time.

import { seededRandom } from '../lib/random.ts';
import type { Latency } from './pilot.ts';

/** A slice that begins in another phase of the round each time is wrong by chance, which the scatter of slices shows. */
const leastRangeMs = 100;
/** A share of the measured time, used if no pilot saw what an I/O takes. Longer rounds leave few of them in a slice. */
const unknownShare = 0.1;
const steps = 1 << 20;

/** Rounds in a slice at least: whole ones counted, one too many is a lift of 3 %; with parts of them counted fewer will do. */
const rounds = { counted: 30, withParts: 10 } as const;
/** However slow the media: a run is to have more than a few slices. */
const longestMs = 30_000;

interface Slice {
  readonly seed: number;
  readonly measureMs: number;
  readonly latencyMs?: number;
}

/** Milliseconds to wait before the slice `seq` of `block` is measured, even over the time that an I/O takes; the same for the same seed. */
export function phaseMs({ seed, measureMs, latencyMs }: Slice, { block, seq }: { block: number; seq: number }): number {
  const rangeMs = Math.max(leastRangeMs, latencyMs ?? unknownShare * measureMs);
  const random = seededRandom(Math.imul(Math.imul(seed ^ 0x5bd1e995, 31) + block, 4099) + seq);
  // The first values of nearby seeds are alike.
  for (let i = 0; i < 8; i++) random.below(steps);
  return (rangeMs * random.below(steps)) / steps;
}

/** How long to measure where an I/O takes so long: `leastMs`, or more. */
export function measureOver({ ms, bordersKnown }: Latency, leastMs: number): number {
  const needMs = ms * (bordersKnown ? rounds.withParts : rounds.counted);
  return Math.max(leastMs, Math.ceil(Math.min(longestMs, needMs)));
}
