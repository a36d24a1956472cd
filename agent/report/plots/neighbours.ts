// What the pause of each guest gives each other, as a matrix.

import { renderLift } from '../words/figures.ts';
import { font, grid, xAxis, yAxis } from './parts.ts';
import type { DrawingApi, PlotMaker } from './plot.ts';

/** More guests leave no room for figures. */
const mostWithFigures = 10;
const cellPx = 34;

export const neighbours: PlotMaker = ({ series }) => {
  const pauses = series?.pauses ?? [];
  const guests = [...new Set(pauses.flatMap(({ guest, paused }) => [guest, paused]))].sort((a, b) => a - b);
  if (guests.length < 2) return undefined;
  const names = guests.map((guest) => `guest ${guest}`);
  const most = Math.max(Math.log(1.05), ...pauses.map(({ ratio }) => Math.abs(Math.log(ratio))));
  const words = (ratio: number): string =>
    renderLift({ estimate: ratio, low: ratio, high: ratio }).replace(/ \(.*/, '');
  const at = (guest: number, paused: number): number | undefined =>
    pauses.find((one) => one.guest === guest && one.paused === paused)?.ratio;
  return {
    name: 'neighbours',
    title: 'What the pause of one guest gives each other',
    legend:
      'A column is the guest that was paused, a row the one that gained (orange, the more the darker) or lost (blue). A column that stands out is a noisy neighbour.',
    alt: `Gain of each guest by the pause of each other, ${guests.length} by ${guests.length}.`,
    table: {
      head: ['', ...names.map((name) => `${name} paused`)],
      rows: guests.map((guest, i) => [
        names[i] ?? '',
        ...guests.map((paused) => {
          const ratio = at(guest, paused);
          return ratio === undefined ? '-' : words(ratio);
        }),
      ]),
    },
    heightAt: () => guests.length * cellPx + 70,
    option: (look) => {
      const { network, media, text } = look.colours;
      const hasFigures = guests.length <= (look.widthPx < 500 ? mostWithFigures / 2 : mostWithFigures);
      return {
        grid: grid(8),
        xAxis: xAxis({ name: 'paused', kind: 'category', data: names }, look),
        yAxis: yAxis({ name: '', kind: 'category', data: names, inverse: true }, look),
        series: [
          {
            type: 'custom',
            data: pauses.map(({ guest, paused, ratio }) => [guests.indexOf(paused), guests.indexOf(guest), ratio]),
            renderItem: (_: unknown, api: DrawingApi) => {
              const [x, y] = api.coord([api.value(0), api.value(1)]);
              const [width, height] = api.size([1, 1]);
              const ratio = api.value(2);
              const share = Math.min(1, Math.abs(Math.log(ratio)) / most);
              const shape = { x: x - width / 2 + 1, y: y - height / 2 + 1, width: width - 2, height: height - 2 };
              const style = { fill: ratio >= 1 ? network : media, opacity: 0.08 + 0.62 * share };
              const figure = {
                text: words(ratio),
                fill: text,
                ...font,
                align: 'center',
                verticalAlign: 'middle',
              };
              return {
                type: 'group',
                children: [
                  { type: 'rect', shape, style },
                  ...(hasFigures ? [{ type: 'text', x, y, style: figure }] : []),
                ],
              };
            },
          },
        ],
      };
    },
  };
};
