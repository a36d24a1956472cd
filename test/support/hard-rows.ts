// Hosts that break statistics: layers whose latencies add up, arms of unequal noise, a disturbed start, stubs that cost only
// once the others are gone. Each row says how often the verdict must be right, how seldom wrong, and after how many slices.

import { defaultDesign } from '../../agent/analysis/verdict/design.ts';
import { layers, type Layer } from '../../agent/lib/layer.ts';
import { rates, type Rates, type SimulationOptions } from './simulator.ts';
import { disturbedStart, noisyArm, noisyDeployed, noisyStubs, stalls } from './simulator-hosts.ts';

export interface HardRow {
  readonly group: string;
  readonly text: string;
  readonly options: Omit<SimulationOptions, 'seed'>;
  /** Per cent of runs. */
  readonly least?: number;
  readonly mostWrong: number;
  /** Mean over the seeds. */
  readonly mostSlices?: number;
}

const stacks: readonly (readonly Layer[])[] = [['media'], ['media', 'ring'], layers];
const of = (stack: readonly Layer[]): string => `${stack.length} layer${stack.length > 1 ? 's' : ''}`;

const series = (
  [
    ['series_3_low', 'three equal layers, rest 0.2 of one: a tie'],
    ['series_3_high', 'three equal layers, rest 1 of one: a tie'],
    ['series_4_low', 'four equal layers, rest 0.2 of one: a tie'],
    ['series_4_high', 'four equal layers, rest 1 of one: a tie'],
    ['series_2_low', 'two equal layers, rest 0.2 of one: a tie'],
    ['series_40_30_20_10', '40/30/20/10: the first'],
    ['series_60_40_fast', '60/40 of 1 ms over 10 us: the first'],
  ] as const
).flatMap(([scenario, what]) =>
  [0.02, 0.05].map((cv): HardRow => ({
    group: 'layers in series',
    text: `${what}, CV ${100 * cv} %`,
    options: { scenario, noise: 'iid', cv, design: defaultDesign(layers) },
    least: 95,
    mostWrong: 1,
    mostSlices: 35,
  })),
);

const noisy = stacks.flatMap((stack) =>
  ['baseline', 'stub-media', ...(stack.length > 1 ? ['all-stub'] : [])].flatMap((arm) =>
    [2, 3, 5, 10].map((factor): HardRow => ({
      group: 'one noisy arm, nothing lifts',
      text: `${of(stack)}, ${arm} ${factor} times`,
      options: { scenario: 'none', noise: noisyArm(arm, factor), cv: 0.02, design: defaultDesign(stack) },
      mostWrong: 5,
    })),
  ),
);

const alike = stacks.flatMap((stack) =>
  (['iid', 'heavy', 'shifts', 'correlated', 'linear', 'drifting'] as const).map((noise): HardRow => ({
    group: 'arms alike, nothing lifts',
    text: `${of(stack)}, ${noise}`,
    options: { scenario: 'none', noise, cv: 0.05, design: defaultDesign(stack) },
    mostWrong: 1.5,
  })),
);

const wild: readonly HardRow[] = [
  ...(
    [
      ['heavy', 'iid'],
      ['shifts', 'iid'],
      ['correlated', 'iid'],
      ['drifting', 'iid'],
      ['iid', 'heavy'],
      ['iid', 'correlated'],
    ] as const
  ).map(([kind, extra]) => ({
    group: 'one noisy arm, nothing lifts',
    text: `4 layers, stub-ring 10 times, all ${kind}, its own ${extra}`,
    options: {
      scenario: 'none' as const,
      noise: noisyArm('stub-ring', 10, kind, extra),
      cv: 0.02,
      design: defaultDesign(layers),
    },
    mostWrong: 5,
  })),
  {
    group: 'one noisy arm, nothing lifts',
    text: '4 layers, every stub 5 times',
    options: { scenario: 'none', noise: noisyStubs(5), cv: 0.02, design: defaultDesign(layers) },
    mostWrong: 5,
  },
];

const quick = (
  [
    ['media_big', 0.02, 16],
    ['media_big', 0.05, 16],
    ['media_big', 0.1, 16],
    ['mask_pair', 0.02, 26],
    ['mask_pair', 0.05, 26],
    ['mask_trip', 0.05, 26],
    ['mask_quad', 0.05, 26],
    ['lift_20', 0.05, 32],
  ] as const
).map(([scenario, cv, mostSlices]): HardRow => ({
  group: 'how soon',
  text: `${scenario}, CV ${100 * cv} %`,
  options: { scenario, noise: 'iid', cv, design: defaultDesign(layers) },
  least: 97,
  mostWrong: 1,
  mostSlices,
}));

const none: readonly HardRow[] = [
  ...[0.15, 0.2].map((sd) => ({
    group: 'no lift, or giving up',
    text: `first minute scatters by ${100 * sd} %, then 3 %; media lifts by 15 %`,
    options: { scenario: 'lift_15' as const, noise: disturbedStart(sd), cv: 0.03, design: defaultDesign(layers) },
    mostWrong: 1.5,
  })),
  {
    group: 'no lift, or giving up',
    text: 'deployed arms 5 times as noisy; media lifts by 8 %',
    options: { scenario: 'lift_8', noise: noisyDeployed(5), cv: 0.02, design: defaultDesign(layers) },
    mostWrong: 5,
  },
  {
    group: 'no lift, or giving up',
    text: '8 % of slices lose 65 %; media lifts by 50 %',
    options: { scenario: 'lift_50', noise: stalls(0.08, 0.65), cv: 0.03, design: defaultDesign(layers) },
    mostWrong: 1.5,
  },
  ...[0.02, 0.05].map((cv) => ({
    group: 'no lift, or giving up',
    text: `a pair behind a stub that costs once the others are gone, CV ${100 * cv} %`,
    options: { scenario: 'mask_behind_stub' as const, noise: 'iid' as const, cv, design: defaultDesign(layers) },
    least: 90,
    mostWrong: 2,
  })),
];

export const hardRows: readonly HardRow[] = [...series, ...noisy, ...wild, ...alike, ...quick, ...none];

/** Runs a row and names what of it does not hold, within three standard errors of so many seeds. */
export function runRow(row: HardRow, seeds: number): { readonly found: Rates; readonly broken: readonly string[] } {
  const found = rates({ ...row.options, seeds });
  const slack = (percent: number): number => {
    const share = percent / 100;
    return 300 * Math.sqrt((share * (1 - share)) / seeds) + 100 / seeds;
  };
  return {
    found,
    broken: [
      ...(row.least !== undefined && 100 * found.correct < row.least - slack(row.least) ? ['right'] : []),
      ...(100 * found.wrong > row.mostWrong + slack(row.mostWrong) ? ['wrong'] : []),
      ...(row.mostSlices !== undefined && found.meanSlices > row.mostSlices ? ['slices'] : []),
    ],
  };
}
