// Everything that each part of an experiment is given.

import type { LoadPlan } from '../load/drive.ts';
import type { Names } from '../stack/names.ts';
import type { StackPlan } from '../stack/raise.ts';
import type { Blocks } from './blocks.ts';
import type { Others } from './give-way.ts';
import type { Recorder } from './recorder.ts';

export interface Experiment extends Blocks, Recorder {
  readonly stack: StackPlan;
  readonly load: LoadPlan;
  readonly names: Names;
  /** Where the job files go. */
  readonly folder: string;
  /** Called when the layers were compared: what is known then is known whatever comes next. */
  readonly compared: () => void;
  /** Who watches the other tenants; left out: nobody. */
  readonly others?: Others;
}
