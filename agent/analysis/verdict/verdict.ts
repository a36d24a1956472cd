// The verdict: a closed union. "Cannot tell yet" is a result, not an error.

import type * as z from 'zod';
import type { Fault } from '../../lib/fault.ts';
import type { Layer } from '../../lib/layer.ts';
import type { MetLimit } from '../../lib/own-limit.ts';
import type { verdictKinds } from './kinds.ts';

/** A lift as a ratio of goodputs (1 = no change) with the bounds that the look's level gives. */
export interface Lift {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/** Why a verdict of these kinds was made. */
interface Reasons {
  readonly outside: OutsideReason;
  readonly inconclusive: InconclusiveReason;
}

type Serialised = z.output<(typeof verdictKinds)[number]>;
type VerdictOf<K extends Serialised['kind']> = K extends keyof Reasons
  ? Readonly<Omit<Extract<Serialised, { kind: K }>, 'why'>> & { readonly why: Reasons[K] }
  : Readonly<Extract<Serialised, { kind: K }>>;

/** kinds.ts has what each field means. */
export type Verdict = { readonly [K in Serialised['kind']]: VerdictOf<K> }[Serialised['kind']];

/** The guests' own limits, the load generator or the CPU is the limit even with the most stubs in place. */
export type OutsideVerdict = VerdictOf<'outside'>;
/** Several stubs save more of an I/O's time together than one by one: the layers hide one another. */
export type MaskedVerdict = VerdictOf<'masked'>;
export type InconclusiveVerdict = VerdictOf<'inconclusive'>;
export type LayerLift = MaskedVerdict['minor'][number];

/** The layers that are stubbed in an arm; `all`: every layer of the stack. */
export type StubbedLayers = readonly Layer[] | 'all';

/** How it is known that the limit lies outside; whose limits they are is in `met`. */
export type OutsideReason =
  /** Median share of the time in which the guest that was held back most waited for its own cpu.max. */
  | { readonly kind: 'cpu-max'; readonly stubbed: StubbedLayers; readonly percent: number }
  /** Median share of all CPUs that were busy. */
  | { readonly kind: 'cpu'; readonly stubbed: StubbedLayers; readonly busyPercent: number }
  | { readonly kind: 'thread'; readonly stubbed: StubbedLayers }
  /** So many slices are void because a guest was held back by its own cpu.max. */
  | { readonly kind: 'void-by-cpu-max'; readonly count: number; readonly of: number }
  /** The guests in `met` stand at their own limits as deployed and with these layers stubbed. */
  | {
      readonly kind: 'own-limits';
      readonly stubbed: StubbedLayers;
      /** Median times of an I/O as deployed, nanoseconds; left out: not measured. */
      readonly times?: { readonly latencyNs: number; readonly stackNs: number };
      /** Guests that meet none of these. */
      readonly others: readonly number[];
      /** I/Os that these have in flight, where all of them keep as many as they may; else empty. */
      readonly othersInFlight: readonly MetLimit[];
    }
  /** Every guest keeps all in flight that it may, and nothing of the stack takes time. */
  | { readonly kind: 'in-flight' };

/** A stub that takes longer than what it replaces. */
export interface PoorStub {
  readonly layer: Layer;
  readonly deployedNs: number;
  readonly stubNs: number;
  /** Share of the time through the whole stack as deployed. */
  readonly share: number;
  /** It shows only with all other layers stubbed. */
  readonly onceAlone: boolean;
}

/** Why there is no verdict. */
export type InconclusiveReason =
  | ({ readonly kind: 'void-slices' } & VoidSlices)
  | { readonly kind: 'poor-stubs'; readonly stubs: readonly PoorStub[] }
  /** The lift of `arm` at first and at the end, as ratios. */
  | { readonly kind: 'lift-gone'; readonly arm: string; readonly before: number; readonly now: number }
  /** The reason for the end of the run, without a full stop. */
  | { readonly kind: 'cut-short'; readonly why: string }
  /** `allStubs`: the lift of all stubs together, a ratio; left out: not estimated. */
  | { readonly kind: 'no-single-layer'; readonly allStubs?: number }
  | { readonly kind: 'no-telling-arm' }
  /** Coefficient of variation of slices of one arm. */
  | { readonly kind: 'too-noisy'; readonly sigma: number }
  | { readonly kind: 'too-few-slices' }
  | { readonly kind: 'noise-hides-all' }
  | { readonly kind: 'several-within-noise' }
  | { readonly kind: 'set-not-proven' }
  | { readonly kind: 'still-measuring' };

/** Slices that do not count. */
export interface VoidSlices {
  readonly count: number;
  /** How many slices there are in all. */
  readonly of: number;
  /** Why, each kind of fault once. */
  readonly reasons: readonly Fault[];
}

/** A verdict that rests on the proven lift of a stub, or of several together. */
export type LiftingVerdict = Extract<Verdict, { readonly lift: Lift }>;

export function isLifting(verdict: Verdict): verdict is LiftingVerdict {
  return verdict.kind === 'lever' || verdict.kind === 'tie' || verdict.kind === 'masked';
}

/** A verdict without its reason, which a report has in words. */
type Bare<V> = V extends { readonly why: unknown } ? Omit<V, 'why'> : V;

/** The layers that a verdict blames. */
export function namedIn(verdict: Bare<Verdict> | { readonly kind: 'not-asked' }): readonly Layer[] {
  if (verdict.kind === 'lever') return [verdict.layer];
  if (verdict.kind === 'tie' || verdict.kind === 'masked') return verdict.layers;
  return verdict.kind === 'inconclusive' ? verdict.proven : [];
}
