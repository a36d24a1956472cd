// Is the limit above the stack? With every stub in place, what is full then: the host's CPU, the guests' share of it, the one
// thread of each load generator, or a limit of the guests' own.

import { baselineId, everyArm } from '../../lib/arm.ts';
import type { Arm, Layer } from '../../lib/layer.ts';
import { median } from '../../lib/numbers.ts';
import type { MetLimit } from '../../lib/own-limit.ts';
import type { Analysis } from '../verdict/analyse.ts';
import { aboveOf, depthClaim, type OwnCaveat, ownCaveats, ownClaim, type OwnFacts, ownMet } from './own-claims.ts';
import { metLimits, type OwnUse } from './own-limits.ts';
import {
  isLifting,
  type InconclusiveVerdict,
  type OutsideVerdict,
  type StubbedLayers,
  type Verdict,
  type VoidSlices,
  namedIn,
} from '../verdict/verdict.ts';

/** The CPU use in one slice; undefined where it was not measured. */
export interface SliceLoad extends OwnUse {
  readonly arm: string;
  /** Busy share of all CPUs of the host, per cent. */
  readonly hostBusyPercent: number | undefined;
  /** CPU of the guest that used least of it, per cent of one CPU. */
  readonly idlestGuestPercent: number | undefined;
  /** Time that the guest which was held back most by its own cpu.max had to wait, per cent. */
  readonly throttledPercent: number | undefined;
}

export interface LoadFacts extends OwnFacts {
  /** Slices that count, and those that do not for no other reason than cpu.max. */
  readonly slices: readonly SliceLoad[];
  /** Each guest's load is one thread that sleeps when it has nothing to do. */
  readonly oneThread: boolean;
  readonly void: VoidSlices & {
    readonly tooMany: boolean;
    /** All of them because a guest was held back by its own cpu.max. */
    readonly byCpuMax: boolean;
  };
}

type Outside = Pick<OutsideVerdict, 'limit' | 'why' | 'met'>;
type CpuLimit = 'cpu-max' | 'cpu' | 'thread';

/** Shares of the CPU from which on it is full, and of the time from which on a guest is held back: medians, per cent. */
const full = { host: 95, thread: 95, throttled: 5 } as const;
/** Slices of the arm with the most stubs: one alone may be an accident. */
const leastSlices = 2;

/** The limit outside of the stack, judged in the arm with the most stubs; undefined if there is none or nobody measured it. */
export function outsideClaim(
  layers: readonly Layer[],
  facts: Omit<LoadFacts, 'void'>,
): (Outside & { readonly limit: CpuLimit }) | undefined {
  const highest = highestOf(layers, facts);
  const slices = facts.slices.filter(({ arm }) => arm === highest?.id);
  if (!highest) return undefined;
  const stubbed = stubbedIn(highest, layers);
  const of = figuresOf(slices);
  if (isFull['cpu-max'](of)) {
    const met = cpuMaxMet(facts, highest.id);
    const why = { kind: 'cpu-max', stubbed, percent: of.throttled } as const;
    return { limit: 'cpu-max', why, ...(met.length > 0 ? { met } : {}) };
  }
  if (isFull.cpu(of)) return { limit: 'cpu', why: { kind: 'cpu', stubbed, busyPercent: of.host } };
  if (!facts.oneThread || !isFull.thread(of)) return undefined;
  return { limit: 'thread', why: { kind: 'thread', stubbed } };
}

type Figures = Record<keyof typeof full, number>;

/** The arm with the most stubs that was measured. */
function highestOf(layers: readonly Layer[], { slices }: Pick<LoadFacts, 'slices'>): Arm | undefined {
  const highest = everyArm(layers).findLast(({ id }) => slices.some(({ arm }) => arm === id));
  return highest && highest.stubbed.length > 0 ? highest : undefined;
}

function stubbedIn({ stubbed }: Arm, layers: readonly Layer[]): StubbedLayers {
  return stubbed.length === layers.length ? 'all' : stubbed;
}

function cpuMaxMet({ limits = [], slices }: Omit<LoadFacts, 'void'>, arm: string): readonly MetLimit[] {
  const own = slices.filter((slice) => slice.arm === arm);
  return metLimits(limits, own).filter(({ kind }) => kind === 'cpu-max');
}

const isFull: Record<CpuLimit, (of: Figures) => boolean> = {
  'cpu-max': ({ throttled }) => throttled > full.throttled,
  cpu: ({ host }) => host > full.host,
  thread: ({ thread }) => thread >= full.thread,
};

/** Medians; NaN where most are missing, or the slices are too few. */
function figuresOf(slices: readonly SliceLoad[]): Figures {
  const enough = slices.length < leastSlices ? [] : slices;
  return {
    host: medianOf(enough.map(({ hostBusyPercent }) => hostBusyPercent)),
    thread: medianOf(enough.map(({ idlestGuestPercent }) => idlestGuestPercent)),
    throttled: medianOf(enough.map(({ throttledPercent }) => throttledPercent)),
  };
}

