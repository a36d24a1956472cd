// Colours that people who are colour-blind tell apart (Okabe and Ito, "Color Universal Design", 2008), with a form for each, so
// that nothing is told by colour alone.

import { baselineId, allStubId } from '../../lib/arm.ts';
import { type Layer, layers } from '../../lib/layer.ts';
import type { Colours } from './plot.ts';

/** On white paper. */
export const light: Colours = {
  text: '#1b1f24',
  faint: '#8c959f',
  paper: '#ffffff',
  media: '#0072b2',
  network: '#b86e00',
  blockstack: '#00805f',
  ring: '#b0477f',
  all: '#5c6670',
};

export const dark: Colours = {
  text: '#e6edf3',
  faint: '#6e7681',
  paper: '#0d1117',
  media: '#56b4e9',
  network: '#e69f00',
  blockstack: '#2bc49b',
  ring: '#e29bc6',
  all: '#a8b3bf',
};

/** The colours are those of the page that the plot is in. */
export const ofPage = Object.fromEntries(Object.keys(light).map((name) => [name, `var(--${name})`])) as {
  readonly [K in keyof Colours]: string;
};

/** Declarations of CSS for `ofPage`. */
export function asVariables(colours: Colours): string {
  return Object.entries(colours)
    .map(([name, colour]) => `--${name}: ${colour};`)
    .join(' ');
}

/** With five points. */
const star = 'path://M5,0 L6.4,3.4 L10,3.7 L7.3,6.1 L8.1,9.7 L5,7.8 L1.9,9.7 L2.7,6.1 L0,3.7 L3.6,3.4 Z';

export interface ArmStyle {
  readonly colour: string;
  readonly symbol: string;
  /** Outlined, not filled. */
  readonly hollow: boolean;
}

const symbols: Readonly<Record<Layer, string>> = {
  media: 'circle',
  network: 'triangle',
  blockstack: 'diamond',
  ring: 'rect',
};

/** A stub alone has the colour and form of its layer, all stubs but one are an outline in those of that one. */
export function styleOfArm(
  { arm, stubbed }: { readonly arm: string; readonly stubbed: readonly Layer[] },
  colours: Colours,
): ArmStyle {
  if (arm === baselineId) return { colour: colours.text, symbol: 'circle', hollow: true };
  if (arm === allStubId) return { colour: colours.all, symbol: star, hollow: false };
  const [first, ...others] = stubbed;
  if (first && others.length === 0) return { colour: colours[first], symbol: symbols[first], hollow: false };
  const kept = layers.find((layer) => arm === `only-${layer}`);
  if (kept) return { colour: colours[kept], symbol: symbols[kept], hollow: true };
  return { colour: colours.faint, symbol: 'arrow', hollow: false };
}

/** Fewer stubs first, then by layer. */
export function inOrder<T extends { readonly stubbed: readonly Layer[] }>(arms: readonly T[]): readonly T[] {
  const placeOf = ({ stubbed: [first] }: T): number => (first ? layers.indexOf(first) : -1);
  return [...arms].sort((a, b) => a.stubbed.length - b.stubbed.length || placeOf(a) - placeOf(b));
}

/** As readers of the report know it. */
export function nameOfArm(arm: string): string {
  return arm === baselineId ? 'as deployed' : arm;
}
