// Progress on stderr: one live line on a terminal, one line a phase and a block otherwise.

import type { Analysis } from '../../analysis/verdict/analyse.ts';
import type { Pace, Progress } from '../../experiment/progress.ts';
import { etaLine } from '../../report/words/outlook.ts';
import { renderCount } from '../../lib/units.ts';

export interface ShownProgress extends Progress {
  /** Clears the live line, so that results follow cleanly. */
  readonly end: () => void;
}

/** The library that redraws a line is loaded where there is a terminal alone. */
export async function showProgress(options: { quiet: boolean; terminal: boolean }): Promise<ShownProgress> {
  if (options.quiet)
    return { phase: ignore, told: ignore, sliceBegins: ignore, sliceEnds: ignore, standing: ignore, end: ignore };
  return options.terminal ? onTerminal() : asLines();
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

async function onTerminal(): Promise<ShownProgress> {
  const { createLogUpdate } = await import('log-update');
  const update = createLogUpdate(process.stderr);
  let standing = '';
  const show = (text: string): void => update(standing ? `${text}\n  so far: ${standing}` : text);
  return {
    phase: show,
    told: (text) => update.persist(text),
    sliceBegins: ({ seq, arm, block, of }) =>
      show(`slice ${seq + 1} of at most ${of}, block ${block + 1}: measuring ${arm}`),
    sliceEnds: ({ arm, goodput }) => show(`${arm}: ${renderCount(goodput)} I/Os a second`),
    standing: (analysis, pace) => {
      standing = [standingOf(analysis), promiseOf(analysis, pace) ?? []].flat().join('\n  ');
    },
    end: () => update.clear(),
  };
}

function standingOf({ arms, verdict }: Analysis): string {
  const lifts = arms
    .filter(({ lift }) => lift !== undefined)
    .map(({ arm, lift }) => `${arm} ${(lift?.estimate ?? 1).toFixed(2)}x`);
  const settled = verdict.kind === 'inconclusive' ? 'not settled yet' : verdict.kind;
  return `${lifts.join(', ') || 'baseline only'} (${settled})`;
}

/** Says what can be proven by when, while nothing is decided and the noise is known: from the first look on. */
function promiseOf({ decided, outlook, blocks, slices }: Analysis, pace: Pace): string | undefined {
  return decided || !outlook || blocks < 2 ? undefined : etaLine(outlook, { slices, ...pace });
}

function ignore(): void {
  // Nothing to show.
}
