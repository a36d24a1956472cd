// Profile + what the host was found to be -> plan (pure): layers, arms, timing, budget. Plain data, kept with the run.

import { guestFacts } from '../lib/guest.ts';
import { findProvider } from '../stack/registry.ts';
import { defaultDesign, type Design } from '../analysis/verdict/design.ts';
import { decide } from '../analysis/verdict/engine.ts';
import { settleRules } from '../analysis/settle/settle.ts';
import { ProfileError } from '../lib/errors.ts';
import type { Layer } from '../lib/layer.ts';
import { sum } from '../lib/numbers.ts';
import type { JobChange } from '../lib/job-change.ts';
import type { Demand } from '../lib/own-limit.ts';
import type { StackNote } from '../lib/stack-note.ts';
import { renderDuration } from '../lib/units.ts';
import { offeredOf, type Profile } from '../profile/profile.ts';
import type { Geometry } from '../stack/provider.ts';
import type { Impact } from './impact.ts';
import { measureOver } from './phase.ts';
import { pilotMostMs, type PilotResult, usesPilot } from './pilot.ts';
import { leastCapsMs } from './caps.ts';
import type { Turn } from './turn.ts';

/** How long a switch and its snapshots take beside settling and measuring; measured in the lab, an upper figure. */
const switchMs = 500;
/** The time that a slice of a cold run adds: raise, start the load, unwind. */
const coldMs = 20_000;

/** The question of a run. */
export interface Aims {
  readonly verdict: boolean;
  /** The caps on I/Os in flight, after the verdict if there is one. */
  readonly caps: boolean;
  /** Effects of the guests on one another. */
  readonly neighbours: boolean;
}

export interface Plan {
  readonly version: 1;
  readonly profile: Profile;
  readonly geometry: Geometry;
  readonly aims: Aims;
  readonly design: Design;
  readonly seed: number;
  readonly cold: boolean;
  /** With a pilot: assumed until it is over, see `withPilot`. */
  readonly settleMs: number;
  /** With a pilot: at least, until it has seen how long an I/O takes. */
  readonly measureMs: number;
  /** The latency of an I/O in the stack as deployed, where a pilot saw it. */
  readonly latencyMs?: number;
  /** The most time to measure, cap probe and all. */
  readonly budgetMs: number;
  /** Questions that this stack leaves open, as sentences. */
  readonly open: readonly string[];
  /** Changes to the block stack beside the words of the profile; absent where there are none. */
  readonly stackNotes?: readonly StackNote[];
  /** The options of each guest's job; earlier versions did not record them. */
  readonly demand?: Demand;
  /** The same of each guest; absent where all do the same. */
  readonly demands?: readonly Demand[];
  /** Differences from the job file; absent without one, and in earlier versions. */
  readonly jobChanges?: readonly JobChange[];
  /** The bounds of `--max-impact` on all guests together, which are in their limits already; absent where it was not given. */
  readonly impact?: Pick<Impact, 'io'> & { readonly cpuPercent?: number };
  /** The knob whose turning is measured, in place of a verdict; absent where a run asks for something else. */
  readonly turn?: Turn;
}

/** The default question of a run. */
export const usualAims: Aims = { verdict: true, caps: true, neighbours: false };

export interface PlanOptions {
  readonly aims?: Aims;
  readonly seed: number;
  readonly cold: boolean;
  readonly budgetMs?: number;
  /** Chance of a false claim; 0.05 if left out. */
  readonly alpha?: number;
  readonly demand?: Demand;
  readonly demands?: readonly Demand[];
  readonly jobChanges?: readonly JobChange[];
  readonly impact?: Impact | undefined;
  readonly stackNotes?: readonly StackNote[];
}

/** Throws ProfileError when there is nothing to compare. */
export function makePlan(profile: Profile, geometry: Geometry, options: PlanOptions): Plan {
  const { settle, measure, budget, minimumLift } = profile.experiment;
  const layers = profile.stack.filter(({ stub }) => stub !== null).map(({ layer }) => layer);
  if (layers.length === 0) {
    throw new ProfileError([
      {
        message: 'no layer of the stack has a stub: there is nothing to compare',
        hint: 'leave out `stub: none` somewhere',
      },
    ]);
  }
  const settleMs = settle === 'pilot' ? settleRules.assumedMs : settle / 1e6;
  const measureMs = measure / 1e6;
  const sliceMs = sliceDurationMs({ settleMs, measureMs, cold: options.cold });
  const budgetMs = options.budgetMs ?? budget / 1e6;
  const { aims = usualAims } = options;
  const pilotMs = usesPilot({ profile, cold: options.cold, aims }) ? pilotMostMs(layers.length) : 0;
  const budgetSlices = slicesIn(budgetMs - pilotMs, sliceMs);
  const design = defaultDesign(layers, {
    delta: Math.log1p(minimumLift / 100),
    budgetSlices,
    ...(options.alpha === undefined ? {} : { alpha: options.alpha }),
  });
  if (aims.verdict) mustBeEnough(design, { budgetMs, sliceMs, pilotMs });
  else if (aims.caps) mustBeEnoughForCaps(budgetMs, pilotMs + 2 * sliceMs + leastCapsMs);
  return {
    version: 1,
    profile,
    geometry,
    aims,
    design,
    seed: options.seed,
    cold: options.cold,
    settleMs,
    measureMs,
    budgetMs,
    open: openQuestions(profile, layers),
    ...(options.stackNotes && options.stackNotes.length > 0 ? { stackNotes: options.stackNotes } : {}),
    ...(options.demand ? { demand: options.demand } : {}),
    ...(options.demands ? { demands: options.demands } : {}),
    ...(options.jobChanges && options.jobChanges.length > 0 ? { jobChanges: options.jobChanges } : {}),
    ...(options.impact ? { impact: recorded(options.impact) } : {}),
  };
}