/** Whether it holds back the stack as deployed. */
function holdsDeployed(limit: CpuLimit, { slices }: Pick<LoadFacts, 'slices'>): boolean {
  return isFull[limit](figuresOf(slices.filter(({ arm }) => arm === baselineId)));
}

/**
 * `analysis` as it reads beside what the CPUs and the guests did and what did not count: too many void slices leave no verdict,
 * a full CPU or a limit of the guests' own leaves none but a lift. "None" is told what is known to be above it.
 */
export function withOutside(analysis: Analysis, layers: readonly Layer[], facts: LoadFacts): Analysis {
  const verdict = voidVerdict(analysis.verdict, facts) ?? limitVerdict(analysis, layers, facts);
  return verdict ? { ...analysis, verdict, decided: true } : analysis;
}

/** Something outside the stack ends what the stubs can lift. */
export interface BeyondStackCaveat extends Pick<OutsideVerdict, 'why' | 'met'> {
  readonly kind: 'beyond-stack';
}

/** The doubts beside a verdict that stays. The CPU of the host is a caveat of its own, slice by slice. */
export function outsideCaveats(
  analysis: Analysis,
  layers: readonly Layer[],
  facts: LoadFacts,
): readonly (BeyondStackCaveat | OwnCaveat)[] {
  const { verdict } = analysis;
  const bounds = isLifting(verdict) || verdict.kind === 'inconclusive';
  const outside = bounds ? outsideClaim(layers, facts) : undefined;
  const highest = verdict.kind === 'outside' ? undefined : highestOf(layers, facts);
  return [
    ...(outside && outside.limit !== 'cpu' ? [beyond(outside)] : []),
    ...(highest ? ownCaveats(ownMet(facts, highest), stubbedIn(highest, layers)) : []),
  ];
}

function beyond({ why, met }: Outside): BeyondStackCaveat {
  return { kind: 'beyond-stack', why, ...(met ? { met } : {}) };
}

function limitVerdict(analysis: Analysis, layers: readonly Layer[], facts: LoadFacts): Verdict | undefined {
  const { verdict, decided } = analysis;
  if (!decided || isLifting(verdict) || !foundNothing(verdict)) return undefined;
  const highest = highestOf(layers, facts);
  const met = highest && ownMet(facts, highest);
  const ofCpu = cpuVerdict(verdict, layers, facts);
  const ofGuests = met && ownClaim(facts, met, stubbedIn(highest, layers));
  if (ofCpu?.limit !== 'cpu-max' && ofGuests) return { kind: 'outside', ...ofGuests };
  if (ofCpu) return { kind: 'outside', ...ofCpu };
  if (verdict.kind !== 'none' || !met) return undefined;
  const isAll = highest.stubbed.length === layers.length && verdict.untested.length === 0;
  const inFlight = isAll ? depthClaim(facts, met) : undefined;
  if (inFlight) return { kind: 'outside', ...inFlight };
  const above = aboveOf(facts, met);
  return above.length > 0 ? { ...verdict, above } : undefined;
}

/** Stubs may well lift beneath the noise: a limit that is not there as deployed then holds nobody back. */
function cpuVerdict(verdict: Verdict, layers: readonly Layer[], facts: LoadFacts): ReturnType<typeof outsideClaim> {
  const outside = outsideClaim(layers, facts);
  if (outside && verdict.kind === 'inconclusive' && !holdsDeployed(outside.limit, facts)) return undefined;
  return outside;
}

function voidVerdict(verdict: Verdict, facts: LoadFacts): OutsideVerdict | InconclusiveVerdict | undefined {
  const found = facts.void;
  if (!found.tooMany) return undefined;
  const proven = namedIn(verdict);
  if (found.byCpuMax && proven.length === 0 && holdsDeployed('cpu-max', facts)) {
    const met = cpuMaxMet(facts, baselineId);
    const why = { kind: 'void-by-cpu-max', count: found.count, of: found.of } as const;
    return { kind: 'outside', limit: 'cpu-max', why, ...(met.length > 0 ? { met } : {}) };
  }
  const candidates = verdict.kind === 'inconclusive' ? verdict.candidates : proven;
  const { count, of, reasons } = found;
  const why = { kind: 'void-slices', count, of, reasons } as const;
  return { kind: 'inconclusive', why, candidates, proven, disturbed: true };
}

/** Nothing lifts, or nothing shows above the noise. */
function foundNothing(verdict: Verdict): boolean {
  if (verdict.kind !== 'inconclusive') return verdict.kind === 'none';
  return verdict.proven.length === 0 && (verdict.headroom?.low ?? 0) <= 1;
}

/** The median of the measured values; NaN, for which no comparison holds, if most were not measured. */
function medianOf(values: readonly (number | undefined)[]): number {
  const known = values.filter((value) => value !== undefined);
  return 2 * known.length > values.length ? median(known) : NaN;
}
