// Parts of the options of echarts that several plots share.

import type { Colours, Look } from './plot.ts';

/** Pixels of a character at the size of the labels, in wide letters such as those of DejaVu Sans. */
const charPx = 7.1;
export const fontPx = 12;
export const font = { fontFamily: 'system-ui, sans-serif', fontSize: fontPx } as const;

/** `1200`, `12k`, `1.5M`: short enough for an axis. */
export function shortCount(value: number): string {
  const [scaled, unit] = value >= 1e6 ? [value / 1e6, 'M'] : value >= 1e4 ? [value / 1e3, 'k'] : [value, ''];
  return `${Number(scaled.toPrecision(3))}${unit}`;
}

/** `250 us`, `1.5 ms`. */
export function shortTime(ns: number): string {
  if (ns === 0) return '0';
  const [scaled, unit] = ns >= 1e9 ? [ns / 1e9, 's'] : ns >= 1e6 ? [ns / 1e6, 'ms'] : [ns / 1e3, 'us'];
  return `${Number(scaled.toPrecision(3))} ${unit}`;
}

export function textWidth(text: string): number {
  return text.length * charPx;
}

export interface Axis {
  readonly name: string;
  readonly kind: 'value' | 'log' | 'category';
  readonly format?: (value: number) => string;
  readonly min?: number;
  readonly max?: number;
  readonly data?: readonly string[];
  readonly inverse?: boolean;
  /** Whether the ends of the scale have labels, which may be no round figures. */
  readonly ends?: boolean;
}

function axisOf(axis: Axis, { text, faint }: Colours): object {
  const { name, kind, format, min, max, data, inverse = false, ends = true } = axis;
  return {
    ...{ type: kind, inverse, scale: true, nameTextStyle: { color: text, fontSize: fontPx } },
    ...(name === '' ? {} : { name }),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(data ? { data } : {}),
    axisLabel: {
      ...{ color: text, fontSize: fontPx, hideOverlap: true },
      ...(format ? { formatter: format } : {}),
      ...(ends ? {} : { showMinLabel: false, showMaxLabel: false }),
    },
    axisLine: { show: true, lineStyle: { color: faint } },
    axisTick: { lineStyle: { color: faint }, alignWithLabel: true },
    splitLine: { show: kind !== 'category', lineStyle: { color: faint, opacity: 0.25 } },
    minorSplitLine: { show: false },
  };
}

export function xAxis(axis: Axis, look: Look): object {
  const splits = look.widthPx < 500 ? { splitNumber: 4 } : {};
  return { ...axisOf(axis, look.colours), nameLocation: 'middle', nameGap: 28, ...splits };
}

/** Its name stands above it, where it is not turned. */
export function yAxis(axis: Axis, look: Look): object {
  const { text } = look.colours;
  return {
    ...axisOf(axis, look.colours),
    nameLocation: axis.inverse === true ? 'start' : 'end',
    nameTextStyle: { color: text, fontSize: fontPx, align: 'left', padding: [0, 0, 0, -40] },
  };
}

/** Lines that the legend takes. */
export function legendLines(names: readonly string[], widthPx: number): number {
  let [lines, used] = [1, 0];
  for (const name of names) {
    const own = textWidth(name) + 44;
    if (used > 0 && used + own > widthPx - 20) [lines, used] = [lines + 1, 0];
    used += own;
  }
  return lines;
}

export const legendLinePx = 24;

export function legend(names: readonly string[], { colours, widthPx }: Look): object {
  return {
    ...{ data: names, top: 0, left: 0, width: widthPx - 10, selectedMode: false, itemGap: 14, itemWidth: 18 },
    ...{ itemHeight: 10, textStyle: { color: colours.text, fontSize: fontPx }, inactiveColor: colours.faint },
  };
}

/** A scale of logarithms once the figures are so far apart that the small ones would lie on the axis. */
export function scaleFor(values: readonly number[]): 'value' | 'log' {
  const least = Math.min(...values);
  return least > 0 && Math.max(...values) > 8 * least ? 'log' : 'value';
}

/** Labels and names of the axes lie within. */
export function grid(topPx: number): object {
  return { left: 4, right: 14, top: topPx, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'all' };
}
