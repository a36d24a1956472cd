// Two runs side by side: what changed between them, how surely, and whether the second is worse (pure).

import { changeBetween, changeOfEstimates, type Level } from '../../analysis/fit/between-runs.ts';
import type { Lift } from '../../analysis/verdict/verdict.ts';
import { levelsOf } from '../../findings/level.ts';
import { baselineId } from '../../lib/arm.ts';
import type { ExitName } from '../../lib/exit-codes.ts';
import type { RunRecords } from '../../records/run-records.ts';
import { pastRunOf, type PastRun } from '../history.ts';
import type { ReportDocument } from '../schema/schema.ts';
import { type CapChange, capChanges, knobChanges, type KnobChange } from './caps.ts';
import { type Difference, differencesOf } from './differences.ts';

/**
 * Of goodput as deployed. `worse`, `better`: a change is proven, and by the estimate it exceeds the tolerance. `no-worse`: a
 * loss of more than the tolerance is excluded. `unclear`: none of them, at this noise. `apart`: the loads differ, so that
 * nothing can be said.
 */
export type Outcome = 'worse' | 'better' | 'no-worse' | 'unclear' | 'apart';

/** Ratios, the second run over the first; null: not measured in one of them, or too few slices. */
export interface Change {
  readonly what: string;
  readonly from: number | null;
  readonly to: number | null;
  readonly change: Lift | null;
}

export interface LiftChange {
  readonly layer: string;
  readonly from: Lift | null;
  readonly to: Lift | null;
  readonly change: Lift | null;
}

export interface Comparison {
  readonly version: 1;
  readonly kind: 'layerlift-comparison';
  readonly outcome: Outcome;
  /** The loss that is let pass, as a ratio: 1.05 is 5 %. */
  readonly tolerance: number;
  readonly from: PastRun;
  readonly to: PastRun;
  /** Why the runs cannot be compared; empty otherwise. */
  readonly apart: readonly Difference[];
  readonly verdictChanged: boolean;
  /** By arm, the baseline first: geometric means of useful I/O a second. */
  readonly goodput: readonly Change[];
  /** By layer of either run. */
  readonly lifts: readonly LiftChange[];
  readonly caps: readonly CapChange[];
  readonly knobs: readonly KnobChange[];
  readonly asked: readonly Difference[];
  readonly host: readonly Difference[];
  readonly versions: Difference | null;
}

export interface ComparedRun {
  readonly records: RunRecords;
  readonly report: ReportDocument;
}

/** One-sided, of each bound. */
const alpha = 0.05;

/** `tolerance`: as a ratio; left out: the smallest lift that matters to either profile. */
export function compareRuns(first: ComparedRun, second: ComparedRun, tolerance?: number): Comparison {
  const tolerated = tolerance ?? Math.max(first.report.settings.minimumLift, second.report.settings.minimumLift);
  const apart = loadDifferences(first.records, second.records);
  const measured = goodputChanges(levelsOf(first.records), levelsOf(second.records));
  const goodput = apart.length > 0 ? measured.map((one) => ({ ...one, change: null })) : measured;
  const [from, to] = [pastRunOf(first.report), pastRunOf(second.report)];
  const baseline = goodput.find(({ what }) => what === baselineId)?.change ?? null;
  return {
    version: 1,
    kind: 'layerlift-comparison',
    outcome: apart.length > 0 ? 'apart' : outcomeOf(baseline, tolerated),
    tolerance: tolerated,
    from,
    to,
    apart,
    verdictChanged: headOf(first.report) !== headOf(second.report),
    goodput,
    lifts: liftChanges(first.report, second.report),
    caps: capChanges(first.report.caps, second.report.caps),
    knobs: knobChanges(first.records.caps?.knobs ?? [], second.records.caps?.knobs ?? []),
    asked: differencesOf(askedIn(first.records), askedIn(second.records)),
    host: differencesOf(hostFacts(first.report), hostFacts(second.report)),
    versions: differencesOf(first.report.toolVersion, second.report.toolVersion, 'layerlift')[0] ?? null,
  };
}

