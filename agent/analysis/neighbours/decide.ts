// The decision after each block of a measurement of neighbours: measure these sets of guests next, or this was found.
//
//   pause, pause -> wide, wide -> a neighbour, or proven that there is none? -> done
//                                   |no
//                                   +-- pause, ... until a look at the pauses says so, or the budget is used up
//
// Nothing is remembered: all looks so far are replayed from the observations.

import { blocksOf } from '../fit/observation.ts';
import {
  allBut,
  everyGuest,
  pauseBlock,
  wideBlock,
  wideBlocks,
  type GuestSet,
  type NeighboursDesign,
} from './design.ts';
import type { NeighboursFindings, Neighbour } from './findings.ts';
import { claimNeighbour, costsOf, undecided } from './neighbour.ts';
import { checkNeighbours, setId, type NeighboursObservation, type Seen } from './observation.ts';
import { scalingOf, slowdowns, summaryOf } from './slowdown.ts';

export type NeighboursDecision =
  /** Measure one more block: which guests run in each slice, with repeats; the caller shuffles them. */
  | { readonly kind: 'measure'; readonly sets: readonly GuestSet[] }
  | { readonly kind: 'done'; readonly findings: NeighboursFindings };

/**
 * The decision that `observations` lead to under `design`: the same for the same observations in any order.
 *
 * @throws ProfileError when an observation is unusable.
 */
export function decideNeighbours(
  design: NeighboursDesign,
  observations: readonly NeighboursObservation[],
): NeighboursDecision {
  if (design.guests < 2) return { kind: 'done', findings: { kind: 'single' } };
  const seen = checkNeighbours(design, observations);
  const claim = firstClaim(design, seen);
  const sets = nextSets(design, seen, claim);
  if (sets && seen.length + sets.length <= design.budgetSlices) return { kind: 'measure', sets };
  return { kind: 'done', findings: measured(design, seen, claim) };
}

/**
 * Gives the findings of the observations so far: live, or offline from the records of a run.
 *
 * @throws ProfileError when an observation is unusable.
 */
export function neighboursFindings(
  design: NeighboursDesign,
  observations: readonly NeighboursObservation[],
): NeighboursFindings {
  if (design.guests < 2) return { kind: 'single' };
  const seen = checkNeighbours(design, observations);
  return measured(design, seen, firstClaim(design, seen));
}

/** Undefined when nothing is left to ask. */
function nextSets(
  design: NeighboursDesign,
  seen: readonly Seen[],
  claim: Neighbour | undefined,
): readonly GuestSet[] | undefined {
  const pauses = pauseBlocks(design, seen).length;
  const wide = wideBlock(design);
  if (pauses < wideBlocks) return pauseBlock(design);
  if (wide.length > 0 && blocksOf(seen).length - pauses < wideBlocks) return wide;
  return claim ? undefined : pauseBlock(design);
}

/** The claim of the first look that supports one; looks count the blocks with pauses. */
function firstClaim(design: NeighboursDesign, seen: readonly Seen[]): Neighbour | undefined {
  const blocks = pauseBlocks(design, seen);
  for (const look of design.looks.filter((count) => count <= blocks.length)) {
    const until = blocks[look - 1] ?? 0;
    const claim = claimNeighbour(
      design,
      costsOf(
        design,
        seen.filter(({ block }) => block <= until),
      ),
    );
    if (claim) return claim;
  }
  return undefined;
}

/** Without a claim so far there is one last look at everything, also at blocks that no regular look has covered. */
function measured(design: NeighboursDesign, seen: readonly Seen[], claim: Neighbour | undefined): NeighboursFindings {
  const costs = claim ? [] : costsOf(design, seen);
  const guests = slowdowns(design, seen);
  return {
    kind: 'measured',
    slices: seen.length,
    blocks: blocksOf(seen).length,
    guests,
    summary: summaryOf(guests),
    scaling: scalingOf(design, seen),
    neighbour: claim ?? claimNeighbour(design, costs) ?? undecided(costs, design),
  };
}

function pauseBlocks(design: NeighboursDesign, seen: readonly Seen[]): readonly number[] {
  const pauses = new Set(everyGuest(design).map((guest) => setId(allBut(design, guest), design)));
  return blocksOf(seen.filter(({ set }) => pauses.has(set)));
}
