// Seeded noise for planted scenarios: what a host does to ln goodput of a slice beside the arm that it measures.

import { seededRandom, type Random } from '../../agent/lib/random.ts';

/** Where a slice stands: `index` counts slices over the whole run, each 4 s of wall time. */
export interface SliceAt {
  readonly index: number;
  /** Number of layers deployed in the arm, and whether the media is one of them. */
  readonly arm: string;
  readonly mediaDeployed: boolean;
}

/** ln goodput that the noise adds to a slice; slices must be asked in order. */
export type Noise = (at: SliceAt) => number;

/** `cv`: standard deviation of the part that is new in every slice. */
export type Maker = (cv: number, chance: Chance) => Noise;

export interface Chance {
  /** In (0, 1). */
  readonly uniform: () => number;
  /** Standard normal (Box-Muller transform). */
  readonly normal: () => number;
}

const sliceSeconds = 4;
const runSlices = 150;

export const noises = {
  /** White noise only. */
  iid: (cv, { normal }) => white(cv, normal),
  /** White, and goodput rises by 20 % over the budget. */
  linear: (cv, { normal }) => added(white(cv, normal), ({ index }) => (Math.log(1.2) * index) / runSlices),
  /** White, and goodput drops by 25 % at a random slice. */
  step: (cv, { normal, uniform }) => {
    const at = 2 + Math.floor(uniform() * 60);
    return added(white(cv, normal), ({ index }) => (index < at ? 0 : Math.log(0.75)));
  },
  /** Slow wander (Ornstein-Uhlenbeck, 10 %, 60 s) and slices correlated by 0.3: the host of the expected rates. */
  drifting: (cv, chance) => added(wander(0.1, 60, chance), autoregressive(cv, 0.3, chance)),
  /** White, and +-10 % with a period of 60 s. */
  periodic: (cv, { normal, uniform }) => {
    const phase = 2 * Math.PI * uniform();
    return added(white(cv, normal), ({ index }) => 0.1 * Math.sin(phase + (2 * Math.PI * index * sliceSeconds) / 60));
  },
  /** Slices correlated by 0.4. */
  ar: (cv, chance) => autoregressive(cv, 0.4, chance),
  /** White, and one slice in twenty loses 40 %. */
  dips: (cv, chance) => added(white(cv, chance.normal), dips(chance)),
  /** White, each arm with its own variance (lognormal factor, sd 0.5). */
  unequal: (cv, { normal }) => {
    const factors = new Map<string, number>();
    return ({ arm }) => {
      const factor = factors.get(arm) ?? Math.exp(0.5 * normal());
      factors.set(arm, factor);
      return cv * factor * normal();
    };
  },
  /** Student's t with three degrees of freedom, scaled to `cv`: one slice in fifty is beyond three standard deviations. */
  heavy: (cv, chance) => () => (cv * studentT3(chance)) / Math.sqrt(3),
  /** White, and the level of the whole host jumps by a tenth, up or down, after every 20 slices on average. */
  shifts: (cv, chance) => added(white(cv, chance.normal), jumps(0.1, 20, chance)),
  /** Slices correlated by 0.7. */
  correlated: (cv, chance) => autoregressive(cv, 0.7, chance),
  /** Drifting, with dips, and three times noisier while the media is deployed than with its stub. */
  dirty: (cv, chance) => {
    const slow = added(wander(0.1, 60, chance), dips(chance));
    const [real, stub] = [autoregressive(cv, 0.3, chance), autoregressive(cv / 3, 0.3, chance)];
    return (at) => slow(at) + (at.mediaDeployed ? real(at) : stub(at));
  },
} as const satisfies Record<string, Maker>;

export type NoiseName = keyof typeof noises;

/** Chance from a seed. Nearby seeds give unlike streams: the seed is spread and the generator's first values are dropped. */
export function chanceOf(seed: number): Chance {
  const random = spread(seed);
  const uniform = (): number => (random.below(1 << 30) + 0.5) / (1 << 30);
  return { uniform, normal: () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()) };
}

export function spread(seed: number): Random {
  const random = seededRandom(Math.imul(seed + 1, 0x9e3779b1));
  for (let i = 0; i < 16; i++) random.below(2);
  return random;
}

function white(cv: number, normal: () => number): Noise {
  return () => cv * normal();
}

function added(...parts: readonly Noise[]): Noise {
  return (at) => parts.reduce((total, part) => total + part(at), 0);
}

/** Stationary AR(1) with standard deviation `cv`. */
function autoregressive(cv: number, correlation: number, { normal }: Chance): Noise {
  let last = cv * normal();
  return () => (last = correlation * last + cv * Math.sqrt(1 - correlation ** 2) * normal());
}

/** Ornstein-Uhlenbeck process read once a slice: an AR(1) with correlation exp(-slice / tau). */
function wander(sd: number, tauSeconds: number, chance: Chance): Noise {
  return autoregressive(sd, Math.exp(-sliceSeconds / tauSeconds), chance);
}

/** A standard normal over the root of a mean of three squared ones. */
function studentT3({ normal }: Chance): number {
  return normal() / Math.sqrt((normal() ** 2 + normal() ** 2 + normal() ** 2) / 3);
}

/** A level that jumps by `step` (ln units) every `slices` slices on average. */
function jumps(step: number, slices: number, { uniform }: Chance): Noise {
  let level = 0;
  return () => {
    if (uniform() < 1 / slices) level += uniform() < 0.5 ? step : -step;
    return level;
  };
}

function dips({ uniform }: Chance): Noise {
  return () => (uniform() < 0.05 ? Math.log(0.6) : 0);
}
