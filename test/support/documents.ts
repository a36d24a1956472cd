// Small runs by hand: fixed slices through the real analysis, so that a document is what a run would give.

import { analyse } from '../../agent/analysis/verdict/analyse.ts';
import { defaultDesign } from '../../agent/analysis/verdict/design.ts';
import type { NeighboursFindings } from '../../agent/analysis/neighbours/findings.ts';
import type { SliceRecord } from '../../agent/records/slice.ts';
import { parseArm } from '../../agent/lib/arm.ts';
import type { Layer } from '../../agent/lib/layer.ts';
import { type Plan, usualAims } from '../../agent/plan/plan.ts';
import type { LayerChoice } from '../../agent/profile/profile.ts';
import { buildDocument, type ReportDocument, type ReportInput } from '../../agent/report/document/document.ts';

const providers: Readonly<Record<Layer, readonly [string, string]>> = {
  media: ['model', 'null_blk'],
  network: ['nvme-tcp-netns', 'nvme-tcp-loopback'],
  blockstack: ['dm', 'linear'],
  ring: ['tcm-loop', 'direct'],
};

/** What each layer adds as deployed, microseconds. */
const latencyUs: Readonly<Record<Layer, number>> = { media: 100, network: 4000, blockstack: 60, ring: 30 };

export interface Run {
  readonly layers: readonly Layer[];
  /** Goodput by the stubbed layers. */
  readonly goodput: (stubbed: readonly Layer[]) => number;
  /** Largest deviation of a slice, a share. */
  readonly wobble: number;
  readonly blocks: number;
  /** Each block holds all stubs but one as well. */
  readonly alone?: true;
  readonly input?: Partial<ReportInput>;
}

export function planOf(layers: readonly Layer[], budgetSlices = 150): Plan {
  const stack = layers.map((layer): LayerChoice => {
    const [deployed, stub] = providers[layer];
    return { layer, deployed: { provider: deployed, settings: {} }, stub: { provider: stub, settings: {} } };
  });
  return {
    version: 1,
    profile: {
      guest: 'cgroup',
      version: 1,
      name: 'slow-network',
      question: 'Is it the network that holds the guests back?',
      guests: [{}, {}],
      workload: { rw: 'randread', bs: 4096, iodepth: 8, ioengine: 'libaio' },
      stack,
      experiment: { settle: 1e9, measure: 3e9, budget: 600e9, minimumLift: 5 },
    },
    geometry: { sectors: 2 ** 21, blockBytes: 512 },
    aims: usualAims,
    design: defaultDesign(layers, { budgetSlices }),
    seed: 7,
    cold: false,
    settleMs: 1000,
    measureMs: 3000,
    budgetMs: 600_000,
    open: [],
  };
}

/** Blocks of two baselines, every single stub and all stubs. */
export function slicesOf({ layers, goodput, wobble, blocks, alone }: Omit<Run, 'input'>): readonly SliceRecord[] {
  const allButOne = alone ? layers.map((layer) => `only-${layer}`) : [];
  const arms = [...new Set(['baseline', ...layers.map((layer) => `stub-${layer}`), 'all-stub', ...allButOne])];
  const once = ['baseline', ...arms];
  return Array.from({ length: blocks * once.length }, (_, seq) => {
    const arm = parseArm(once[seq % once.length] ?? '', layers) ?? { id: 'baseline', stubbed: [] };
    const rate = goodput(arm.stubbed) * (1 + wobble * Math.sin(3 * seq + 1));
    return sliceOf({ seq, block: Math.floor(seq / once.length), arm: arm.id, rate, layers, stubbed: arm.stubbed });
  });
}

function sliceOf(slice: {
  seq: number;
  block: number;
  arm: string;
  rate: number;
  layers: readonly Layer[];
  stubbed: readonly Layer[];
}): SliceRecord {
  const { seq, block, arm, rate, layers, stubbed } = slice;
  let throughUs = 0;
  const junctions = layers.map((layer) => {
    throughUs += stubbed.includes(layer) ? 1 : latencyUs[layer];
    return { layer, guest: 0, iosPerSecond: rate, bytesPerSecond: rate * 4096, meanLatencyNs: throughUs * 1000 };
  });
  return {
    version: 1,
    seq,
    block,
    arm,
    startedAt: new Date(Date.UTC(2026, 0, 2, 3, 4, 5) + seq * 4500).toISOString(),
    switchMs: 12,
    goodput: rate,
    attainment: null,
    latencyNs: null,
    guests: [1, 2].map((guest) => ({
      guest,
      elapsedMs: 3000,
      ios: Math.round(rate * (guest === 1 ? 2 : 1)),
      bytes: Math.round(rate * (guest === 1 ? 2 : 1)) * 4096,
      errors: 0,
      meanLatencyNs: (throughUs + 10) * 1000,
      useful: Math.round(rate * (guest === 1 ? 2 : 1)),
      objectiveNs: null,
    })),
    junctions,
    measurements: { agent: { cpuPercent: 1.5, residentBytes: 90 * 2 ** 20 } },
    caveats: seq % 5 === 0 ? [{ kind: 'counts-disagree' as const, apartPercent: seq + 2.5 }] : [],
    voided: null,
  };
}

export function documentOf(run: Run): ReportDocument {
  return buildDocument(inputOf(run));
}

