// Types of what the cap probe asks for, and of what it gets back.
//
// The media is replaced by a delay of fixed length and unlimited width, so that a cap on the I/Os in flight in a layer
// above shows even where the real media is too fast, or too slow, to let it show.

import { ProfileError, type Problem } from '../../lib/errors.ts';
import type { Layer } from '../../lib/layer.ts';

/**
 * The layers deployed above the delayed media stub: every layer (`stack`), none (`nothing`: all stubbed), or one layer
 * alone. `media` is the real media in place of the delay, with all else stubbed; its `delay` is meaningless and `full`.
 */
export type Subject = 'stack' | 'nothing' | Layer;

/** Whose points say what the whole stack does: a layer that is alone in it is measured once, as itself. */
export function wholeOf({ layers }: Pick<CapsDesign, 'layers'>): Subject {
  const [only, ...others] = layers;
  return only !== undefined && others.length === 0 ? only : 'stack';
}

/** One setting to measure. */
export interface CapsPoint {
  readonly subject: Subject;
  /** The whole delay of the design, or half of it. */
  readonly delay: 'full' | 'half';
  /** How many of the guests run, from one up. */
  readonly guests: number;
}

/** The load is started once; its points are measured one after another, in an order that the caller shuffles. */
export interface Visit {
  /** The whole delay. */
  readonly delayNs: number;
  /** I/Os in flight that each guest offers. */
  readonly depth: number;
  /**
   * Whether guests that stop must be forgotten by what they shared before the others are measured. Where the load lies
   * below every cap, however it is shared, it does not matter.
   */
  readonly afresh: boolean;
  /** With repeats: a point that is to be measured twice stands here twice. */
  readonly points: readonly CapsPoint[];
}

export interface CapsObservation extends CapsPoint {
  /** Points of one visit were measured close together; any whole number, compared only for equality and order. */
  readonly visit: number;
  readonly depth: number;
  /** The whole delay of its visit; left out: the design's. */
  readonly delayNs?: number;
  /** Time of an I/O in each layer itself, by the junctions: nanoseconds. Layers without figures are left out. */
  readonly ownNs?: Partial<Readonly<Record<Layer, number>>>;
  /** I/O a second over all running guests, above zero. */
  readonly goodput: number;
}

export interface CapsDesign {
  /** The layers above the media that have a stub, so that each can be measured alone; may be empty. */
  readonly layers: readonly Layer[];
  /** Layers with a stub that the time does not suffice for: stubbed in the points of the others alone. Left out: none. */
  readonly leftOut?: readonly Layer[];
  /** Whether the real media is to be measured alone as well. */
  readonly media: boolean;
  readonly guests: number;
  readonly delayNs: number;
  /** Longer delays for what the first cannot tell, shortest first; left out: none. */
  readonly longer?: readonly LongerDelay[];
  /** The most I/Os in flight that a guest may offer: a power of two. */
  readonly maxDepth: number;
  /** Chance that an interval misses the truth, for example 0.05. */
  readonly alpha: number;
  /** The most points to measure, in points over `delayNs`. */
  readonly budgetPoints: number;
}

/** Where the path is full at half the delay, a cap looks like a rate; over a longer delay it is asked for less. */
export interface LongerDelay {
  readonly delayNs: number;
  /** The cost of a point over it, in points over the first delay. */
  readonly cost: number;
}

/**
 * The observations sorted, so that the order in which they were recorded changes no digit.
 *
 * @throws ProfileError naming every observation whose goodput has no logarithm, or that no load could have given.
 */
export function checkCapsObservations(observations: readonly CapsObservation[]): readonly CapsObservation[] {
  const problems: Problem[] = observations.flatMap((seen) => {
    const at = `visit ${seen.visit}`;
    const unusable = [
      ...(positive(seen.goodput) ? [] : [`a goodput of ${seen.goodput}: it must be above zero`]),
      ...(positive(seen.depth) ? [] : [`a depth of ${seen.depth}: it must be above zero`]),
      ...(positive(seen.guests) ? [] : [`${seen.guests} guests: at least one must run`]),
      ...(positive(seen.delayNs ?? 1) ? [] : [`a delay of ${seen.delayNs} ns: it must be above zero`]),
    ];
    return unusable.map((what) => ({ message: `cannot use ${what}`, at }));
  });
  if (problems.length > 0) throw new ProfileError(problems);
  return [...observations].sort(inOrder);
}

function positive(value: number): boolean {
  return value > 0 && Number.isFinite(value);
}

function inOrder(a: CapsObservation, b: CapsObservation): number {
  return (
    a.visit - b.visit ||
    byName(a.subject, b.subject) ||
    byName(a.delay, b.delay) ||
    a.guests - b.guests ||
    a.depth - b.depth ||
    a.goodput - b.goodput
  );
}

function byName(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
