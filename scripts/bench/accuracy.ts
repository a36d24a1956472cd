// The verdicts of the engine on simulated hosts of known truth: share correct, share wrong, mean slices.

import { rates } from '../../test/support/simulator.ts';
import { noises, type NoiseName } from '../../test/support/simulator-noise.ts';
import { scenarios, type ScenarioName } from '../../test/support/simulator-scenarios.ts';
import { print } from './figures.ts';

const seeds = Number(process.env['SEEDS'] ?? 100);
const cvs = [0.02, 0.05, 0.1, 0.2];

print(`${seeds} seeds a cell`, cvs.map((cv) => `CV ${cv * 100} %`.padEnd(22)).join(''));
for (const noise of Object.keys(noises) as NoiseName[]) {
  for (const scenario of Object.keys(scenarios) as ScenarioName[]) {
    const cells = cvs.map((cv) => {
      const { correct, wrong, meanSlices } = rates({ scenario, noise, cv, seeds });
      return `${(100 * correct).toFixed(0)} % / ${(100 * wrong).toFixed(1)} % @${meanSlices.toFixed(0)}`.padEnd(22);
    });
    print(`${scenario}, ${noise}`, cells.join(''));
  }
}
