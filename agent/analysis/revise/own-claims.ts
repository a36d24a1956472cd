// The guests' own limits revise a verdict: it is `outside` where they hold as deployed and with the most stubs alike, a
// doubt where only the stubs bring the guests to them.

import { baselineId } from '../../lib/arm.ts';
import type { Arm, Layer } from '../../lib/layer.ts';
import type { MetLimit, OwnLimit } from '../../lib/own-limit.ts';
import { commonTo, metLimits, type OwnUse, timesIn, without } from './own-limits.ts';
import type { OutsideVerdict, StubbedLayers } from '../verdict/verdict.ts';

export interface OwnFacts {
  readonly slices: readonly (OwnUse & { readonly arm: string })[];
  /** Every limit of every guest's own, in the order of each slice's `uses`. */
  readonly limits?: readonly OwnLimit[];
  /** Layers of the stack that stay as deployed in every arm. */
  readonly unstubbed?: readonly Layer[];
}

export interface OwnMet {
  /** Met as deployed and with the most stubs: what holds the guests back whatever the stack does. */
  readonly throughout: readonly MetLimit[];
  /** Met with the most stubs alone: how far a stub can lift. */
  readonly onlyStubbed: readonly MetLimit[];
  /** Guests that keep all in flight that they may, throughout, and meet nothing else. */
  readonly atDepth: readonly MetLimit[];
}

/** `highest`: the arm with the most stubs that was measured. */
export function ownMet(facts: OwnFacts, highest: Arm): OwnMet {
  const limits = facts.limits ?? [];
  const metIn = (arm: string): readonly MetLimit[] =>
    metLimits(
      limits,
      facts.slices.filter((slice) => slice.arm === arm),
    );
  const [stubbed, deployed] = [metIn(highest.id), metIn(baselineId)];
  const both = commonTo(stubbed, deployed);
  return {
    throughout: both.filter(isOfItsOwn),
    onlyStubbed: without(stubbed, deployed).filter(isOfItsOwn),
    atDepth: both.filter(({ kind }) => kind === 'iodepth'),
  };
}

/** A CPU quota is judged with the CPUs, what is in flight only where nothing else is met. */
function isOfItsOwn({ kind }: MetLimit): boolean {
  return kind !== 'cpu-max' && kind !== 'iodepth';
}

type Outside = Pick<OutsideVerdict, 'limit' | 'why' | 'met'>;

/** `stubbed`: in the arm with the most stubs. */
export function ownClaim(
  facts: OwnFacts,
  { throughout, atDepth }: OwnMet,
  stubbed: StubbedLayers,
): Outside | undefined {
  const [first] = throughout;
  if (!first) return undefined;
  const guests = guestNumbersOf(throughout);
  const others = guestsIn(facts).filter((guest) => !guests.includes(guest));
  const baselines = facts.slices.filter(({ arm }) => arm === baselineId);
  const times = timesIn(guests, baselines);
  const othersInFlight = isAllAtDepth(others, atDepth) ? atDepth : [];
  const why = { kind: 'own-limits', stubbed, ...(times ? { times } : {}), others, othersInFlight } as const;
  return { limit: first.kind, why, met: throughout };
}

/** Nothing of the stack is left that takes time, and every guest keeps all in flight that it may. */
export function depthClaim(facts: OwnFacts, { atDepth }: OwnMet): Outside | undefined {
  const isWhole = (facts.unstubbed ?? []).length === 0;
  if (!isWhole || atDepth.length === 0 || !isAllAtDepth(guestsIn(facts), atDepth)) return undefined;
  return { limit: 'iodepth', why: { kind: 'in-flight' }, met: atDepth };
}

/** Caveats on limits above the stack that do not hold the host back, or not alone. */
export function aboveOf(facts: OwnFacts, { onlyStubbed, atDepth }: OwnMet): readonly MetLimit[] {
  return [...onlyStubbed, ...(isAllAtDepth(guestsIn(facts), atDepth) ? atDepth : [])];
}

export type OwnCaveat =
  /** Guests stand at their own limits as deployed too: no stub lifts these guests. */
  | { readonly kind: 'own-limit-throughout'; readonly met: readonly MetLimit[] }
  /** With these layers stubbed guests reach their own limits: beyond that no stub can lift. */
  | { readonly kind: 'own-limit-ahead'; readonly stubbed: StubbedLayers; readonly met: readonly MetLimit[] };

/** The doubts beside a verdict that stays. */
export function ownCaveats({ throughout, onlyStubbed }: OwnMet, stubbed: StubbedLayers): readonly OwnCaveat[] {
  return [
    ...(throughout.length > 0 ? [{ kind: 'own-limit-throughout', met: throughout } as const] : []),
    ...(onlyStubbed.length > 0 ? [{ kind: 'own-limit-ahead', stubbed, met: onlyStubbed } as const] : []),
  ];
}

function isAllAtDepth(guests: readonly number[], atDepth: readonly MetLimit[]): boolean {
  const there = guestNumbersOf(atDepth);
  return guests.length > 0 && guests.every((guest) => there.includes(guest));
}

function guestNumbersOf(met: readonly MetLimit[]): readonly number[] {
  return [...new Set(met.flatMap(({ guests }) => guests))].sort((a, b) => a - b);
}

function guestsIn({ slices }: OwnFacts): readonly number[] {
  return [...new Set(slices.flatMap(({ guests }) => guests?.map(({ guest }) => guest) ?? []))].sort((a, b) => a - b);
}
