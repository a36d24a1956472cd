// Where the time of an I/O is spent, as deployed and with layers stubbed.

import { type Layer, layers } from '../../lib/layer.ts';
import { sum } from '../../lib/numbers.ts';
import { renderDuration } from '../../lib/units.ts';
import { inOrder, nameOfArm } from './colours.ts';
import { grid, legend, legendLinePx, legendLines, shortTime, xAxis, yAxis } from './parts.ts';
import type { PlotMaker } from './plot.ts';

const above = 'above the stack';
const rowPx = 30;

export const timeByLayer: PlotMaker = ({ series }) => {
  const times = series?.times ?? [];
  const most = Math.max(...times.map(({ stubbed }) => stubbed.length));
  const rows = inOrder(times).filter(({ stubbed }) => stubbed.length <= 1 || stubbed.length === most);
  if (rows.length === 0) return undefined;
  const seen = layers.filter((layer) => rows.some((row) => row.layers.some((one) => one.layer === layer)));
  const ownOf = (row: (typeof rows)[number], layer: Layer): number =>
    row.layers.find((one) => one.layer === layer)?.ownNs ?? 0;
  const aboveOf = ({ guestsNs, layers: own }: (typeof rows)[number]): number =>
    Math.max(0, (guestsNs ?? 0) - sum(own.map(({ ownNs }) => ownNs)));
  const names = [...seen, above];
  return {
    name: 'time-by-layer',
    title: 'Where the time of an I/O is spent',
    legend:
      'Means of an I/O: a part is what a layer adds itself. What is above the stack is the load and its system calls.',
    alt: rows
      .map(
        (row) =>
          `${nameOfArm(row.arm)}: ${seen.map((layer) => `${layer} ${renderDuration(ownOf(row, layer))}`).join(', ')}`,
      )
      .join('; '),
    table: {
      head: ['arm', ...seen, above],
      rows: rows.map((row) => [
        nameOfArm(row.arm),
        ...seen.map((layer) => renderDuration(ownOf(row, layer))),
        row.guestsNs === null ? '-' : renderDuration(aboveOf(row)),
      ]),
    },
    heightAt: (widthPx) => legendLines(names, widthPx) * legendLinePx + rows.length * rowPx + 60,
    option: (look) => {
      const { colours } = look;
      const bar = (name: string, color: string, data: readonly number[]): object => ({
        ...{ name, type: 'bar', stack: 'time', barWidth: 16, data },
        itemStyle: { color, borderColor: colours.paper, borderWidth: 1 },
      });
      return {
        grid: grid(legendLines(names, look.widthPx) * legendLinePx + 6),
        legend: legend(names, look),
        xAxis: xAxis({ name: 'mean latency of an I/O', kind: 'value', min: 0, format: shortTime }, look),
        yAxis: yAxis({ name: '', kind: 'category', data: rows.map(({ arm }) => nameOfArm(arm)), inverse: true }, look),
        series: [
          ...seen.map((layer) =>
            bar(
              layer,
              colours[layer],
              rows.map((row) => ownOf(row, layer)),
            ),
          ),
          bar(above, colours.faint, rows.map(aboveOf)),
        ],
      };
    },
  };
};
