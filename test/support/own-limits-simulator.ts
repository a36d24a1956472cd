// Guests in a closed loop under limits of their own, on a stack of known latencies: the slices that a run would have.

import type { SliceRecord } from '../../agent/records/slice.ts';
import type { Layer } from '../../agent/lib/layer.ts';
import { everyArm } from '../../agent/lib/arm.ts';
import { seededRandom } from '../../agent/lib/random.ts';

export interface OwnHost {
  /** What each layer adds to an I/O as deployed, and what is left of it as the stub, ms. */
  readonly layers: Partial<Readonly<Record<Layer, readonly [deployedMs: number, stubMs: number]>>>;
  /** I/Os a second that each guest is held to; undefined: to none. */
  readonly most: readonly (number | undefined)[];
  readonly depth: number;
  /** `waits`: what exceeds the rate waits above the stack, in flight, as in io.max; `asks`: it is not asked for, as with fio's rate. */
  readonly how: 'waits' | 'asks';
  /** Deviation of the stack's latency from slice to slice, a share. */
  readonly noise: number;
  readonly seed: number;
  readonly blocks: number;
}

export function simulateOwn(host: OwnHost): readonly SliceRecord[] {
  const random = seededRandom(host.seed);
  const layers = Object.keys(host.layers) as Layer[];
  const arms = everyArm(layers).filter(({ stubbed }) => stubbed.length < 2 || stubbed.length === layers.length);
  const order = [...arms.slice(0, 1), ...arms];
  return Array.from({ length: host.blocks * order.length }, (_, seq): SliceRecord => {
    const arm = order[seq % order.length] ?? { id: 'baseline', stubbed: [] };
    let throughMs = 0;
    const noisy = 1 + host.noise * gaussian(random);
    const junctions = layers.map((layer) => {
      const [deployed, stub] = host.layers[layer] ?? [0, 0];
      throughMs += (arm.stubbed.includes(layer) ? stub : deployed) * Math.max(0.2, noisy);
      return { layer, guest: 0, iosPerSecond: 1, bytesPerSecond: 1, meanLatencyNs: throughMs * 1e6 };
    });
    // Above the stack, in fio and the kernel.
    const overheadMs = 0.05;
    const guests = host.most.map((most, i) => {
      const free = (host.depth * 1000) / (throughMs + overheadMs);
      const rate = Math.min(free, most ?? Infinity);
      const isHeld = rate < free && host.how === 'waits';
      const latencyMs = isHeld ? (host.depth * 1000) / rate : throughMs + overheadMs;
      const ios = Math.round(rate * 3);
      const count = { ios, bytes: ios * 4096 };
      return {
        ...{ guest: i + 1, elapsedMs: 3000, ...count, errors: 0, meanLatencyNs: latencyMs * 1e6, useful: ios },
        ...{ objectiveNs: null, reads: count },
      };
    });
    return {
      ...{
        version: 1,
        seq,
        block: Math.floor(seq / order.length),
        arm: arm.id,
        switchMs: 1,
        voided: null,
        caveats: [],
      },
      startedAt: new Date(Date.UTC(2026, 0, 2) + seq * 4000).toISOString(),
      goodput: guests.reduce((sum, { ios }) => sum + ios / 3, 0),
      ...{ attainment: null, latencyNs: null, guests, junctions },
      measurements: { cpu: { busyPercent: 30 }, guests: { throttledPercent: 0, idlestGuestPercent: 20 } },
    };
  });
}

function gaussian(random: ReturnType<typeof seededRandom>): number {
  const uniform = (): number => (random.below(1_000_000) + 1) / 1_000_001;
  return Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}
