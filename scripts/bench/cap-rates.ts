// What the cap probe says of planted limits under noise that is out to mislead it.

import { hostileNoises } from '../../test/support/caps-noise.ts';
import { capsDesign, capsRates, type CapsHost } from '../../test/support/caps-simulator.ts';
import { print } from './figures.ts';

const cvs = [0.02, 0.05, 0.1, 0.2];
const noises = ['iid', 'dips', 'drifting', 'periodic', 'step', ...Object.keys(hostileNoises)] as (
  'iid' | keyof typeof hostileNoises
)[];

const hosts: Readonly<Record<string, CapsHost>> = {
  'cap 48': { truth: { ring: { cap: { size: 48, scope: 'host-wide' } } } },
  'cap 64': { truth: { ring: { cap: { size: 64, scope: 'host-wide' } } } },
  'cap 100': { truth: { ring: { cap: { size: 100, scope: 'host-wide' } } } },
  'no limit': { truth: {} },
  'latency 20 ms': { truth: { ring: { latencyNs: 20e6 } } },
};

/** A line for each host and noise: right % / wrongly without a limit, or with one, % @ mean points, for each CV. */
export function printCapRates(seeds: number): void {
  print(`cap probe: right % / wrong % @ mean points, ${seeds} seeds`, '');
  for (const [name, host] of Object.entries(hosts)) {
    for (const noise of noises) print(`${name}, ${noise}`, cvs.map((cv) => cellOf(host, noise, cv, seeds)).join(''));
  }
}

function cellOf(host: CapsHost, noise: (typeof noises)[number], cv: number, seeds: number): string {
  const found = capsRates({ host, design: capsDesign({ budgetPoints: 120 }), noise, cv, seeds, layer: 'ring' });
  const { cap, latencyNs } = host.truth.ring ?? {};
  const of = (...kinds: readonly string[]): number =>
    kinds.reduce((total, kind) => total + (found.kinds[kind] ?? 0), 0) / seeds;
  const right = cap ? found.near : of(latencyNs === undefined ? 'open' : 'latency');
  const wrong = cap ? of('open', 'latency', 'rate') : of('cap', 'rate');
  return `${(100 * right).toFixed(0)}/${(100 * wrong).toFixed(1)} @${found.meanPoints.toFixed(0)}`.padEnd(20);
}
