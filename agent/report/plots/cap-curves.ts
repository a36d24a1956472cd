// The curve of each cap with its knee: I/Os in flight that were served, by Little's law, over those that were offered.

import { median } from '../../lib/numbers.ts';
import { renderCount, renderDuration } from '../../lib/units.ts';
import { renderLimit } from '../words/caps.ts';
import { allStubId } from '../../lib/arm.ts';
import type { ReportDocument } from '../schema/schema.ts';
import { styleOfArm } from './colours.ts';
import { fontPx, grid, legend, legendLinePx, legendLines, shortCount, xAxis, yAxis } from './parts.ts';
import type { Colours, PlotMaker } from './plot.ts';

type Points = NonNullable<ReportDocument['series']>['caps'];
type Subject = Points[number]['of'];

export const capCurves: PlotMaker = ({ series, caps }) => {
  // Over the real media there is no delay to multiply by.
  const points = (series?.caps ?? []).filter(({ of }) => of !== 'media');
  const subjects = [...new Set(points.map(({ of }) => of))];
  if (!caps || points.length === 0) return undefined;
  const curves = subjects.flatMap((of) =>
    [...new Set(points.filter((one) => one.of === of).map(({ delayNs }) => delayNs))]
      .sort((a, b) => b - a)
      .map((delayNs, i) => ({ of, delayNs, isFirst: i === 0, points: curveOf(points, of, delayNs) })),
  );
  const names = [...new Set(curves.map(nameOf))];
  const capsFound = caps.rows.flatMap(({ of, limit }) => (limit.kind === 'cap' ? [{ of, ...limit }] : []));
  const ends = points.flatMap(({ inFlight, goodput, delayNs }) => [inFlight, (goodput * delayNs) / 1e9]);
  const [least, most] = [Math.max(0.1, Math.min(...ends)), Math.max(...ends)];
  const min = 2 ** Math.floor(Math.log2(least));
  const max = 2 ** Math.ceil(Math.log2(most));
  const topAt = (widthPx: number): number => legendLines(names, widthPx) * legendLinePx + 6;
  return {
    name: 'cap-curves',
    title: 'I/Os in flight over a fixed delay: where each layer stops',
    legend:
      'Served is goodput times the delay. A layer without a limit follows the diagonal; one with a cap is flat from its knee on, at the height of the cap (dashed). Both scales are of logarithms.',
    alt: caps.rows.map(({ of, limit }) => `${ofWords(of)}: ${renderLimit(limit)}`).join('; '),
    table: {
      head: ['deployed', 'delay', 'offered in flight', 'I/O a second', 'served in flight'],
      rows: curves.flatMap(({ of, delayNs, points: own }) =>
        own.map(([offered, served]) => [
          ofWords(of),
          renderDuration(delayNs),
          renderCount(offered),
          renderCount((served / delayNs) * 1e9),
          served.toFixed(1),
        ]),
      ),
    },
    heightAt: (widthPx) => topAt(widthPx) + 310,
    option: (look) => ({
      grid: grid(topAt(look.widthPx)),
      legend: legend(names, look),
      xAxis: {
        ...xAxis({ name: 'I/Os in flight that were offered', kind: 'log', min, max, format: shortCount }, look),
        logBase: 2,
      },
      yAxis: { ...yAxis({ name: 'served', kind: 'log', min, max, format: shortCount }, look), logBase: 2 },
      series: [
        ...curves.map((curve) => {
          const { colour, symbol } = styleOfSubject(curve.of, look.colours);
          return {
            ...{ name: nameOf(curve), type: 'line', symbol, symbolSize: 8, showAllSymbol: true, data: curve.points },
            lineStyle: { color: colour, width: 1.5, type: curve.isFirst ? 'solid' : 'dashed' },
            itemStyle: { color: curve.isFirst ? colour : look.colours.paper, borderColor: colour, borderWidth: 1.5 },
          };
        }),
        {
          ...{
            type: 'line',
            data: [
              [min, min],
              [max, max],
            ],
            symbol: 'none',
          },
          lineStyle: { color: look.colours.faint, width: 1, type: 'dotted' },
          markLine: {
            ...{ symbol: 'none', silent: true, animation: false },
            data: capsFound
              .filter(({ of }, _, all) => of !== 'stack' || all.length === 1)
              .map(({ of, size }) => ({
                yAxis: size.estimate,
                lineStyle: { color: styleOfSubject(of, look.colours).colour, type: 'dashed', width: 1 },
                label: {
                  ...{ position: 'insideStartTop', fontSize: fontPx, color: look.colours.text },
                  formatter: `${ofWords(of)}: ${renderCount(size.estimate)} in flight`,
                },
              })),
          },
        },
      ],
    }),
  };
};

/** Medians at each load, by the load: offered and served in flight. */
function curveOf(points: Points, of: Subject, delayNs: number): readonly (readonly [number, number])[] {
  const own = points.filter((one) => one.of === of && one.delayNs === delayNs);
  return [...new Set(own.map(({ inFlight }) => inFlight))]
    .sort((a, b) => a - b)
    .map((inFlight) => {
      const goodput = median(own.filter((one) => one.inFlight === inFlight).map((one) => one.goodput));
      return [inFlight, (goodput * delayNs) / 1e9];
    });
}

function nameOf({ of, delayNs }: { readonly of: Subject; readonly delayNs: number }): string {
  return `${ofWords(of)}, ${renderDuration(delayNs)}`;
}

function ofWords(of: Subject): string {
  return of === 'stack' ? 'all layers' : of === 'nothing' ? 'all stubbed' : of;
}

function styleOfSubject(of: Subject, colours: Colours): { readonly colour: string; readonly symbol: string } {
  if (of === 'stack') return { colour: colours.text, symbol: 'circle' };
  if (of === 'nothing') return styleOfArm({ arm: allStubId, stubbed: [] }, colours);
  return styleOfArm({ arm: '', stubbed: [of] }, colours);
}
