// Planted bottlenecks with a known truth: goodput of every arm without noise, and the verdict that is right.

import { layers, type Layer } from '../../agent/lib/layer.ts';
import type { Verdict } from '../../agent/analysis/verdict/verdict.ts';

export interface Scenario {
  /** Goodput (thousands a second) with `stubbed` layers stubbed. */
  readonly goodput: (stubbed: readonly Layer[]) => number;
  /** Every verdict that is right. */
  readonly right: readonly Truth[];
  /** Verdicts that are true but less than what is planted: neither right nor wrong. */
  readonly tolerated?: readonly Truth[];
}

export interface Truth {
  readonly kind: Verdict['kind'];
  readonly layers: readonly Layer[];
}

type Sets = readonly (readonly Layer[])[];

const none: readonly Truth[] = [{ kind: 'none', layers: [] }];

export const scenarios = {
  none: { goodput: () => 250, right: none },
  hurts_none: { goodput: (stubbed) => 250 * slowed(stubbed), right: none },
  aa_small3: { goodput: (stubbed) => (stubbed.includes('media') ? 257.25 : 250), right: none },
  edge6: { goodput: (stubbed) => (stubbed.includes('media') ? 265 : 250), right: levers('media') },
  media_big: { goodput: capacity({ media: 100 }), right: levers('media') },
  network_big: { goodput: capacity({ network: 100 }), right: levers('network') },
  blockstack_big: { goodput: capacity({ blockstack: 100 }), right: levers('blockstack') },
  ring_big: { goodput: capacity({ ring: 100 }), right: levers('ring') },
  stub_hurts: {
    goodput: (stubbed) => capacity({ media: 100 })(stubbed) * slowed(stubbed),
    right: levers('media'),
  },
  lever_then: {
    goodput: capacity({ ring: 100, network: 160, media: 240 }, 400),
    right: levers('ring'),
    tolerated: masks(['network', 'ring']),
  },
  net_25: {
    goodput: capacity({ network: 100, media: 126 }),
    right: [...levers('network'), ...masks(['media', 'network'])],
  },
  net_10: {
    goodput: capacity({ network: 100, media: 112 }),
    right: [...levers('network'), ...masks(['media', 'network'])],
  },
  lever15: {
    goodput: capacity({ network: 100, media: 115 }, 400),
    right: [...levers('network'), ...masks(['media', 'network'])],
  },
  lat_60_40: { goodput: latency({ network: 1, media: 1.5, ring: 0.01, blockstack: 0.015 }), right: levers('media') },
  lat_tie: {
    goodput: latency({ network: 1.2, media: 1.2, ring: 0.01, blockstack: 0.015 }),
    right: [{ kind: 'tie', layers: ['media', 'network'] }],
    tolerated: levers('media', 'network'),
  },
  cap_lat: {
    goodput: lifted(51, { r: 289.9, b: 1, n: 8.7, m: 390.5, rb: 293.4, rn: 320.7, bn: 9.8, rbn: 324.6, rest: 390.5 }),
    right: levers('media'),
  },
  series_3_low: { goodput: series({ media: 1, network: 1, ring: 1 }, 0.2), right: ties('media', 'network', 'ring') },
  series_3_high: { goodput: series({ media: 1, network: 1, ring: 1 }, 1), right: ties('media', 'network', 'ring') },
  series_4_low: { goodput: series({ media: 1, network: 1, blockstack: 1, ring: 1 }, 0.2), right: ties(...layers) },
  series_4_high: { goodput: series({ media: 1, network: 1, blockstack: 1, ring: 1 }, 1), right: ties(...layers) },
  series_2_low: { goodput: series({ media: 1, network: 1 }, 0.2), right: ties('media', 'network') },
  series_40_30_20_10: {
    goodput: series({ media: 40, network: 30, blockstack: 20, ring: 10 }, 0.5),
    right: levers('media'),
  },
  series_60_40_fast: { goodput: series({ media: 0.6, network: 0.4 }, 0.01), right: levers('media') },
  lift_20: { goodput: capacity({ media: 100 }, 120), right: levers('media') },
  lift_15: { goodput: capacity({ media: 100 }, 115), right: levers('media') },
  lift_8: { goodput: capacity({ media: 100 }, 108), right: levers('media') },
  lift_50: { goodput: capacity({ media: 100 }, 150), right: levers('media') },
  /** Media and network hide one another, and the stub of the block stack passes no more than a rate just above theirs. */
  mask_behind_stub: {
    goodput: (stubbed) =>
      Math.min(capacity({ network: 100, media: 100 })(stubbed), stubbed.includes('blockstack') ? 98 : 250),
    right: masks(['media', 'network']),
  },
  mask_pair: { goodput: capacity({ network: 100, media: 100 }), right: masks(['media', 'network']) },
  mask_near: { goodput: capacity({ blockstack: 104, media: 100 }), right: masks(['media', 'blockstack']) },
  mask_trip: {
    goodput: capacity({ media: 100, network: 100, blockstack: 100 }),
    right: masks(['media', 'network', 'blockstack']),
  },
  mask_quad: {
    goodput: capacity({ media: 100, network: 100, blockstack: 100, ring: 100 }),
    right: masks(['media', 'network', 'blockstack', 'ring']),
  },
  mask_hurts: {
    goodput: (stubbed) => capacity({ network: 100, media: 100 })(stubbed) * slowed(stubbed),
    right: masks(['media', 'network']),
  },
  mask_small: { goodput: capacity({ network: 100, media: 100 }, 130), right: masks(['media', 'network']) },
  mask_ebs: {
    goodput: lifted(91.7, {
      r: 13.4,
      b: 1.3,
      n: 13.4,
      m: 16.5,
      rb: 13.4,
      rn: 13.4,
      bn: 13.4,
      bm: 18.9,
      rbn: 13.4,
      rest: 172.7,
    }),
    right: masks(['media', 'ring'], ['media', 'network']),
    // Each of them does lift by 13 to 17 % by itself.
    tolerated: [...ties('media', 'network', 'ring'), ...ties('media', 'network'), ...ties('media', 'ring')],
  },
} as const satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof scenarios;

