// Collects what a run has found so far. It is filled as the run goes on, so that it is there whichever way the run ends; what is
// measured goes to the run's folder at once.

import type { NeighboursDesign } from '../analysis/neighbours/design.ts';
import type { NeighboursObservation } from '../analysis/neighbours/observation.ts';
import type { CapsDesign, CapsObservation } from '../analysis/caps/design.ts';
import type { Inventory } from '../knobs/registry.ts';
import type { NeighbourRecord } from '../records/neighbours.ts';
import type { Phase } from '../records/phase.ts';
import type { PilotRecord } from '../records/pilot.ts';
import type { CapsPointRecord } from '../records/caps.ts';
import type { RunCaveat } from '../records/run-caveat.ts';
import type { SliceRecord } from '../records/slice.ts';
import type { RunFolder } from '../records/run-folder.ts';

/** The points of the cap probe, and the knobs of its own stack and of the host that were in force meanwhile. */
export interface CapsRun {
  readonly design: CapsDesign;
  readonly inventory: Inventory;
  /** I/Os in flight that each guest of the run asks for. */
  readonly depths: readonly number[];
  /** Those of whole visits. */
  readonly observations: readonly CapsObservation[];
}

export interface NeighboursRun {
  readonly design: NeighboursDesign;
  /** Those of whole blocks. */
  readonly observations: readonly NeighboursObservation[];
}

/** A part of the run that failed after the verdict, while the run went on with the others. */
export interface Failed {
  readonly phase: Phase;
  readonly failure: unknown;
}

export interface Recorded {
  readonly phase: Phase;
  readonly slices: readonly SliceRecord[];
  /** Slices of the check at the end. */
  readonly rechecked: readonly SliceRecord[];
  /** Parts that were asked for and left out, and failures beside the main one. */
  readonly notes: readonly RunCaveat[];
  readonly failed: readonly Failed[];
  readonly pilot?: PilotRecord;
  readonly caps?: CapsRun;
  readonly neighbours?: NeighboursRun;
}

/** How a run tells what it finds. Those that write throw OutputError when they cannot. */
export interface Recorder {
  readonly enter: (phase: Phase) => void;
  readonly record: (slice: SliceRecord) => void;
  readonly recordPilot: (pilot: PilotRecord) => void;
  /** The cap probe begins. */
  readonly recordCaps: (probe: Omit<CapsRun, 'observations'>) => void;
  readonly recordPoint: (point: CapsPointRecord) => void;
  /** The points that count of all visits so far. */
  readonly recordVisit: (observations: readonly CapsObservation[]) => void;
  /** The guests are to be held against one another. */
  readonly recordNeighbours: (design: NeighboursDesign) => void;
  readonly recordNeighbour: (one: NeighbourRecord) => void;
  /** The slices that count of all blocks so far. */
  readonly recordNeighboursBlock: (observations: readonly NeighboursObservation[]) => void;
  /** A slice of the check at the end. */
  readonly recordRecheck: (slice: SliceRecord) => void;
  readonly note: (caveat: RunCaveat) => void;
  readonly recordFailure: (phase: Phase, failure: unknown) => void;
}

/** `tell`: for the log. `soFar` gives what is known at the time. */
export function startRecording(
  folder: Pick<RunFolder, 'appendSlice' | 'appendLine' | 'writeJson'>,
  tell: (what: string, about: object) => void,
): { readonly recorder: Recorder; readonly soFar: () => Recorded } {
  let found: Recorded = { phase: 'raising', slices: [], rechecked: [], notes: [], failed: [] };
  const add = (more: Partial<Recorded>): void => {
    found = { ...found, ...more };
  };
  const recorder: Recorder = {
    enter: (phase) => add({ phase }),
    record: (slice) => {
      add({ slices: [...found.slices, slice] });
      folder.appendSlice(slice);
      tell('slice', { seq: slice.seq, arm: slice.arm, goodput: Math.round(slice.goodput) });
    },
    recordPilot: (pilot) => {
      add({ pilot });
      folder.writeJson('pilot.json', pilot);
    },
    recordCaps: (probe) => {
      add({ caps: { ...probe, observations: [] } });
      folder.writeJson('knobs.json', probe.inventory);
    },
    recordPoint: (point) => {
      folder.appendLine('caps.ndjson', point);
      tell('point', { subject: point.subject, depth: point.depth, goodput: Math.round(point.slice.goodput) });
    },
    recordVisit: (observations) => {
      const { caps } = found;
      if (caps) add({ caps: { ...caps, observations } });
    },
    recordNeighbours: (design) => add({ neighbours: { design, observations: [] } }),
    recordNeighbour: (one) => folder.appendLine('neighbours.ndjson', one),
    recordNeighboursBlock: (observations) => {
      const { neighbours } = found;
      if (neighbours) add({ neighbours: { ...neighbours, observations } });
    },
    recordRecheck: (slice) => {
      add({ rechecked: [...found.rechecked, slice] });
      folder.appendLine('recheck.ndjson', slice);
    },
    note: (caveat) => add({ notes: [...found.notes, caveat] }),
    recordFailure: (phase, failure) => add({ failed: [...found.failed, { phase, failure }] }),
  };
  return { recorder, soFar: () => found };
}
