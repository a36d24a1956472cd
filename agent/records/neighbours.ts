// Records of the comparison of guests in the run's folder: a line for each slice.

import type { GuestSet } from '../analysis/neighbours/design.ts';
import type { SliceRecord } from './slice.ts';

/** One line of neighbours.ndjson: who ran, and the slice. */
export interface NeighbourRecord {
  readonly running: GuestSet;
  readonly slice: SliceRecord;
}
