// What the guests' own limits make of a verdict: it is `outside` where they hold as deployed and with the most stubs alike, a
// doubt where only the stubs bring the guests to them.

import { baselineId } from '../../lib/arm.ts';
import type { Arm, Layer } from '../../lib/layer.ts';
import { type MetLimit, type OwnLimit, renderGuests, renderMet } from '../../lib/own-limit.ts';
import { commonTo, metLimits, type OwnUse, renderTimes, without } from './own-limits.ts';
import type { OutsideVerdict } from '../verdict/verdict.ts';

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

/** `stubbed`: what is stubbed in the arm with the most stubs, in words. */
export function ownClaim(facts: OwnFacts, { throughout, atDepth }: OwnMet, stubbed: string): Outside | undefined {
  const [first] = throughout;
  if (!first) return undefined;
  const guests = guestsOf(throughout);
  const others = guestsIn(facts).filter((guest) => !guests.includes(guest));
  const baselines = facts.slices.filter(({ arm }) => arm === baselineId);
  const times = renderTimes(guests, baselines);
  const why = [
    `${renderMet(throughout)}, as deployed and with ${stubbed} stubbed`,
    ...(times ? [`as deployed ${times}`] : []),
    ...(others.length > 0 ? [ofOthers(others, isAllAtDepth(others, atDepth) ? atDepth : [])] : []),
  ].join('; ');
  return { limit: first.kind, why, met: throughout };
}

function ofOthers(others: readonly number[], atDepth: readonly MetLimit[]): string {
  if (atDepth.length > 0) return renderMet(atDepth);
  return `${renderGuests(others)} ${others.length > 1 ? 'meet' : 'meets'} none of ${others.length > 1 ? 'theirs' : 'its own'}`;
}

/** Nothing of the stack is left that takes time, and every guest keeps all in flight that it may. */
export function depthClaim(facts: OwnFacts, { atDepth }: OwnMet): Outside | undefined {
  const isWhole = (facts.unstubbed ?? []).length === 0;
  if (!isWhole || atDepth.length === 0 || !isAllAtDepth(guestsIn(facts), atDepth)) return undefined;
  const why = `${renderMet(atDepth)}, as deployed and with every layer stubbed, and no layer takes the time that they wait`;
  return { limit: 'iodepth', why, met: atDepth };
}

/** What is above the stack, where that is known but does not hold the host back, or not alone. */
export function aboveOf(facts: OwnFacts, { onlyStubbed, atDepth }: OwnMet): readonly MetLimit[] {
  return [...onlyStubbed, ...(isAllAtDepth(guestsIn(facts), atDepth) ? atDepth : [])];
}

/** Beside a verdict that stays. */
export function ownCaveats({ throughout, onlyStubbed }: OwnMet, stubbed: string): readonly string[] {
  const them = guestsOf(throughout).length > 1 ? 'them' : 'it';
  return [
    ...(throughout.length > 0 ? [`${renderMet(throughout)}, as deployed too: no stub lifts ${them}`] : []),
    ...(onlyStubbed.length > 0
      ? [`with ${stubbed} stubbed, ${renderMet(onlyStubbed)}: beyond that no stub can lift`]
      : []),
  ];
}

function isAllAtDepth(guests: readonly number[], atDepth: readonly MetLimit[]): boolean {
  const there = guestsOf(atDepth);
  return guests.length > 0 && guests.every((guest) => there.includes(guest));
}

function guestsOf(met: readonly MetLimit[]): readonly number[] {
  return [...new Set(met.flatMap(({ guests }) => guests))].sort((a, b) => a - b);
}

function guestsIn({ slices }: OwnFacts): readonly number[] {
  return [...new Set(slices.flatMap(({ guests }) => guests?.map(({ guest }) => guest) ?? []))].sort((a, b) => a - b);
}
