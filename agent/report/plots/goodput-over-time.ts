// Goodput of every slice over time, with its arm: drift shows as a slope of one arm, a disturbance as a hollow cross.

import { renderNumber } from '../words/figures.ts';
import { renderCount, renderDuration } from '../../lib/units.ts';
import { baselineId } from '../../lib/arm.ts';
import { inOrder, nameOfArm, styleOfArm } from './colours.ts';
import { grid, legend, legendLinePx, legendLines, scaleFor, shortCount, xAxis, yAxis } from './parts.ts';
import type { PlotMaker } from './plot.ts';

const apart = 'does not count';
/** Longer runs are told in minutes. */
const mostSeconds = 300;

export const goodputOverTime: PlotMaker = ({ series }) => {
  const slices = series?.slices ?? [];
  // A void slice may have no goodput at all.
  const shown = slices.filter(({ goodput }) => goodput > 0);
  const counted = shown.filter(({ counts }) => counts);
  if (counted.length === 0) return undefined;
  const arms = inOrder([...new Map(counted.map((one) => [one.arm, one])).values()]);
  const voids = shown.filter(({ counts }) => !counts);
  const names = [...arms.map(({ arm }) => nameOfArm(arm)), ...(voids.length > 0 ? [apart] : [])];
  const last = Math.max(...shown.map(({ seconds }) => seconds));
  const [unit, perUnit] = last > mostSeconds ? ['minutes', 60] : ['seconds', 1];
  const kind = scaleFor(counted.map(({ goodput }) => goodput));
  const topAt = (widthPx: number): number => legendLines(names, widthPx) * legendLinePx + 6;
  return {
    name: 'goodput-over-time',
    title: 'Goodput of every slice over time',
    legend: `A mark is a slice; the line joins those as deployed, so that its slope is drift.${kind === 'log' ? ' The scale is of logarithms.' : ''}`,
    alt: altOf(counted, names.length),
    table: {
      head: ['at', 'arm', 'I/O a second', ''],
      rows: slices.map(({ seconds, arm, goodput, counts, part }) => [
        renderDuration(seconds * 1e9),
        arm,
        renderCount(goodput),
        counts ? (part === 'recheck' ? 'check at the end' : '') : apart,
      ]),
    },
    heightAt: (widthPx) => topAt(widthPx) + 260,
    option: (look) => ({
      grid: grid(topAt(look.widthPx)),
      legend: legend(names, look),
      xAxis: xAxis({ name: `${unit} since the start of the run`, kind: 'value' }, look),
      yAxis: yAxis({ name: 'useful I/O a second', kind, format: shortCount, ...rangeOf(counted, kind) }, look),
      series: [
        ...arms.map((one) => {
          const { colour, symbol, hollow } = styleOfArm(one, look.colours);
          const own = counted.filter(({ arm }) => arm === one.arm);
          return {
            ...{ name: nameOfArm(one.arm), type: 'line', symbol, symbolSize: 8, showSymbol: true, showAllSymbol: true },
            lineStyle: { width: one.arm === baselineId ? 1.5 : 0, color: colour },
            itemStyle: hollow
              ? { color: look.colours.paper, borderColor: colour, borderWidth: 1.8 }
              : { color: colour, borderColor: colour, borderWidth: 0 },
            data: own.map(({ seconds, goodput }) => [seconds / perUnit, goodput]),
          };
        }),
        ...(voids.length > 0
          ? [
              {
                ...{ name: apart, type: 'scatter', symbol: cross, symbolSize: 9 },
                itemStyle: { color: look.colours.faint },
                data: voids.map(({ seconds, goodput }) => [seconds / perUnit, goodput]),
              },
            ]
          : []),
      ],
    }),
  };
};

/** Two strokes. */
const cross = 'path://M0,1 L1,0 L5,4 L9,0 L10,1 L6,5 L10,9 L9,10 L5,6 L1,10 L0,9 L4,5 Z';

type Slices = NonNullable<Parameters<PlotMaker>[0]['series']>['slices'];

function rangeOf(slices: Slices, kind: 'value' | 'log'): Pick<Parameters<typeof yAxis>[0], 'min'> {
  if (kind === 'value') return { min: 0 };
  const least = Math.min(...slices.map(({ goodput }) => goodput));
  return { min: 10 ** Math.floor(Math.log10(least)) };
}

function altOf(slices: Slices, arms: number): string {
  const own = slices.filter(({ arm }) => arm === baselineId).map(({ goodput }) => goodput);
  const range =
    own.length > 0
      ? ` As deployed it is ${renderCount(Math.min(...own))} to ${renderCount(Math.max(...own))} I/O a second.`
      : '';
  return `Goodput over time of ${renderNumber(slices.length, 'slice')} in ${renderNumber(arms, 'arm')}.${range}`;
}
