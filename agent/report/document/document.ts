// Plan, slices and analysis -> the one document that every format renders. Pure: the same run gives the same document.

import type { Analysis } from '../../analysis/verdict/analyse.ts';
import type { Recheck } from '../../analysis/revise/recheck.ts';
import type { CapsFindings } from '../../analysis/caps/limit.ts';
import type { NeighboursFindings } from '../../analysis/neighbours/findings.ts';
import type { Settle } from '../../analysis/settle/settle.ts';
import type { Lift } from '../../analysis/verdict/verdict.ts';
import type { Knob } from '../../knobs/knob.ts';
import { baselineId, parseArm } from '../../lib/arm.ts';
import { exitCode, type ExitName } from '../../lib/exit-codes.ts';
import type { Labels } from '../../lib/labels.ts';
import type { Layer, Role } from '../../lib/layer.ts';
import { steady } from '../../lib/steady.ts';
import type { Caveat } from '../../findings/caveats.ts';
import type { RingDaemon } from '../../findings/ring-daemon.ts';
import type { TwinFindings } from '../../findings/twin.ts';
import type { OthersUse } from '../../findings/others.ts';
import type { SliceRecord } from '../../records/slice.ts';
import { type Plan, sliceDurationMs } from '../../plan/plan.ts';
import type { Turn } from '../../plan/turn.ts';
import { gainOf, outcomeOf } from '../../findings/gain.ts';
import type { Choice } from '../../profile/profile.ts';
import { findProvider } from '../../stack/registry.ts';
import {
  agentCost,
  baselineOf,
  groupCaveats,
  groupFigures,
  guestFigures,
  latencyOf,
  objectiveOf,
  secondsOf,
  windowOf,
} from '../../findings/baseline.ts';
import { type Asked, capsOf } from './caps.ts';
import { type SeriesInput, seriesOf } from './series.ts';
import { sliceCaveatWords } from '../words/caveat.ts';
import { runCaveatWords } from '../words/run-caveat.ts';
import { stackNoteWords } from '../words/stack-note.ts';
import { neighboursInWords, verdictInWords } from '../words/in-document.ts';
import { settleRow } from '../words/settle.ts';
import type { ReportDocument } from '../schema/schema.ts';
import type { Facts } from '../words/facts.ts';
import { wordingOf } from '../words/wording.ts';

export { reportJsonSchema, reportSchema, type ReportDocument } from '../schema/schema.ts';

export interface ReportInput {
  /** Id of the run. */
  readonly run: string;
  /** Version of layerlift. */
  readonly version: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly endedAt: string;
  readonly plan: Plan;
  /** Anything serialisable; formats pass it on as it is. */
  readonly host: Readonly<Record<string, unknown>>;
  /** CPU use of everything but the run, where that was measured. */
  readonly others?: OthersUse;
  readonly slices: readonly SliceRecord[];
  readonly analysis: Analysis;
  /** Effects of the guests on one another, where they were measured. */
  readonly neighbours?: NeighboursFindings;
  /** Doubts about the whole run. */
  readonly caveats: readonly Caveat[];
  readonly exit: ExitName;
  /** The run ended before it had done all that it was asked for. */
  readonly cutShort?: NonNullable<ReportDocument['cutShort']>;
  /** Findings of the cap probe, and the knobs of the host. */
  readonly caps?: Asked & { readonly findings: CapsFindings; readonly knobs: readonly Knob[] };
  /** The check at the end and its slices. */
  readonly recheck?: Recheck & { readonly slices: readonly SliceRecord[] };
  /** Findings of the pilot, where there was one. */
  readonly pilot?: Settle;
  /** CPU use of the daemons behind the rings as deployed, where there are any. */
  readonly ringDaemon?: RingDaemon;
  /** Where the stack is a twin of the host's own. */
  readonly twin?: TwinFindings;
  /** The run's folder, as a user would name it to `layerlift report`. */
  readonly folder: string;
  /** Of the run, where it was given any. */
  readonly labels?: Labels;
  /** What the plots show beside `slices`; left out: nothing. */
  readonly series?: Pick<SeriesInput, 'slices' | 'rechecked' | 'caps' | 'neighbours'>;
}

/** The same records give the same document on every version of Node.js. */
export function buildDocument(input: ReportInput): ReportDocument {
  const facts = steady(factsOf(input));
  return { ...facts, ...wordingOf(facts) };
}