function recorded({ io, cpuPercent }: Impact): NonNullable<Plan['impact']> {
  return cpuPercent === undefined ? { io } : { io, cpuPercent };
}

/** The first look comes after two blocks: with less nothing could ever be said. */
function mustBeEnough(
  design: Design,
  { budgetMs, sliceMs, pilotMs }: { budgetMs: number; sliceMs: number; pilotMs: number },
): void {
  const first = decide({ ...design, budgetSlices: 1000 }, []);
  const least = first.kind === 'measure' ? 2 * first.arms.length : 2;
  if (design.budgetSlices >= least) return;
  throw new ProfileError([
    {
      message: `a budget of ${renderDuration(budgetMs * 1e6)} is too short for ${least} slices, which the first look needs`,
      hint: `expected at least ${Math.ceil((least * sliceMs + pilotMs) / 1000)}s`,
    },
  ]);
}

/** Two slices say how long the delay must be: with less than that and the shortest probe no cap could be found. */
function mustBeEnoughForCaps(budgetMs: number, leastMs: number): void {
  if (budgetMs >= leastMs) return;
  throw new ProfileError([
    {
      message: `a budget of ${renderDuration(budgetMs * 1e6)} is too short to look for caps`,
      hint: `expected at least ${Math.ceil(leastMs / 1000)}s, more with slow media`,
    },
  ]);
}

/** The plan once its pilot took `spentMs`, and found how long goodput takes to settle and an I/O to complete: the same for every arm from here on. */
export function withPilot(plan: Plan, { settleMs, spentMs, latency }: PilotResult): Plan {
  const times = latency
    ? { settleMs, measureMs: measureOver(latency, plan.measureMs), latencyMs: latency.ms }
    : { settleMs, measureMs: plan.measureMs };
  const budgetSlices = slicesIn(plan.budgetMs - spentMs, sliceDurationMs({ ...plan, ...times }));
  return { ...plan, ...times, design: { ...plan.design, budgetSlices } };
}

/**
 * A plan that tries a knob, with the times that the run had which names it: `of`, as its pilot left it. The questions that
 * stubs would leave open are none of it.
 */
export function planOfTurn(plan: Plan, turn: Turn, of: Pick<Plan, 'settleMs' | 'measureMs' | 'latencyMs'>): Plan {
  const times = {
    ...{ settleMs: of.settleMs, measureMs: of.measureMs },
    ...(of.latencyMs === undefined ? {} : { latencyMs: of.latencyMs }),
  };
  const budgetSlices = slicesIn(plan.budgetMs, sliceDurationMs({ ...plan, ...times }));
  return { ...plan, ...times, turn, design: { ...plan.design, budgetSlices }, open: [] };
}

/** No verdict, no caps, no neighbours: the question of a plan that tries a knob. */
export const turnAims: Aims = { verdict: false, caps: false, neighbours: false };

function slicesIn(budgetMs: number, sliceMs: number): number {
  return Math.max(1, Math.floor(budgetMs / sliceMs));
}

export function sliceDurationMs(plan: Pick<Plan, 'settleMs' | 'measureMs' | 'cold' | 'latencyMs'>): number {
  return plan.settleMs + (plan.latencyMs ?? 0) / 2 + plan.measureMs + switchMs + (plan.cold ? coldMs : 0);
}

function openQuestions(profile: Profile, compared: readonly Layer[]): readonly string[] {
  const { stack, guest, guests } = profile;
  const domains = guestFacts[guest].ownKernel
    ? [
        'a domain has no way past its ring: a limit in the ring shows as no lift of the others; its cap is looked for',
        'CPU time that the hypervisor gives to strange domains cannot be told from that of the guests: no slice is void for it',
      ]
    : [];
  const kept = stack
    .filter(({ layer, stub }) => stub === null && !(layer === 'ring' && guestFacts[guest].ownKernel))
    .map(({ layer }) => `${layer} has no stub: a limit in it shows as no lift of the others`);
  const together = stack.flatMap(({ layer, deployed }) =>
    (findProvider(layer, 'deployed', deployed.provider)?.covers ?? []).map(
      (covered) =>
        `the ${layer} and the ${covered} behind the remote target are replaced together: they cannot be told apart`,
    ),
  );
  const alike = stack
    .filter(({ deployed, stub }) => deployed.provider === stub?.provider)
    .map(({ layer, deployed }) => `${layer} is ${deployed.provider} in both forms: its stub replaces nothing`);
  const weighs = guests.some(({ ioWeight }) => ioWeight !== undefined)
    ? [
        'io.weight shares a disk out where its I/O comes from the guests themselves and the kernel is told to: io.cost.qos enabled for it; behind a ring or a network path their I/O is that of the kernel',
      ]
    : [];
  const single = compared.length === 1 ? ['only one layer can be stubbed: a limit elsewhere shows as "none"'] : [];
  return [...offeredRates(profile), ...together, ...domains, ...weighs, ...kept, ...alike, ...single];
}

/** A rate bounds what stubs can lift. */
function offeredRates(profile: Profile): readonly string[] {
  const rates = profile.guests.flatMap((_, i) => offeredOf(profile, i + 1) ?? []);
  if (rates.length === 0) return [];
  const isAll = rates.length === profile.guests.length;
  return [
    `${isAll ? 'the' : `${rates.length} of the`} guests ask for ${sum(rates)} I/Os a second together, whatever the stack does: no stub lifts goodput above that; ${isAll ? 'if they get it as deployed, the verdict is "outside"' : 'those that get it as deployed are left out of the lifts'}`,
  ];
}
