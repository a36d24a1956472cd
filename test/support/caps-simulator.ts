// A host made of formulas for the cap probe: closed queueing, a known truth, noise and a seed drive the real engine.

import type { CapsDesign, CapsObservation, CapsPoint } from '../../agent/analysis/caps/design.ts';
import { decideCaps } from '../../agent/analysis/caps/engine.ts';
import type { Limit, CapsFindings } from '../../agent/analysis/caps/limit.ts';
import { layers, type Layer } from '../../agent/lib/layer.ts';
import { shuffled } from '../../agent/lib/random.ts';
import { hostileNoises, type HostileName } from './caps-noise.ts';
import { chanceOf, noises, spread, type NoiseName } from './simulator-noise.ts';

/** What a layer does to I/O; the media's latency stands in for the delay when the real media is deployed. */
export interface LayerTruth {
  readonly latencyNs?: number;
  /** Places for I/Os in flight: over all guests, or of each. An I/O holds its place in this layer and beneath. */
  readonly cap?: { readonly size: number; readonly scope: 'host-wide' | 'per-guest' };
  /** I/Os a second. */
  readonly rate?: number;
}

export interface CapsHost {
  readonly truth: Partial<Record<Layer, LayerTruth>>;
  /** I/Os a second that the load generator can do. */
  readonly saturation?: number;
  /** What an I/O takes with every layer stubbed, beyond the delay. */
  readonly pathNs?: number;
  /** CPU time of the path for each I/O, one after another: what waits for it grows with the load. */
  readonly cpuNs?: number;
}

export interface CapsSimulation {
  readonly host: CapsHost;
  readonly design: CapsDesign;
  readonly noise: NoiseName | HostileName;
  readonly cv: number;
  readonly seed: number;
  /** Whether each layer's junctions tell what an I/O takes in it; runs before that was recorded have no such figures. */
  readonly junctions?: boolean;
  /** Length of a point's measurement; with it, whole rounds of the delay line only are counted. */
  readonly sliceNs?: number;
}

export interface CapsSimulated {
  readonly findings: CapsFindings;
  readonly visits: number;
  readonly observations: readonly CapsObservation[];
}

/** Four guests, depth 64, 50 ms: the case of 64 in flight on a whole host. */
export function capsDesign(changes: Partial<CapsDesign> = {}): CapsDesign {
  return {
    layers: ['network', 'blockstack', 'ring'],
    media: false,
    guests: 4,
    delayNs: 50e6,
    maxDepth: 64,
    alpha: 0.05,
    budgetPoints: 90,
    ...changes,
  };
}

/** One probe from the first visit to the findings: the same options give the same result. */
export function simulateCaps(simulation: CapsSimulation): CapsSimulated {
  const { host, design, noise, cv, seed, sliceNs, junctions = false } = simulation;
  const chance = chanceOf(2 * seed);
  const noiseAt = { ...noises, ...hostileNoises }[noise](cv, chance);
  const schedule = spread(2 * seed + 1);
  const observations: CapsObservation[] = [];
  for (let visit = 0; ; visit++) {
    const decision = decideCaps(design, observations);
    if (decision.kind === 'done') return { findings: decision.findings, visits: visit, observations };
    const { delayNs, depth, points } = decision.visit;
    const over = { ...design, delayNs };
    for (const point of shuffled(points, schedule)) {
      const exact = goodputOf(host, over, point, depth);
      const noisy = exact * Math.exp(noiseAt({ index: observations.length, arm: point.subject, mediaDeployed: false }));
      const rounds =
        sliceNs === undefined ? 1 : wholeRounds((noisy * sliceNs) / 1e9 / (depth * point.guests), chance.uniform());
      const own = junctions ? { ownNs: ownOf(host, over, point) } : {};
      observations.push({ ...point, visit, depth, delayNs, goodput: noisy * rounds, ...own });
    }
  }
}

/** Goodput of a closed system, I/O a second: the least of what the load, each cap, each rate and the generator allow. */
export function goodputOf(host: CapsHost, design: CapsDesign, point: CapsPoint, depth: number): number {
  const deployed = layers.filter((layer) => isDeployed(point.subject, layer));
  let timeNs = deployed.includes('media') ? 0 : design.delayNs / (point.delay === 'half' ? 2 : 1);
  let most = host.saturation ?? Infinity;
  for (const layer of deployed) {
    const { latencyNs = 0, cap, rate = Infinity } = host.truth[layer] ?? {};
    timeNs += latencyNs;
    const places = cap ? cap.size * (cap.scope === 'per-guest' ? point.guests : 1) : Infinity;
    most = Math.min(most, rate, (1e9 * places) / timeNs);
  }
  const offered = point.guests * depth;
  const thinkNs = timeNs + (host.pathNs ?? 20_000);
  return Math.min(most, host.cpuNs === undefined ? (1e9 * offered) / thinkNs : queued(offered, thinkNs, host.cpuNs));
}