function factsOf(input: ReportInput): Facts {
  const { plan, analysis, recheck, startedAt, endedAt } = input;
  const slices = input.slices.map((slice) => ({ ...slice, arm: canonical(slice.arm, plan) }));
  const baseline = baselineOf(slices);
  return {
    version: 1,
    kind: 'layerlift-report',
    run: input.run,
    toolVersion: input.version,
    profile: { name: plan.profile.name, question: plan.profile.question },
    startedAt,
    endedAt,
    // Where caps alone were asked for, they were found after the slices.
    window: windowOf(plan.aims.verdict || plan.turn ? [...slices, ...(recheck?.slices ?? [])] : [], {
      from: startedAt,
      to: endedAt,
    }),
    verdict: plan.aims.verdict ? verdictInWords(analysis.verdict) : { kind: 'not-asked' },
    recheck: recheck ? recheckRow(recheck) : null,
    decided: analysis.decided,
    cutShort: input.cutShort ?? null,
    layers: layerRows(plan, analysis),
    arms: armRows(slices, analysis),
    latency: latencyOf(baseline),
    guests: guestFigures(baseline).map((row) => ({ ...row, ...groupOf(plan, row.guest) })),
    ...groupRows(plan, slices, baseline),
    caps: input.caps ? capsOf(input.caps.findings, input.caps.knobs, input.caps) : null,
    objective: objectiveOf(baseline),
    interference: input.neighbours ? neighboursInWords(input.neighbours) : null,
    slows: analysis.slows,
    composition: analysis.composition?.kind ?? null,
    sigma: analysis.sigma ?? null,
    blocks: analysis.blocks,
    slices: analysis.slices,
    secondsMeasured: secondsOf(slices),
    settings: settingsOf(plan),
    settle: settleRow(plan, input.pilot),
    outlook: analysis.outlook ?? null,
    open: plan.open,
    ...(plan.stackNotes ? { stackNotes: plan.stackNotes.map(stackNoteWords) } : {}),
    caveats: { run: input.caveats.map(runCaveatWords), slices: countedCaveats(slices) },
    cost: agentCost(slices),
    others: input.others ?? null,
    host: { ...input.host },
    exit: { code: exitCode(input.exit), name: input.exit },
    folder: input.folder,
    ...(input.ringDaemon ? { ringDaemon: input.ringDaemon } : {}),
    ...(input.twin ? { twin: input.twin } : {}),
    series: seriesOf({
      ...{ startedAt, layers: plan.design.layers },
      ...(input.series ?? { slices, rechecked: recheck?.slices ?? [] }),
    }),
    ...(input.labels ? { labels: input.labels } : {}),
    ...(plan.turn ? { tried: triedRow(plan, plan.turn, analysis) } : {}),
  };
}

function triedRow(plan: Plan, turn: Turn, { arms }: Analysis): NonNullable<ReportDocument['tried']> {
  const { run, layer, knob, from, to, how, predicted, lasting } = turn;
  const gain = gainOf(arms, plan);
  const outcome = outcomeOf(predicted, gain, Math.exp(plan.design.delta));
  const named = { layer, name: knob.name, where: knob.where, from, to, how: how.kind };
  return { run, ...named, predicted, gain: gain ?? null, outcome, lasting: [...lasting] };
}

/** Of a guest by its number; nothing where it is of none. */
function groupOf({ profile }: Plan, guest: number): { readonly group?: string } {
  const group = profile.guests[guest - 1]?.group;
  return group === undefined ? {} : { group };
}

function groupRows(
  plan: Plan,
  slices: readonly SliceRecord[],
  baseline: readonly SliceRecord[],
): Pick<ReportDocument, 'groups'> {
  const most = plan.design.arms.at(-1);
  const stubbed = most === baselineId ? [] : slices.filter(({ arm }) => arm === most);
  const groups = groupFigures({ baseline, stubbed }, (guest) => groupOf(plan, guest).group);
  return groups.length > 0 ? { groups } : {};
}

function recheckRow({ arm, lift, outcome, pairs }: Recheck): ReportDocument['recheck'] {
  return { arm, lift, outcome, holds: outcome === 'holds', pairs };
}

function canonical(arm: string, { design }: Plan): string {
  return parseArm(arm, design.layers)?.id ?? arm;
}

function layerRows({ profile }: Plan, analysis: Analysis): ReportDocument['layers'] {
  const { verdict } = analysis;
  const hiding: readonly Layer[] = verdict.kind === 'masked' ? verdict.layers : [];
  return profile.stack.map(({ layer, deployed, stub }) => {
    const reading = analysis.layers.find((one) => one.layer === layer);
    const about = (role: Role, { provider }: Choice): { provider: string; about: string } => ({
      provider,
      about: findProvider(layer, role, provider)?.about ?? '',
    });
    return {
      layer,
      deployed: about('deployed', deployed),
      stub: stub && about('stub', stub),
      lift: orNull(reading?.now),
      ceiling: orNull(reading?.ceiling),
      // A set that is proven to hide itself says more of its layers than the estimates of each alone.
      involvement: hiding.includes(layer) ? 'co-bottleneck' : (reading?.involvement ?? 'unknown'),
      share: reading?.share ?? null,
    };
  });
}

function armRows(slices: readonly SliceRecord[], { arms }: Analysis): ReportDocument['arms'] {
  return arms.map(({ arm, stubbed, slices: count, lift }) => {
    const goodputs = slices.filter((slice) => slice.arm === arm).map(({ goodput }) => goodput);
    const total = goodputs.reduce((a, b) => a + b, 0);
    return { arm, stubbed, slices: count, meanGoodput: total / Math.max(1, goodputs.length), lift: orNull(lift) };
  });
}

function settingsOf(plan: Plan): ReportDocument['settings'] {
  const { seed, cold, settleMs, measureMs, design } = plan;
  return {
    seed,
    cold,
    settleMs,
    measureMs,
    secondsPerSlice: sliceDurationMs(plan) / 1000,
    budgetSlices: design.budgetSlices,
    minimumLift: Math.exp(design.delta),
    alpha: design.alpha,
    layers: design.layers,
  };
}

function orNull(lift: Lift | undefined): Lift | null {
  return lift ?? null;
}

function countedCaveats(slices: readonly SliceRecord[]): ReportDocument['caveats']['slices'] {
  return groupCaveats(slices).map(({ caveat, slices: count }) => ({ text: sliceCaveatWords(caveat), slices: count }));
}
