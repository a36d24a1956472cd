// Progress on stderr: a live screen on a terminal, one line a phase and a block otherwise.

import type { Analysis } from '../../analysis/verdict/analyse.ts';
import type { Pace, Progress } from '../../experiment/progress.ts';
import type { Plan } from '../../plan/plan.ts';
import { liveArm, type LiveState, liveStateOf } from '../../report/live/state.ts';
import { etaLine } from '../../report/words/outlook.ts';
import { renderCount } from '../../lib/units.ts';
import { openScreen } from './screen.ts';

export interface ShownProgress extends Progress {
  /** Clears the live line, so that results follow cleanly. */
  readonly end: () => void;
}

/** The run that is shown. */
export interface About {
  readonly run: string;
  readonly plan: Plan;
}

export async function showProgress(options: About & { quiet: boolean; terminal: boolean }): Promise<ShownProgress> {
  if (options.quiet)
    return { phase: ignore, told: ignore, sliceBegins: ignore, sliceEnds: ignore, standing: ignore, end: ignore };
  return options.terminal ? onTerminal(options) : asLines();
}

function asLines(): ShownProgress {
  const started = performance.now();
  const line = (text: string): void => {
    const seconds = ((performance.now() - started) / 1000).toFixed(1).padStart(6);
    process.stderr.write(`[${seconds} s] ${text}\n`);
  };
  let slices: string[] = [];
  let block = 0;
  let promised = false;
  return {
    phase: line,
    told: line,
    sliceBegins: (slice) => {
      block = slice.block;
    },
    sliceEnds: ({ arm, goodput }) => {
      slices.push(`${arm} ${renderCount(goodput)}`);
    },
    standing: (analysis, pace) => {
      line(`block ${block + 1}, I/Os a second: ${slices.join(', ')}`);
      slices = [];
      line(`  so far: ${standingOf(analysis)}`);
      const promise = promised ? undefined : promiseOf(analysis, pace);
      if (promise) line(`  ${promise}`);
      promised ||= promise !== undefined;
    },
    end: ignore,
  };
}

async function onTerminal({ run, plan }: About): Promise<ShownProgress> {
  const screen = await openScreen(process.stderr);
  const started = performance.now();
  let state = liveStateOf(run, plan);
  // Drawn at what happens alone: between two borders of a slice nothing of ours is to run.
  const show = (changes: Partial<LiveState>): void => {
    state = { ...state, ...changes, elapsedMs: performance.now() - started };
    screen.show(state);
  };
  return {
    phase: (phase) => show({ phase, measuring: undefined }),
    told: screen.keep,
    sliceBegins: ({ seq, arm, block, of }) => show({ measuring: liveArm({ seq, arm, block }, plan), budgetSlices: of }),
    sliceEnds: ({ arm, goodput, voided }) =>
      show({ slices: [...state.slices, { arm, goodput, counts: voided === null }] }),
    standing: (analysis, { budgetSlices, secondsPerSlice }) => show({ analysis, budgetSlices, secondsPerSlice }),
    end: screen.clear,
  };
}

function standingOf({ arms, verdict }: Analysis): string {
  const lifts = arms
    .filter(({ lift }) => lift !== undefined)
    .map(({ arm, lift }) => `${arm} ${(lift?.estimate ?? 1).toFixed(2)}x`);
  const settled = verdict.kind === 'inconclusive' ? 'not settled yet' : verdict.kind;
  return `${lifts.join(', ') || 'baseline only'} (${settled})`;
}

/** What can be proven by when, while nothing is decided and the noise is known: from the first look on. */
function promiseOf({ decided, outlook, blocks, slices }: Analysis, pace: Pace): string | undefined {
  return decided || !outlook || blocks < 2 ? undefined : etaLine(outlook, { slices, ...pace });
}

function ignore(): void {
  // Nothing to show.
}
