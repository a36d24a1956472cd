// From a profile's path to everything that a run or a plan needs to know.

import { randomInt } from 'node:crypto';
import { cpuCount } from '../host/facts/cpus.ts';
import { aioRoom } from '../host/facts/aio.ts';
import { InternalError, NeedError, ProfileError, UsageError } from '../lib/errors.ts';
import { guestFacts } from '../lib/guest.ts';
import { isRecord } from '../lib/record.ts';
import { renderDuration, sectorBytes } from '../lib/units.ts';
import { type JobSection, verifies, withDepth, writes } from '../load/job.ts';
import { type Impact, mustReach, withinImpact } from '../plan/impact.ts';
import { type Aims, makePlan, type Plan, planOfTurn, sliceDurationMs, turnAims } from '../plan/plan.ts';
import { turnedLayers, turnedProfile } from '../plan/turn.ts';
import { fewestSlices } from '../findings/gain.ts';
import { noCaps } from '../plan/caps.ts';
import { capsLeftOutWords } from '../report/words/run-caveat.ts';
import { configuredLayers, needsOfGuests } from '../plan/stack-plan.ts';
import { loadProfile } from '../profile/load.ts';
import type { Profile, Workload } from '../profile/profile.ts';
import { sliceSectors, type StackLayer, type StackPlan } from '../stack/raise.ts';
import { Admission } from './admission.ts';
import { claimFor } from './destroy.ts';
import type { Destroy } from './destroy-option.ts';
import { aioProblems, checkProblems, mustFit, ofGroup } from './fit.ts';
import { type Loads, loadsOf, placeChanges } from './loads.ts';
import { mustWrite, outlinesOf } from './outlines.ts';
import { surveyMedia } from './survey.ts';
import type { Tries } from './turn-of-run.ts';

export interface Setup {
  readonly plan: Plan;
  readonly stack: StackPlan;
  /** Of the first guest; of all where `own` is left out. */
  readonly sections: readonly JobSection[];
  /** Of each guest, where some group has a workload of its own. */
  readonly own?: readonly (readonly JobSection[])[];
  readonly text: string;
}

export interface PrepareOptions {
  readonly seed: number | undefined;
  readonly cold: boolean;
  readonly budgetMs: number | undefined;
  /** True: look for caps alone; false: not at all; undefined: after the verdict. */
  readonly caps?: boolean | undefined;
  readonly neighbours?: boolean;
  /** Accepts a false claim in one of five runs, in place of one of twenty, for fewer slices. */
  readonly fast?: boolean;
  /** The real device that may be overwritten. */
  readonly destroy?: Destroy | undefined;
  /** The most that all guests together may take of the host. */
  readonly impact?: Impact | undefined;
  /** Two guests and short slices: for plants that are large and known. */
  readonly short?: boolean;
  /** Text of the profile, where it is in no file. */
  readonly text?: string | undefined;
  /** What an earlier run names is tried, over the stack and with the load of that run. */
  readonly tries?: Pick<Tries, 'turn' | 'plan'>;
}

const shortGuests = 2;
const shortExperiment = { settle: 300e6, measure: 1e9, budget: 70e9 } as const;

/** Chance of a false claim in a run with `--fast`. */
const fastAlpha = 0.2;

/**
 * Throws one error with every problem of the options, the profile, the load and the device that can be told apart; its exit code is
 * that of the first. Changes nothing.
 */
export async function prepare(path: string, options: PrepareOptions): Promise<Setup> {
  const { tries } = options;
  const { profile: read, text } = loadProfile(path, options.text);
  const written = tries ? asItRan(read, tries) : read;
  const profile = asAsked(written, options);
  const layers = tries ? turnedLayers(configuredLayers(profile), tries.turn) : configuredLayers(profile);
  const guests = profile.guests.length;
  const seed = options.seed ?? profile.experiment.seed ?? randomInt(2 ** 31 - 1);
  const admission = new Admission();
  admission.check(() => mustAgree(written, options));
  const loads = await admission.ask(() => loadsOf(profile));
  const each = loads?.each ?? [];
  const writable = each.some(({ sections }) => writes(sections));
  const isVerified = each.some(({ sections }) => verifies(sections));
  const claim =
    loads && (await admission.ask(() => claimFor(layers, { at: path, writes: writable, destroy: options.destroy })));
  if (loads && options.caps === true)
    admission.check(() => mustTakeDelays(path, { profile, verifies: isVerified, cold: options.cold }));
  admission.check(() => mustShareData(path, layers, isVerified));
  const geometry = await admission.ask(() => surveyMedia(layers));
  // Without the load, or the media, the checks of the other are made all the same.
  const outlines = geometry ? outlinesOf(layers, geometry, guests) : [];
  admission.check(() => mustFit(profile, { at: path, loads: each, geometry, outlines }));
  if (claim || layers.some(({ deployed }) => deployed.reads === 'only'))
    admission.check(() => mustWrite(path, { outlines, writable }));
  if (loads) {
    const problems = each.flatMap((load) => ofGroup(load, checkProblems(load.sections, layers)));
    const unchecked = problems.map((problem) => ({ at: path, ...problem }));
    if (unchecked.length > 0) admission.check(() => refuse(new ProfileError(unchecked)));
    const room = aioRoom();
    const crowded = room && !guestFacts[profile.guest].ownKernel ? aioProblems(deepened(profile, loads), room) : [];
    if (crowded.length > 0) admission.check(() => refuse(new NeedError(crowded)));
  }
  // Refuses guests that do not fit before anything is touched.
  const laneSectors = geometry && (await admission.ask(() => sliceSectors(geometry.sectors, guests)));
  const made = await admission.ask(() =>
    makePlan(profile, geometry ?? unknownGeometry, {
      seed,
      cold: options.cold,
      aims: tries ? turnAims : aimsOf(options),
      ...(loads ? { demand: loads.demand } : {}),
      ...(loads?.demands ? { demands: loads.demands } : {}),
      ...(loads ? { jobChanges: [...loads.changes, ...placeChanges(each, (laneSectors ?? 0) * sectorBytes)] } : {}),
      impact: options.impact,
      stackNotes: outlines.flatMap(({ outline }) => outline.notes),
      ...(options.fast === true ? { alpha: fastAlpha } : {}),
      ...(options.budgetMs === undefined ? {} : { budgetMs: options.budgetMs }),
    }),
  );
  admission.close();
  if (!made || !loads || !geometry) throw new InternalError('a profile was admitted with a part of it missing');
  const plan = tries ? planOfTurn(made, tries.turn, tries.plan) : made;
  mustBeEnoughForGain(plan);
  const site = { geometry, guests, cpus: cpuCount(), writable, ...(claim ? { claim } : {}) };
  const { sections, own } = loads;
  return {
    plan,
    stack: { layers, ...site, guestNeeds: needsOfGuests(profile) },
    sections,
    ...(own ? { own } : {}),
    text,
  };
}

