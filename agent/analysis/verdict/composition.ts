// How the layers' costs combine: the smallest capacity rules, latencies add up, or a limit shows in no layer on its own.

import type { Layer } from '../../lib/layer.ts';
import { deployedAlone, type DeployedAlone } from './deployed-alone.ts';
import { liftOf, standardError } from '../fit/contrast.ts';
import type { Standing } from './standing.ts';

export interface Composition {
  /** `hidden`: what the layers allow one by one is more than the stack does, as with a cap on I/Os in flight x latency. */
  readonly kind: 'capacity' | 'latency' | 'hidden';
  /** ln of what the layers, taken one by one, promise over what the stack does. */
  readonly gap: number;
}

/** Goodput relative to the baseline with one layer alone deployed, by layer. */
type Alone = ReadonlyMap<Layer, number>;

type Prediction = (alone: Alone, all: number) => number;

/** Standard errors that the gap must exceed, beyond `delta`, to be believed. */
const gapErrors = 2.5;
/** A layer that alone leaves this share of the ceiling's goodput does not add to the sum of latencies. */
const invisible = 0.9;

/**
 * Compares the baseline and single stubs with two predictions from U_l, goodput with only layer l deployed (relative to the
 * baseline): the stack does min U_l if capacities rule, and 1 / sum(1 / U_l), at most the ceiling, if latencies add up (the
 * rate law of stations in series). Undefined without headroom or before every "all but one" was measured.
 */
export function composition(standing: Standing): Composition | undefined {
  const ends = deployedAlone(standing);
  if (!ends || !standing.headroom || ends.alone.size < Math.max(ends.ceiling.stubbed.length, 2)) return undefined;
  const all = Math.exp(ends.all);
  const alone = new Map([...ends.alone].map(([layer, { lift }]) => [layer, Math.exp(lift)]));
  const gap = Math.log(Math.min(smallest(alone, all), summed(alone, all)));
  if (gap > standing.design.delta + gapErrors * errorOf(standing, ends)) return { kind: 'hidden', gap };
  const adds = misfit(standing, alone, all, summed) < misfit(standing, alone, all, smallest);
  return { kind: adds ? 'latency' : 'capacity', gap };
}

/** The standard error of the smallest U_l. The sum's is no larger, because it averages over layers. */
function errorOf(standing: Standing, { alone }: DeployedAlone): number {
  const [lowest] = [...alone.values()].sort((a, b) => a.lift - b.lift);
  return (lowest && standardError(standing.fit, liftOf(lowest.arm))) ?? Infinity;
}

function smallest(alone: Alone, all: number): number {
  return Math.min(all, ...alone.values());
}

function summed(alone: Alone, all: number): number {
  const visible = [...alone.values()].filter((rate) => rate < invisible * all);
  return Math.min(all, 1 / visible.reduce((total, rate) => total + 1 / rate, 0));
}

/** Sum of squared ln errors over the baseline and every measured single stub; a stubbed layer is left out of the prediction. */
function misfit(standing: Standing, alone: Alone, all: number, predict: Prediction): number {
  return standing.singles.reduce(
    (total, one) => {
      const rest = new Map([...alone].filter(([layer]) => layer !== one.layer));
      return total + (Math.log(predict(rest, all)) - one.estimate) ** 2;
    },
    Math.log(predict(alone, all)) ** 2,
  );
}
