// Stage B of a verdict, the interactions: which layers hide one another. First every "all but one", then the set that they imply.

import { baselineId } from '../../lib/arm.ts';
import { needsOf, type Need } from './necessity.ts';
import { fallsShort, impliedSets } from './sets.ts';
import { padded, union, type Block } from './single-stubs.ts';
import { doubted, estimate, type Standing } from './standing.ts';

/** The next block of stage B after a look that decided nothing. */
export function nextForSets(standing: Standing): Block {
  const { top, singles } = standing;
  const needs = needsOf(standing);
  const open = needs.flatMap((need) => (need.arm && need.proven === 'open' ? [need.arm.id] : []));
  const asked = needs.every((need) => need.arm === undefined || need.seems !== undefined);
  const needed = needs.filter((need) => need.seems);
  const lifting = singles.filter((one) => one.estimate >= standing.design.delta);
  const best = (standing.mayAddUp ? lifting : needed.length < 2 ? doubted(standing, singles) : []).map(
    (one) => one.arm,
  );
  const sets = asked ? setsToMeasure(standing, needs) : [];
  const arms = union([[baselineId], best, open, top ? [top.arm.id] : [], sets]);
  return { aim: sets.length > 0 ? 'sets' : 'necessity', arms: padded(arms) };
}

/** All implied sets until each was measured once; then the best two that may still explain the headroom. */
function setsToMeasure(standing: Standing, needs: readonly Need[]): readonly string[] {
  const sets = impliedSets(standing, needs).map((arm) => ({ arm, lift: estimate(standing, arm.id) }));
  if (sets.some((set) => set.lift === undefined)) return sets.map((set) => set.arm.id);
  return sets
    .filter((set) => !fallsShort(standing, set.arm))
    .sort((a, b) => (b.lift ?? 0) - (a.lift ?? 0))
    .slice(0, 2)
    .map((set) => set.arm.id);
}