export function inputOf({ input, ...run }: Run): ReportInput {
  const plan = input?.plan ?? planOf(run.layers);
  const slices = slicesOf(run);
  const analysis = analyse(plan.design, slices);
  const name = analysis.verdict.kind === 'inconclusive' ? 'inconclusive' : 'ok';
  return {
    run: '20260102-030400-ab12',
    version: '0.1.0',
    startedAt: '2026-01-02T03:04:00.000Z',
    endedAt: '2026-01-02T03:05:30.000Z',
    plan,
    host: { kernel: '6.12.0', cpus: 2 },
    slices,
    analysis,
    caveats: [{ kind: 'note', text: 'the host runs in a virtual machine' }],
    exit: name,
    folder: 'runs/20260102-030400-ab12',
    ...input,
  };
}

const stack: readonly Layer[] = ['media', 'network', 'blockstack'];

export const runs = {
  lever: {
    layers: stack,
    wobble: 0.01,
    blocks: 2,
    goodput: (stubbed) => 4000 * (stubbed.includes('network') ? 3.9 : 1) * (stubbed.includes('media') ? 1.02 : 1),
    input: { plan: { ...planOf(stack), open: ['ring has no stub: a limit in it shows as no lift of the others'] } },
  },
  none: { layers: stack, wobble: 0.005, blocks: 2, alone: true, goodput: () => 52_000 },
  inconclusive: {
    layers: stack,
    wobble: 0.08,
    blocks: 4,
    goodput: (stubbed) => 9000 * 1.08 ** stubbed.length,
    input: { plan: planOf(stack, 26) },
  },
} as const satisfies Record<string, Run>;

/** Four guests, of whom the third is noisy. */
export const noisyNeighbour = {
  kind: 'measured',
  slices: 34,
  blocks: 4,
  guests: [1, 2, 3, 4].map((guest) => ({
    guest,
    alone: 52_000,
    together: guest === 3 ? 13_000 : 9_800,
    slowdown: guest === 3 ? { estimate: 4, low: 3.7, high: 4.3 } : { estimate: 5.3, low: 4.9, high: 5.7 },
  })),
  summary: {
    guests: 4,
    worst: { guest: 1, slowdown: 5.3 },
    meanSlowdown: 4.94,
    fairness: 0.985,
    throughput: 0.816,
    turnaround: 4.975,
  },
  scaling: [
    { guests: 1, goodput: 52_000, efficiency: 1 },
    { guests: 2, goodput: 52_100, efficiency: 0.501 },
    { guests: 4, goodput: 42_400, efficiency: 0.204 },
  ],
  neighbour: { kind: 'neighbour', guest: 3, costsOthers: { estimate: 0.24, low: 0.19, high: 0.29 }, also: [] },
} as const satisfies NeighboursFindings;

export const neighbours: Run = { ...runs.none, input: { neighbours: noisyNeighbour } };

/** Everything was measured: caps, and what each guest does to each other. */
export const full: Run = {
  ...runs.none,
  input: {
    neighbours: noisyNeighbour,
    caps: {
      guests: 4,
      depths: [32, 32, 32, 32],
      knobs: [],
      findings: {
        ...{ delayNs: 25.6e6, offered: 256, points: 12 },
        stack: { kind: 'cap', size: { estimate: 64, low: 61, high: 67 }, scope: 'host-wide', load: 0, delay: -1 },
        layers: [
          { layer: 'network', limit: { kind: 'open', upTo: 256 } },
          {
            layer: 'blockstack',
            limit: { kind: 'cap', size: { estimate: 64, low: 61, high: 66 }, scope: 'host-wide', load: 0, delay: -1 },
          },
        ],
      },
    },
    series: {
      slices: slicesOf(runs.none).map((slice, i) => ({
        ...slice,
        guests: slice.guests.map((guest) => ({
          ...guest,
          latencyNs: { p1: 1e6, p25: 3e6, p50: 4e6, p75: 5e6, p99: 2e7 * guest.guest },
        })),
        voided: i === 5 ? [{ kind: 'paused' as const }] : null,
      })),
      rechecked: [],
      caps: { delayNs: 25.6e6, points: capPoints() },
      neighbours: { guests: 4, observations: pausesOfNoisy() },
    },
  },
};

/** The layer of the block stack holds 64 at a time. */
function capPoints(): NonNullable<NonNullable<ReportInput['series']>['caps']>['points'] {
  return (['nothing', 'network', 'blockstack', 'stack'] as const).flatMap((subject, visit) =>
    (['full', 'half'] as const).flatMap((delay) =>
      [4, 8, 16, 32, 64].map((depth) => {
        const served = Math.min(4 * depth, subject === 'blockstack' || subject === 'stack' ? 64 : Infinity);
        const goodput = served / (delay === 'full' ? 0.0256 : 0.0128);
        return { visit, depth, subject, delay, guests: 4, goodput };
      }),
    ),
  );
}

/** With guest 3 paused the others get a third more. */
function pausesOfNoisy(): NonNullable<NonNullable<ReportInput['series']>['neighbours']>['observations'] {
  const guests = [1, 2, 3, 4];
  const all = { block: 0, running: guests, goodput: guests.map((guest) => ({ guest, goodput: 1000 })) };
  return [
    all,
    ...guests.map((paused) => {
      const running = guests.filter((guest) => guest !== paused);
      return { block: 0, running, goodput: running.map((guest) => ({ guest, goodput: paused === 3 ? 1330 : 1010 })) };
    }),
  ];
}
