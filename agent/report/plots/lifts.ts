// The lift of every arm with its bounds.

import { renderLift, renderRatio } from '../words/figures.ts';
import { styleOfArm } from './colours.ts';
import { font, grid, scaleFor, textWidth, xAxis, yAxis } from './parts.ts';
import type { DrawingApi, PlotMaker } from './plot.ts';

/** Bounds beyond so many times the largest estimate are cut off, with an arrow. */
const farthest = 2;
const rowPx = 30;
const roomShare = 0.03;

export const lifts: PlotMaker = ({ arms, settings }) => {
  const rows = arms.flatMap(({ arm, stubbed, lift }) => (lift ? [{ arm, stubbed, ...lift }] : []));
  if (rows.length === 0) return undefined;
  const largest = Math.max(settings.minimumLift, ...rows.map(({ estimate }) => estimate));
  const highest = Math.min(1 + (largest - 1) * farthest, Math.max(largest, ...rows.map(({ high }) => high)));
  const least = Math.min(...rows.map(({ estimate }) => estimate));
  const lowest = Math.max(0.01, 1 - (1 - Math.min(1, least)) * farthest, Math.min(1, ...rows.map(({ low }) => low)));
  const kind = scaleFor([1, largest]);
  // Marks at the ends are whole.
  const room = kind === 'log' ? (highest / lowest) ** roomShare : 1 + (highest - lowest) * roomShare;
  const [start, end] = kind === 'log' ? [lowest / room, highest * room] : [lowest + 1 - room, highest - 1 + room];
  const within = (value: number): number => Math.min(highest, Math.max(lowest, value));
  const label = Math.max(...rows.map((row) => textWidth(renderLift(row))));
  return {
    name: 'lifts',
    title: 'What stubbing lifts, with bounds',
    legend: `A mark is the estimate, a line its bounds. Left of the dashed line is a loss; the dotted line is the smallest lift that matters here.${kind === 'log' ? ' The scale is of logarithms.' : ''}`,
    alt: rows.map((row) => `${row.arm}: ${renderLift(row)}`).join('; '),
    heightAt: () => rows.length * rowPx + 60,
    option: (look) => {
      const isNarrow = look.widthPx < 500;
      const { text, faint } = look.colours;
      return {
        grid: { ...grid(6), right: isNarrow ? 14 : label + 12 },
        xAxis: xAxis(
          { name: 'goodput over that as deployed', kind, min: start, max: end, format: ratio, ends: false },
          look,
        ),
        yAxis: yAxis({ name: '', kind: 'category', data: rows.map(({ arm }) => arm), inverse: true }, look),
        series: [
          {
            type: 'custom',
            data: rows.map(({ estimate, low, high }, i) => [within(estimate), i, within(low), within(high)]),
            encode: { x: [0, 2, 3], y: 1 },
            renderItem: ({ dataIndex }: { dataIndex: number }, api: DrawingApi) => {
              const row = rows[dataIndex];
              if (!row) return { type: 'group', children: [] };
              const { colour, hollow } = styleOfArm(row, look.colours);
              const [[at, y], [from], [to]] = [0, 2, 3].map((key) => api.coord([api.value(key), dataIndex])) as [
                readonly [number, number],
                readonly [number, number],
                readonly [number, number],
              ];
              const stroke = { stroke: colour, lineWidth: 2, fill: 'none' };
              const line = (x1: number, y1: number, x2: number, y2: number): object => ({
                ...{ type: 'line', shape: { x1, y1, x2, y2 }, style: stroke },
              });
              // Cut off it is an arrow, else it has a stop.
              const tip = (x: number, inward: number): readonly object[] =>
                inward === 0
                  ? [line(x, y - 5, x, y + 5)]
                  : [line(x, y, x + inward, y - 5), line(x, y, x + inward, y + 5)];
              const left = tip(from, row.low < lowest ? 6 : 0);
              const right = tip(to, row.high > highest ? -6 : 0);
              const words = { text: renderLift(row), fill: text, ...font, verticalAlign: 'middle' };
              const edge = look.widthPx - label - 4;
              return {
                type: 'group',
                children: [
                  line(from, y, to, y),
                  ...left,
                  ...right,
                  {
                    type: 'circle',
                    shape: { cx: at, cy: y, r: 5 },
                    style: { ...stroke, fill: hollow ? look.colours.paper : colour },
                  },
                  ...(isNarrow ? [] : [{ type: 'text', x: edge, y, style: words }]),
                ],
              };
            },
            markLine: {
              ...{ symbol: 'none', silent: true, animation: false, label: { show: false } },
              data: [
                { xAxis: 1, lineStyle: { color: text, type: 'dashed', width: 1 } },
                { xAxis: settings.minimumLift, lineStyle: { color: faint, type: 'dotted', width: 1.5 } },
              ],
            },
          },
        ],
      };
    },
  };
};

function ratio(value: number): string {
  return value === 1 ? 'no change' : renderRatio(value);
}
