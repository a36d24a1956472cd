// The experiment reports its progress here; the caller decides how to show it.

import type { Analysis } from '../analysis/verdict/analyse.ts';
import type { SliceRecord } from '../records/slice.ts';

export interface Progress {
  readonly phase: (text: string) => void;
  /** A line that stays in view: the verdict, once it is known. */
  readonly told: (text: string) => void;
  readonly sliceBegins: (slice: { seq: number; arm: string; block: number; of: number }) => void;
  readonly sliceEnds: (slice: SliceRecord) => void;
  /** After each block. */
  readonly standing: (analysis: Analysis, pace: Pace) => void;
}

/** How long a run may go on, for what it can promise; a pilot changes both. */
export interface Pace {
  readonly budgetSlices: number;
  readonly secondsPerSlice: number;
}
