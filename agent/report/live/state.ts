// What a live screen shows of a run that goes on: told by the run itself, or read from its folder.

import type { Analysis } from '../../analysis/verdict/analyse.ts';
import { parseArm } from '../../lib/arm.ts';
import type { Layer } from '../../lib/layer.ts';
import { type Plan, sliceDurationMs } from '../../plan/plan.ts';

export interface LiveState {
  readonly run: string;
  readonly profile: string;
  readonly guests: number;
  /** Bottom to top, with the provider that is deployed. */
  readonly stack: readonly { readonly layer: Layer; readonly provider: string }[];
  /** The smallest lift that matters, a ratio. */
  readonly minimumLift: number;
  /** What the run does now, in words. */
  readonly phase: string;
  /** The slice that is being measured; left out: none is. */
  readonly measuring?: LiveArm | undefined;
  readonly budgetSlices: number;
  readonly secondsPerSlice: number;
  /** Oldest first. */
  readonly slices: readonly LiveSlice[];
  /** After the last block; left out: there was none. */
  readonly analysis?: Analysis;
  /** The verdict, once it is proven. */
  readonly verdict?: string;
  /** How the run ended; left out: it goes on. */
  readonly ended?: string;
  /** Milliseconds since it began. */
  readonly elapsedMs: number;
}

export interface LiveArm {
  readonly seq: number;
  readonly block: number;
  readonly arm: string;
  readonly stubbed: readonly Layer[];
}

export interface LiveSlice {
  readonly arm: string;
  readonly goodput: number;
  readonly counts: boolean;
}

/** At its start. */
export function liveStateOf(run: string, plan: Plan): LiveState {
  const { profile, design } = plan;
  return {
    ...{ run, profile: profile.name, guests: profile.guests.length, phase: '', slices: [], elapsedMs: 0 },
    stack: profile.stack.map(({ layer, deployed }) => ({ layer, provider: deployed.provider })),
    minimumLift: Math.exp(design.delta),
    budgetSlices: design.budgetSlices,
    secondsPerSlice: sliceDurationMs(plan) / 1000,
  };
}

export function liveArm({ seq, block, arm }: Omit<LiveArm, 'stubbed'>, { design }: Pick<Plan, 'design'>): LiveArm {
  return { seq, block, arm, stubbed: parseArm(arm, design.layers)?.stubbed ?? [] };
}
