// Is the limit above the stack? With every stub in place, what is full then: the host's CPU, the guests' share of it, or
// the one thread of each load generator. A limit in the number of I/Os that the guests keep in flight is none of these.

import { baselineId, everyArm } from '../lib/arm.ts';
import type { Layer } from '../lib/layer.ts';
import { median } from '../lib/numbers.ts';
import type { Analysis } from './analyse.ts';
import { isLifting, type InconclusiveVerdict, type OutsideVerdict, type Verdict, namedIn } from './verdict.ts';

/** What one slice asked of the CPUs; undefined where it was not measured. */
export interface SliceLoad {
  readonly arm: string;
  /** Of all CPUs of the host, per cent. */
  readonly hostBusyPercent: number | undefined;
  /** CPU of the guest that used least of it, per cent of one CPU. */
  readonly idlestGuestPercent: number | undefined;
  /** Time that the guest which was held back most by its own cpu.max had to wait, per cent. */
  readonly throttledPercent: number | undefined;
}

export interface LoadFacts {
  /** Slices that count, and those that do not for no other reason than cpu.max. */
  readonly slices: readonly SliceLoad[];
  /** Each guest's load is one thread that sleeps when it has nothing to do. */
  readonly oneThread: boolean;
  readonly void: VoidSlices;
}

export interface VoidSlices {
  readonly count: number;
  /** Of so many in all. */
  readonly of: number;
  readonly tooMany: boolean;
  /** All of them because a guest was held back by its own cpu.max. */
  readonly byCpuMax: boolean;
  /** Why, each reason once. */
  readonly reasons: readonly string[];
}

type Outside = Pick<OutsideVerdict, 'limit' | 'why'>;

/** Shares of the CPU from which on it is full, and of the time from which on a guest is held back: medians, per cent. */
const full = { host: 95, thread: 95, throttled: 5 } as const;
/** Slices of the arm with the most stubs: one alone may be an accident. */
const leastSlices = 2;

/** What limits beyond the stack, judged in the arm with the most stubs; undefined when nothing does or nobody measured it. */
export function outsideClaim(layers: readonly Layer[], facts: Omit<LoadFacts, 'void'>): Outside | undefined {
  const highest = everyArm(layers).findLast(({ id }) => facts.slices.some(({ arm }) => arm === id));
  const slices = facts.slices.filter(({ arm }) => arm === highest?.id);
  if (!highest || highest.stubbed.length === 0) return undefined;
  const stubbed = highest.stubbed.length === layers.length ? 'every layer' : highest.stubbed.join(' and ');
  const of = figuresOf(slices);
  if (isFull['cpu-max'](of)) {
    const why = `with ${stubbed} stubbed, a guest waits ${of.throttled.toFixed(0)} % of the time for its own cpu.max`;
    return { limit: 'cpu-max', why };
  }
  if (isFull.cpu(of)) {
    return { limit: 'cpu', why: `with ${stubbed} stubbed, the CPU of the host is full (${of.host.toFixed(0)} % busy)` };
  }
  if (!facts.oneThread || !isFull.thread(of)) return undefined;
  return { limit: 'thread', why: `with ${stubbed} stubbed, the one thread of each guest's fio uses its whole CPU` };
}

type Figures = Record<keyof typeof full, number>;

const isFull: Record<Outside['limit'], (of: Figures) => boolean> = {
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
function holdsDeployed(limit: Outside['limit'], { slices }: Pick<LoadFacts, 'slices'>): boolean {
  return isFull[limit](figuresOf(slices.filter(({ arm }) => arm === baselineId)));
}

/** `analysis` as it reads beside what the CPUs did and what did not count: too many void slices leave no verdict, a full CPU leaves none but a lift. */
export function withOutside(analysis: Analysis, layers: readonly Layer[], facts: LoadFacts): Analysis {
  const verdict = voidVerdict(analysis.verdict, facts) ?? limitVerdict(analysis, layers, facts);
  return verdict ? { ...analysis, verdict, decided: true } : analysis;
}

/** What to say beside a verdict that stays. The CPU of the host is a caveat of its own, slice by slice. */
export function outsideCaveats(analysis: Analysis, layers: readonly Layer[], facts: LoadFacts): readonly string[] {
  const { verdict } = analysis;
  const bounds = isLifting(verdict) || verdict.kind === 'inconclusive';
  const outside = bounds ? outsideClaim(layers, facts) : undefined;
  return [
    ...(facts.void.count > 0 ? [`${voidSlices(facts.void)}; they do not count`] : []),
    ...(outside && outside.limit !== 'cpu' ? [`${outside.why}: beyond that no stub can lift`] : []),
  ];
}

function limitVerdict(analysis: Analysis, layers: readonly Layer[], facts: LoadFacts): OutsideVerdict | undefined {
  if (!analysis.decided || isLifting(analysis.verdict) || !foundNothing(analysis.verdict)) return undefined;
  const outside = outsideClaim(layers, facts);
  if (!outside) return undefined;
  // Stubs may well lift beneath the noise: a limit that is not there as deployed holds nobody back.
  if (analysis.verdict.kind === 'inconclusive' && !holdsDeployed(outside.limit, facts)) return undefined;
  return { kind: 'outside', ...outside };
}

function voidVerdict(verdict: Verdict, facts: LoadFacts): OutsideVerdict | InconclusiveVerdict | undefined {
  const found = facts.void;
  if (!found.tooMany) return undefined;
  const proven = namedIn(verdict);
  if (found.byCpuMax && proven.length === 0 && holdsDeployed('cpu-max', facts)) {
    const why = `in ${found.count} of ${found.of} slices a guest was held back by its own cpu.max`;
    return { kind: 'outside', limit: 'cpu-max', why };
  }
  const candidates = verdict.kind === 'inconclusive' ? verdict.candidates : proven;
  return { kind: 'inconclusive', why: voidSlices(found), candidates, proven, disturbed: true };
}

function voidSlices({ count, of, reasons }: VoidSlices): string {
  return `${count} of ${of} slices were void: ${reasons.join('; ')}`;
}

/** Nothing lifts, or nothing shows above the noise. */
function foundNothing(verdict: Verdict): boolean {
  if (verdict.kind !== 'inconclusive') return verdict.kind === 'none';
  return verdict.proven.length === 0 && (verdict.headroom?.low ?? 0) <= 1;
}

/** Of the values that were measured; NaN, which no comparison holds for, when most were not. */
function medianOf(values: readonly (number | undefined)[]): number {
  const known = values.filter((value) => value !== undefined);
  return 2 * known.length > values.length ? median(known) : NaN;
}