function levers(...layers: readonly Layer[]): readonly Truth[] {
  return layers.map((layer) => ({ kind: 'lever', layers: [layer] }));
}

function ties(...some: readonly Layer[]): readonly Truth[] {
  return [{ kind: 'tie', layers: some }];
}

function masks(...sets: Sets): readonly Truth[] {
  return sets.map((layers) => ({ kind: 'masked', layers }));
}

/** The slowest deployed layer rules. */
function capacity(limits: Partial<Record<Layer, number>>, ceiling = 250): Scenario['goodput'] {
  return (stubbed) => Math.min(ceiling, ...deployed(limits, stubbed));
}

/** 256 I/Os in flight through delays (ms) in series: goodput by Little's law, below a ceiling. */
function latency(delays: Record<Layer, number>): Scenario['goodput'] {
  return (stubbed) => Math.min(400, 256 / deployed(delays, stubbed).reduce((total, delay) => total + delay, 0));
}

/** A closed loop through layers whose latencies add up, and `rest` that no stub saves: goodput is the I/Os in flight over the sum. */
function series(delays: Partial<Record<Layer, number>>, rest: number): Scenario['goodput'] {
  return (stubbed) => 100 / deployed(delays, stubbed).reduce((total, delay) => total + delay, rest);
}

function deployed(costs: Partial<Record<Layer, number>>, stubbed: readonly Layer[]): readonly number[] {
  return Object.entries(costs).flatMap(([layer, cost]) => (stubbed.some((stub) => stub === layer) ? [] : [cost]));
}

/** A table of exact lifts in % by the initials of the stubbed layers in the order r, b, n, m; `rest` for all others. */
function lifted(
  base: number,
  percents: Readonly<Record<string, number>> & { readonly rest: number },
): Scenario['goodput'] {
  return (stubbed) => {
    const key = (['ring', 'blockstack', 'network', 'media'] as const)
      .filter((layer) => stubbed.includes(layer))
      .map((layer) => layer.charAt(0))
      .join('');
    return key === '' ? base : base * (1 + (percents[key] ?? percents.rest) / 100);
  };
}

/** The ring's stub costs 15 %: lost batching. */
function slowed(stubbed: readonly Layer[]): number {
  return stubbed.includes('ring') ? 0.85 : 1;
}
