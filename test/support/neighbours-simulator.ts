// A host of guests made of numbers: who slows whom is planted, and the real decision drives it from first block to findings.

import { decideNeighbours } from '../../agent/analysis/neighbours/decide.ts';
import type { NeighboursDesign } from '../../agent/analysis/neighbours/design.ts';
import type { NeighboursFindings, Neighbour } from '../../agent/analysis/neighbours/findings.ts';
import type { NeighboursObservation } from '../../agent/analysis/neighbours/observation.ts';
import { shuffled } from '../../agent/lib/random.ts';
import { chanceOf, noises, spread, type NoiseName } from './simulator-noise.ts';

/** What `guest` does while `running` run, without noise. */
export type Host = (guest: number, running: readonly number[]) => number;

/** Guests that do not touch one another. */
export const apart: Host = () => 100;

/** A capacity that all who run share alike: pausing one of N gives each of the rest N / (N - 1). */
export const shared: Host = (_, running) => 800 / running.length;

/** As `shared`, and each aggressor costs every other guest this share of what it would have. */
export function withAggressors(costs: Readonly<Record<number, number>>, base: Host = shared): Host {
  return (guest, running) =>
    running.reduce((rate, one) => (one === guest ? rate : rate * (1 - (costs[one] ?? 0))), base(guest, running));
}

export interface NeighboursSimulation {
  readonly host: Host;
  readonly design: NeighboursDesign;
  readonly noise: NoiseName;
  /** Coefficient of variation of a slice, common to all guests; each guest has half of it of its own on top. */
  readonly cv: number;
  readonly seed: number;
}

export interface SimulatedNeighbours {
  readonly findings: NeighboursFindings;
  readonly observations: readonly NeighboursObservation[];
}

/** One run: the same options give the same result. */
export function simulateNeighbours(options: NeighboursSimulation): SimulatedNeighbours {
  const { host, design, noise, cv, seed } = options;
  const [noiseAt, own] = [noises[noise](cv, chanceOf(3 * seed)), chanceOf(3 * seed + 1)];
  const schedule = spread(3 * seed + 2);
  const observations: NeighboursObservation[] = [];
  for (let block = 0; ; block++) {
    const decision = decideNeighbours(design, observations);
    if (decision.kind === 'done') return { findings: decision.findings, observations };
    for (const running of shuffled(decision.sets, schedule)) {
      const common = noiseAt({ index: observations.length, arm: running.join(), mediaDeployed: true });
      const goodput = running.map((guest) => ({
        guest,
        goodput: host(guest, running) * Math.exp(common + (cv / 2) * own.normal()),
      }));
      observations.push({ block, running, goodput });
    }
  }
}

/** Over seeds 1..`seeds`: how often each neighbour was named (`guest 3`, `none`, `inconclusive`), as shares. */
export function neighbourRates(
  options: Omit<NeighboursSimulation, 'seed'> & { readonly seeds: number },
): ReadonlyMap<string, number> {
  const rates = new Map<string, number>();
  for (let seed = 1; seed <= options.seeds; seed++) {
    const name = nameOf(neighbourIn(simulateNeighbours({ ...options, seed }).findings));
    rates.set(name, (rates.get(name) ?? 0) + 1 / options.seeds);
  }
  return rates;
}

export function neighbourIn(findings: NeighboursFindings): Neighbour {
  if (findings.kind === 'single') throw new Error('there is one guest only');
  return findings.neighbour;
}

function nameOf(neighbour: Neighbour): string {
  return neighbour.kind === 'neighbour' ? `guest ${neighbour.guest}` : neighbour.kind;
}