/** The profile that a run's folder has, with its job files where they were. Its knob is turned by `tries`. */
function asItRan(profile: Profile, { turn, plan }: Pick<Tries, 'turn' | 'plan'>): Profile {
  const placed = <T extends Workload>(workload: T, ran: unknown): T =>
    'job' in workload && isRecord(ran) && typeof ran['job'] === 'string' ? { ...workload, job: ran['job'] } : workload;
  const guests = profile.guests.map((guest, i) =>
    guest.workload ? { ...guest, workload: placed(guest.workload, plan.profile.guests[i]?.workload) } : guest,
  );
  return turnedProfile({ ...profile, guests, workload: placed(profile.workload, plan.profile.workload) }, turn);
}

/** Throws UsageError where the budget ends before the first look at a gain. */
function mustBeEnoughForGain(plan: Plan): void {
  if (!plan.turn || plan.design.budgetSlices >= fewestSlices) return;
  const leastMs = fewestSlices * sliceDurationMs(plan);
  throw new UsageError(
    `a budget of ${renderDuration(plan.budgetMs * 1e6)} is too short to try ${plan.turn.knob.name}`,
    `expected at least ${Math.ceil(leastMs / 1000)}s`,
  );
}

/** For the checks of a plan where the media are not there to be looked at: such a plan is never used. */
const unknownGeometry = { sectors: 0, blockBytes: 512 } as const;

/** Options that exclude each other, or the kind of guest. Throws one UsageError for each, gathered. */
function mustAgree({ guest }: Profile, { cold, neighbours, impact }: PrepareOptions): void {
  const admission = new Admission();
  admission.check(() => {
    if (cold && neighbours === true)
      throw new UsageError('--neighbours cannot be measured with --cold', 'leave out one of them');
  });
  admission.check(() => {
    if (cold && guestFacts[guest].ownKernel)
      throw new UsageError(
        `--cold would create and destroy all domains of \`guest: ${guest}\` for each slice`,
        'leave it out',
      );
  });
  if (impact) admission.check(() => mustReach(guest, impact));
  admission.close();
}

function aimsOf({ caps, neighbours = false }: PrepareOptions): Aims {
  return { verdict: caps !== true, caps: caps !== false, neighbours };
}

/** Where nothing but caps are asked for, what would leave them out is an error. */
function mustTakeDelays(path: string, load: Parameters<typeof noCaps>[0]): void {
  const because = noCaps(load);
  if (because === undefined) return;
  throw new ProfileError([
    { at: path, message: capsLeftOutWords(because), hint: 'leave out --caps: a verdict can be had without' },
  ]);
}

/** Both forms of a layer must show a load the same data where that checks it. Throws ProfileError. */
function mustShareData(at: string, layers: readonly StackLayer[], isVerified: boolean): void {
  const problems = layers.flatMap(({ layer, deployed, stub }) =>
    [deployed, stub].flatMap((form) => {
      const apart = stub === undefined ? undefined : form?.apart;
      if (apart === undefined || (apart.refuses === 'verify' && !isVerified)) return [];
      const what = apart.refuses === 'verify' ? 'a load that verifies cannot be switched' : 'it cannot be switched';
      return [{ at, message: `stack.${layer}: ${what}: ${apart.why}`, hint: apart.instead }];
    }),
  );
  if (problems.length > 0) throw new ProfileError(problems);
}

function asAsked(profile: Profile, { impact, short }: PrepareOptions): Profile {
  const asked = short
    ? {
        ...profile,
        guests: profile.guests.slice(0, shortGuests),
        experiment: { ...profile.experiment, ...shortExperiment },
      }
    : profile;
  return impact ? { ...asked, guests: withinImpact(asked.guests, impact) } : asked;
}

/** What each guest does, as deep as it may be. */
function deepened({ guests }: Profile, { sections, own }: Loads): readonly (readonly JobSection[])[] {
  return guests.map(({ iodepth }, i) => withDepth(own?.[i] ?? sections, iodepth));
}

function refuse(failure: Error): never {
  throw failure;
}
