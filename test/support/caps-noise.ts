// What a hostile host does to the points of a cap probe, beside the noises of `simulator-noise.ts`: each is meant to make
// a limit look like none, or none like a limit.

import type { Chance, Noise } from './simulator-noise.ts';

type Maker = (cv: number, chance: Chance) => Noise;

export const hostileNoises = {
  /** Student's t with three degrees, of standard deviation `cv`: now and then a point is far out. */
  t3: (cv, chance) => () => (cv / Math.sqrt(3)) * studentT3(chance),
  /** White, and one point in twelve loses 65 %. */
  'deep dips':
    (cv, { normal, uniform }) =>
    () =>
      cv * normal() + (uniform() < 1 / 12 ? Math.log(0.35) : 0),
  /** White, and the host's speed jumps by 30 % up or down every 6 points or so. */
  shifts: (cv, { normal, uniform }) => {
    let level = 0;
    return () => {
      if (uniform() < 1 / 6) level = (uniform() < 0.5 ? 1 : -1) * Math.log(1.3) * uniform();
      return level + cv * normal();
    };
  },
  /** White, and one jump of 30 %, up or down, within the first two visits. */
  shift: (cv, { normal, uniform }) => {
    const at = Math.floor(uniform() * 26);
    const by = uniform() < 0.5 ? Math.log(0.7) : -Math.log(0.7);
    return ({ index }) => (index < at ? 0 : by) + cv * normal();
  },
  /** White, and goodput falls by 40 % over a probe. */
  slowing:
    (cv, { normal }) =>
    ({ index }) =>
      (Math.log(0.6) * index) / 45 + cv * normal(),
  /** Points correlated by 0.9. */
  'AR 0.9': (cv, { normal }) => {
    let last = cv * normal();
    return () => (last = 0.9 * last + cv * Math.sqrt(1 - 0.9 ** 2) * normal());
  },
} as const satisfies Record<string, Maker>;

export type HostileName = keyof typeof hostileNoises;

/** A normal over the root of a mean of three squares. */
function studentT3({ normal }: Chance): number {
  const squares = [normal(), normal(), normal()].map((value) => value ** 2);
  return normal() / Math.sqrt(squares.reduce((a, b) => a + b, 0) / 3);
}
