// The verdicts of the engine on simulated hosts of known truth, beside what an independent simulation of it expects.

import { compare, cvs, deviating, expectedCell, isAsFew, mostFalseLifts } from '../../test/support/expected-rates.ts';
import { hardRows, runRow } from '../../test/support/hard-rows.ts';
import { rates, type Rates } from '../../test/support/simulator.ts';
import { noises, type NoiseName } from '../../test/support/simulator-noise.ts';
import { scenarios, type ScenarioName } from '../../test/support/simulator-scenarios.ts';
import { printCapRates } from './cap-rates.ts';
import { print } from './figures.ts';

const seeds = Number(process.env['SEEDS'] ?? 200);
const allNoises = Object.keys(noises) as NoiseName[];
const allScenarios = Object.keys(scenarios) as ScenarioName[];
let [within, cells] = [0, 0];

print(`correct % / wrong % @ mean slices, ${seeds} seeds`, cvs.map((cv) => column(`CV ${cv * 100} %`)).join(''));
// The noise with expected figures comes first.
for (const noise of ['drifting' as const, ...allNoises.filter((name) => name !== 'drifting')]) {
  for (const scenario of allScenarios) {
    print(`${scenario}, ${noise}`, cvs.map((cv) => column(cellOf(scenario, noise, cv))).join(''));
  }
}
print('no layer limits: a lift is claimed in %', '');
for (const noise of allNoises) {
  print(`  ${noise}`, cvs.map((cv) => column(falseLifts(noise, cv))).join(''));
}
let group = '';
for (const row of hardRows) {
  if (row.group !== group) print(row.group, 'right % / wrong % @ mean slices (asked for)');
  group = row.group;
  const { found, broken } = runRow(row, seeds);
  const asked = [
    row.least === undefined ? '-' : `${row.least}`,
    `${row.mostWrong}`,
    ...(row.mostSlices === undefined ? [] : [`@${row.mostSlices}`]),
  ];
  print(`  ${row.text}`, `${text(found)} (${asked.join('/')})${judged(broken.length === 0, broken.join(', '))}`);
}
printCapRates(seeds);
process.stdout.write(`${within} of ${cells} cells within\n`);

/** The found cell; where one is expected, that in brackets, and what of it does not hold. */
function cellOf(scenario: ScenarioName, noise: NoiseName, cv: (typeof cvs)[number]): string {
  const expected = expectedCell(scenario, noise, cv);
  if (!expected) return text(rates({ scenario, noise, cv, seeds }));
  const { found, ...holds } = compare({ scenario, noise, cv, seeds }, expected);
  const [correct, wrong, slices] = expected;
  const beside = `${text(found)} (${correct}/${wrong} @${slices})`;
  const broken = Object.entries(holds).flatMap(([what, held]) => (held ? [] : [what]));
  if (deviating.includes(scenario)) return `${beside}${broken.length > 0 ? ' on purpose' : ''}`;
  return `${beside}${judged(broken.length === 0, broken.join(', '))}`;
}

function falseLifts(noise: NoiseName, cv: number): string {
  const percent = 100 * rates({ scenario: 'none', noise, cv, seeds }).wrong;
  const holds = isAsFew(percent, mostFalseLifts, seeds);
  return `${percent.toFixed(2)} (${mostFalseLifts})${judged(holds, 'wrong')}`;
}

function judged(holds: boolean, broken: string): string {
  cells++;
  if (holds) within++;
  return holds ? '' : ` NOT: ${broken}`;
}

function text({ correct, tolerated, wrong, meanSlices }: Rates): string {
  return `${(100 * (correct + tolerated)).toFixed(0)}/${(100 * wrong).toFixed(1)} @${meanSlices.toFixed(1)}`;
}

function column(cell: string): string {
  return cell.padEnd(46);
}