export function outcomeOf(change: Lift | null, tolerance: number): Exclude<Outcome, 'apart'> {
  if (!change) return 'unclear';
  const { estimate, low, high } = change;
  if (high < 1 && estimate * tolerance < 1) return 'worse';
  if (low > 1 && estimate > tolerance) return 'better';
  return low * tolerance >= 1 ? 'no-worse' : 'unclear';
}

const exits: Readonly<Record<Outcome, ExitName>> = {
  worse: 'worse',
  better: 'ok',
  'no-worse': 'ok',
  unclear: 'inconclusive',
  apart: 'inconclusive',
};

export function exitOf({ outcome }: Pick<Comparison, 'outcome'>): ExitName {
  return exits[outcome];
}

function goodputChanges(first: ReadonlyMap<string, Level>, second: ReadonlyMap<string, Level>): readonly Change[] {
  const arms = [...new Set([baselineId, ...first.keys(), ...second.keys()])];
  return arms.flatMap((what) => {
    const [before, after] = [first.get(what), second.get(what)];
    if (!before && !after) return [];
    const change = before && after ? changeBetween(before, after, alpha) : undefined;
    return [{ what, from: levelIn(before), to: levelIn(after), change: change ? asRatio(change) : null }];
  });
}

function levelIn(level: Level | undefined): number | null {
  return level ? Math.exp(level.mean) : null;
}

function liftChanges(first: ReportDocument, second: ReportDocument): readonly LiftChange[] {
  const names = [...new Set([...first.layers, ...second.layers].map(({ layer }) => layer))];
  const liftIn = ({ layers }: ReportDocument, name: string): Lift | null =>
    layers.find(({ layer }) => layer === name)?.lift ?? null;
  return names.map((layer) => {
    const [from, to] = [liftIn(first, layer), liftIn(second, layer)];
    const change = from && to ? asRatio(changeOfEstimates(asLog(from), asLog(to))) : null;
    return { layer, from, to, change };
  });
}

function asRatio({ estimate, low, high }: Lift): Lift {
  return { estimate: Math.exp(estimate), low: Math.exp(low), high: Math.exp(high) };
}

function asLog({ estimate, low, high }: Lift): Lift {
  return { estimate: Math.log(estimate), low: Math.log(low), high: Math.log(high) };
}

/** The claim of a verdict, without its figures. */
function headOf({ verdict }: ReportDocument): string {
  if (verdict.kind === 'lever') return `lever ${verdict.layer}`;
  return verdict.kind === 'tie' || verdict.kind === 'masked'
    ? `${verdict.kind} ${verdict.layers.join()}`
    : verdict.kind === 'outside'
      ? `outside ${verdict.limit}`
      : verdict.kind;
}

/** Goodput of different loads is not compared. */
function loadDifferences(first: RunRecords, second: RunRecords): readonly Difference[] {
  const loadOf = ({ plan: { profile, impact, cold, demand, demands } }: RunRecords): unknown => ({
    guest: profile.guest,
    guests: profile.guests,
    workload: profile.workload,
    ...('job' in profile.workload ? { demand } : {}),
    ...(profile.guests.some(({ workload }) => workload && 'job' in workload) ? { demands } : {}),
    'max-impact': impact,
    cold,
  });
  return differencesOf(loadOf(first), loadOf(second));
}

function askedIn({ plan: { profile, geometry, aims, cold, impact, design } }: RunRecords): unknown {
  const { guest, guests, workload, stack, experiment } = profile;
  return { guest, guests, workload, stack, experiment, geometry, aims, cold, impact, arms: design.arms.join(' ') };
}

/** Without what differs from one minute to the next. */
function hostFacts({ host }: ReportDocument): unknown {
  return Object.fromEntries(Object.entries(host).filter(([name]) => name !== 'cpuUse'));
}