/** I/O a second of a closed loop over a delay and one queue: exact mean value analysis (Reiser and Lavenberg, 1980). */
function queued(inFlight: number, thinkNs: number, serviceNs: number): number {
  let [waiting, perNs] = [0, 0];
  for (let count = 1; count <= inFlight; count++) {
    const residenceNs = serviceNs * (1 + waiting);
    perNs = count / (thinkNs + residenceNs);
    waiting = perNs * residenceNs;
  }
  return 1e9 * perNs;
}

/** What each layer's junctions say, without noise: they time every I/O. */
function ownOf(host: CapsHost, { delayNs }: CapsDesign, point: CapsPoint): Partial<Record<Layer, number>> {
  const delay = point.delay === 'half' ? delayNs / 2 : delayNs;
  const stubNs = 30_000;
  return Object.fromEntries(
    layers.map((layer) => {
      const deployedNs = isDeployed(point.subject, layer) ? (host.truth[layer]?.latencyNs ?? stubNs) : stubNs;
      return [layer, layer === 'media' && point.subject !== 'media' ? delay : deployedNs];
    }),
  );
}

function isDeployed(subject: CapsPoint['subject'], layer: Layer): boolean {
  return subject === layer || (subject === 'stack' && layer !== 'media');
}

/** A slice of `rounds` rounds counts the whole ones, of which it meets one more or less as it happens to start. */
function wholeRounds(rounds: number, chance: number): number {
  return Math.floor(rounds + chance) / rounds;
}

/** The limit of `layer`; fails a test that asks for one that was not compared. */
export function limitOf(findings: CapsFindings, layer: Layer): Limit {
  const found = findings.layers.find((one) => one.layer === layer);
  if (!found) throw new Error(`no limit of ${layer}`);
  return found.limit;
}

export interface CapsRates {
  /** Shares of all seeds. `near`: a cap of the layer within 10 % of `size`. */
  readonly near: number;
  /** Of the caps found, those with the right scope. */
  readonly scope: number;
  /** A cap whose interval, widened by 10 %, misses the truth; any cap at all where there is none. */
  readonly wrong: number;
  readonly kinds: Readonly<Record<string, number>>;
  readonly stackKinds: Readonly<Record<string, number>>;
  readonly meanPoints: number;
  readonly meanVisits: number;
  readonly mostPoints: number;
}

/** Runs seeds 1..`seeds` and counts what is said of `layer`. */
export function capsRates(
  options: Omit<CapsSimulation, 'seed'> & { readonly seeds: number; readonly layer: Layer },
): CapsRates {
  const { seeds, layer, host, design } = options;
  const cap = host.truth[layer]?.cap;
  const size = cap ? cap.size * (cap.scope === 'per-guest' ? design.guests : 1) : undefined;
  const kinds: Record<string, number> = {};
  const stackKinds: Record<string, number> = {};
  let [near, caps, scope, wrong, points, visits, most] = [0, 0, 0, 0, 0, 0, 0];
  for (let seed = 1; seed <= seeds; seed++) {
    const run = simulateCaps({ ...options, seed });
    const limit = limitOf(run.findings, layer);
    kinds[limit.kind] = (kinds[limit.kind] ?? 0) + 1;
    stackKinds[run.findings.stack.kind] = (stackKinds[run.findings.stack.kind] ?? 0) + 1;
    points += run.observations.length;
    visits += run.visits;
    most = Math.max(most, run.observations.length);
    if (limit.kind !== 'cap') continue;
    caps++;
    if (limit.scope === cap?.scope) scope++;
    if (size === undefined || size < limit.size.low / 1.1 || size > limit.size.high * 1.1) wrong++;
    else if (Math.abs(limit.size.estimate / size - 1) <= 0.1) near++;
  }
  return {
    near: near / seeds,
    scope: scope / Math.max(1, caps),
    wrong: wrong / seeds,
    kinds,
    stackKinds,
    meanPoints: points / seeds,
    meanVisits: visits / seeds,
    mostPoints: most,
  };
}
