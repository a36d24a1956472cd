// Everything that a run has recorded, decoded.

import type { NeighboursDesign } from '../analysis/neighbours/design.ts';
import type { NeighboursObservation } from '../analysis/neighbours/observation.ts';
import type { Plan } from '../plan/plan.ts';
import type { CapsRecord } from './caps.ts';
import type { HostSide } from './host-side.ts';
import type { CutShort } from './phase.ts';
import type { PilotRecord } from './pilot.ts';
import type { RunMeta } from './run-schema.ts';
import type { SliceRecord } from './slice.ts';

export interface RunRecords {
  /** As its pilot left it. */
  readonly plan: Plan;
  /** Undefined where the run made none. */
  readonly pilot?: PilotRecord;
  readonly meta: RunMeta;
  /** As recorded: which of them stand apart from the run is for the reader to judge, see `whatCounts`. */
  readonly slices: readonly SliceRecord[];
  /** Slices of the check at the end, if there was one. */
  readonly rechecked: readonly SliceRecord[];
  /** The points of the cap probe; undefined if the run made none. */
  readonly caps?: CapsRecord;
  /** The slices that compare the guests; undefined if the run did not measure them. */
  readonly neighbours?: {
    readonly design: NeighboursDesign;
    readonly observations: readonly NeighboursObservation[];
  };
  /** The host beside the run; undefined where the stack is no twin of it. */
  readonly hostSide?: HostSide;
}

/** How the run was cut short; undefined: it came to its end. `exit` and `phase` are unknown where it left no word. */
export function endOf({ cutShort, endedAt }: RunMeta): (Pick<CutShort, 'why'> & Partial<CutShort>) | undefined {
  if (cutShort || endedAt !== undefined) return cutShort;
  return { why: 'it has not ended in order: it still goes on, or was killed' };
}
