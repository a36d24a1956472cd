// The probe over one delay after another: a longer one for what the shorter could not tell.
//
// At half the delay a cap asks the path for twice the goodput. Where the path cannot give that, the cap looks like a
// rate, or like something between. Over a delay that is longer by a factor both ask for less by that factor.

import type { CapsDesign, CapsObservation } from './design.ts';
import { wholeOf } from './design.ts';
import type { Nature } from './nature.ts';
import { needsOf } from './still-wanted.ts';
import { radiusOf } from './points.ts';
import { capsRules } from './rules.ts';
import { surveyOf, type Survey } from './survey.ts';
import { ProfileError } from '../../lib/errors.ts';
import { isLayer } from '../../lib/layer.ts';
import { sum } from '../../lib/numbers.ts';

export interface Round {
  readonly delayNs: number;
  /** The cost of a point, in points over the first delay. */
  readonly cost: number;
  readonly survey: Survey;
}

/**
 * The rounds that were measured, and the next one where the last has nothing more to ask, and its delay was too short
 * for what it found.
 *
 * @param isLast Nothing more will be measured: what there is must do.
 * @throws ProfileError when an observation is unusable, or over a delay that the design does not have.
 */
export function roundsOf(
  design: CapsDesign,
  observations: readonly CapsObservation[],
  isLast = false,
): readonly [Round, ...Round[]] {
  mustBeOf(design, observations);
  const over = (delayNs: number): readonly CapsObservation[] =>
    observations.filter((seen) => (seen.delayNs ?? design.delayNs) === delayNs);
  let last: Round = { delayNs: design.delayNs, cost: 1, survey: surveyOf(design, over(design.delayNs), { isLast }) };
  const rounds: [Round, ...Round[]] = [last];
  for (const { delayNs, cost } of design.longer ?? []) {
    const again = tooShort(last.survey);
    if (over(delayNs).length === 0 && (again.length === 0 || needsOf(last.survey).length > 0)) break;
    const layers = design.layers.filter((layer) => again.some(({ subject }) => subject === layer));
    const survey = surveyOf({ ...design, delayNs, layers, media: false }, over(delayNs), {
      whole: wholeOf(design),
      isLast,
    });
    last = { delayNs, cost, survey };
    rounds.push(last);
  }
  return rounds;
}

function mustBeOf({ delayNs, longer = [] }: CapsDesign, observations: readonly CapsObservation[]): void {
  const known = [delayNs, ...longer.map((one) => one.delayNs)];
  const problems = observations
    .filter((seen) => seen.delayNs !== undefined && !known.includes(seen.delayNs))
    .map((seen) => ({
      message: `cannot use a point over a delay of ${seen.delayNs} ns: the probe's are ${known.join(', ')}`,
      at: `visit ${seen.visit}`,
    }));
  if (problems.length > 0) throw new ProfileError(problems);
}

/** The cost of all points so far, in points over the first delay. */
export function spentOf(rounds: readonly Round[]): number {
  return sum(rounds.map(({ cost, survey }) => cost * survey.points));
}

/** Those of whom half the delay did not say whether they have a cap: the path may have been full. */
function tooShort({ readings, layers, stack }: Survey): readonly Nature[] {
  return [...new Set([...layers, stack])].filter(({ subject, kind, delay }) => {
    if (!isLayer(subject) && subject !== 'stack') return false;
    if (kind === 'mixed') return true;
    // A rate alone takes no notice of the delay.
    return (
      kind === 'rate' &&
      delay !== undefined &&
      delay.estimate + radiusOf(readings, delay.variance) < 0 &&
      delay.estimate < -capsRules.indifferent
    );
  });
}
