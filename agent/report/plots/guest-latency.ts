// The distribution of each guest's latency as deployed.

import { renderDuration } from '../../lib/units.ts';
import { grid, scaleFor, shortTime, xAxis, yAxis } from './parts.ts';
import type { PlotMaker } from './plot.ts';

export const guestLatency: PlotMaker = ({ series }) => {
  const rows = series?.guests ?? [];
  if (rows.length === 0) return undefined;
  const boxes = rows.map(({ latencyNs: { p1, p25, p50, p75, p99 } }) => [p1, p25, p50, p75, p99]);
  const kind = scaleFor(boxes.flat());
  return {
    name: 'guest-latency',
    title: 'Latency of each guest as deployed',
    legend: `The box holds half of the I/Os, the line in it is the median, the whiskers reach from 1 % to 99 %. Of each quantile the median over the slices.${kind === 'log' ? ' The scale is of logarithms.' : ''}`,
    alt: rows
      .map(
        ({ guest, latencyNs }) =>
          `guest ${guest}: half within ${renderDuration(latencyNs.p50)}, 99 % within ${renderDuration(latencyNs.p99)}`,
      )
      .join('; '),
    table: {
      head: ['guest', '1 %', '25 %', 'median', '75 %', '99 %'],
      rows: rows.map(({ guest }, i) => [String(guest), ...(boxes[i] ?? []).map(renderDuration)]),
    },
    heightAt: () => 290,
    option: (look) => ({
      grid: grid(6),
      xAxis: xAxis({ name: 'guest', kind: 'category', data: rows.map(({ guest }) => String(guest)) }, look),
      yAxis: yAxis({ name: 'latency', kind, format: shortTime, ...(kind === 'value' ? { min: 0 } : {}) }, look),
      series: [
        {
          ...{ type: 'boxplot', data: boxes, boxWidth: [4, 36] },
          itemStyle: { color: look.colours.paper, borderColor: look.colours.media, borderWidth: 1.6 },
        },
      ],
    }),
  };
};
