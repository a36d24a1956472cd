// The noisy neighbour: the guest whose pause gives the others more than the pause of any guest does.

import { mean, median, sampleVariance } from '../../lib/numbers.ts';
import { baselineId } from '../../lib/arm.ts';
import { boundsAbout, spreadOf, type Bounds, type Contrast, type Spread } from '../fit/contrast.ts';
import { fit, type Fit } from '../fit/estimate.ts';
import { rules } from '../rules.ts';

import { allBut, everyGuest, guestLevel, isProven, nobodyLevel, type NeighboursDesign } from './design.ts';
import type { OneSided, Neighbour } from './findings.ts';
import { asArms, setId, totalOf, type Seen } from './observation.ts';

/** The cost of a guest to the others, in ln units of their goodput, beyond that of the median guest. */
interface Cost {
  readonly guest: number;
  readonly estimate: number;
  readonly spread: Spread;
}

/**
 * Costs of all guests whose pause was measured; none while the residual has too few degrees of freedom.
 *
 * gain_j = ln goodput of the others with j paused, less the same with all running. Any pause leaves more for the rest, about
 * N / (N - 1) where guests share one limit; so cost_j = gain_j - median of the other gains. From one fit of the sum over all
 * that run: gain_j = effect of the pause - mean over the slices with all of ln(1 - share of j).
 */
export function costsOf(design: NeighboursDesign, seen: readonly Seen[]): readonly Cost[] {
  const pauses = new Map(everyGuest(design).map((guest) => [guest, setId(allBut(design, guest), design)]));
  const used = new Set([baselineId, ...pauses.values()]);
  const fitted = fit(
    asArms(
      seen.filter(({ set }) => used.has(set)),
      totalOf,
    ),
  );
  const together = seen.filter(({ set }) => set === baselineId);
  const gains = [...pauses].flatMap(([guest, set]) => {
    const effect = fitted.effects.get(set);
    const shares = together.map((one) => Math.log(othersOf(one, guest) / totalOf(one)));
    return effect === undefined ? [] : [{ guest, set, shares, gain: effect - mean(shares) }];
  });
  return gains.flatMap((own) => {
    const others = gains.filter((one) => one !== own);
    const spread = others.length > 0 ? spreadOfCost(fitted, own, others) : undefined;
    return spread ? [{ guest: own.guest, estimate: own.gain - median(others.map(({ gain }) => gain)), spread }] : [];
  });
}

interface Gain {
  readonly set: string;
  /** ln of the others' share in every slice with all guests. */
  readonly shares: readonly number[];
}

/**
 * That of gain_j less the mean of the others, in which the slices with all guests cancel, widened for the median (of m normal
 * values it has pi / 2 times the variance of their mean), and the scatter of the shares. Pauses do not change the stack, so
 * their slices are much alike in their noise. Degrees of freedom after Welch and Satterthwaite.
 */
function spreadOfCost(fitted: Fit, own: Gain, others: readonly Gain[]): Spread | undefined {
  const count = others.length;
  const contrast: Contrast = new Map([[own.set, 1], ...others.map(({ set }) => [set, -1 / count] as const)]);
  const pauses = spreadOf(fitted, contrast, rules.doubtOfPauses);
  if (!pauses) return undefined;
  const loss = count > 2 ? Math.PI / 2 : 1;
  const variance = (pauses.variance * (1 + loss / count)) / (1 + 1 / count);
  const apart = own.shares.map((share, i) => share - mean(others.map(({ shares }) => shares[i] ?? 0)));
  const ofShares = apart.length > 1 ? sampleVariance(apart) / apart.length : 0;
  const both = variance + ofShares;
  if (!(both > 0)) return { variance: 0, degrees: pauses.degrees };
  const degrees = both ** 2 / (variance ** 2 / pauses.degrees + ofShares ** 2 / Math.max(1, apart.length - 1));
  return { variance: both, degrees };
}

/** The claim that this look supports, if any. */
export function claimNeighbour(design: NeighboursDesign, costs: readonly Cost[]): Neighbour | undefined {
  const proven = costs
    .map(({ guest, estimate, spread }) => ({ guest, cost: boundsAbout(estimate, spread, guestLevel(design)) }))
    .filter(({ cost }) => isProven(design, cost))
    .sort((a, b) => b.cost.estimate - a.cost.estimate);
  const [worst, ...also] = proven;
  if (worst) {
    const others = also.map(({ guest }) => guest).sort((a, b) => a - b);
    return { kind: 'neighbour', guest: worst.guest, costsOthers: asShare(worst.cost), also: others };
  }
  if (costs.length < design.guests) return undefined;
  const bound = Math.max(
    ...costs.map(({ estimate, spread }) => boundsAbout(estimate, spread, nobodyLevel(design)).high),
  );
  return bound < design.delta ? { kind: 'none', bound: Math.max(0, -Math.expm1(-bound)) } : undefined;
}

/** The finding when nothing was proven. */
export function undecided(costs: readonly Cost[], design: NeighboursDesign): Neighbour {
  const [worst] = [...costs].sort((a, b) => b.estimate - a.estimate);
  if (!worst) return { kind: 'inconclusive', why: { kind: 'too-few-slices' } };
  if (worst.estimate < design.delta) {
    return { kind: 'inconclusive', why: { kind: 'bounds-too-wide' } };
  }
  const share = -Math.expm1(-worst.estimate);
  return { kind: 'inconclusive', why: { kind: 'within-noise', guest: worst.guest, share } };
}

function othersOf({ goodput }: Seen, guest: number): number {
  return [...goodput].reduce((total, [number, one]) => (number === guest ? total : total + one), 0);
}

/** The share of what they would have that the others lose. */
function asShare({ estimate, low, high }: Bounds): OneSided {
  const lost = (ln: number): number => -Math.expm1(-ln);
  return { estimate: lost(estimate), low: lost(low), high: lost(high) };
}
