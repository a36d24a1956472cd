// Counters of a device-mapper device of ours.

import { dmMessage } from '../dm/dm.ts';
import { word } from '../../lib/shell-words.ts';
import { nothingToCapture, type StepBase, type StepKind } from './verb.ts';

/** Starts counting on a device of ours; the counters go away with it. */
export interface DmStatsStep extends StepBase {
  readonly kind: 'dm-stats';
  readonly name: string;
}

/** One region over the whole device, in nanoseconds (Documentation: device-mapper/statistics). */
const dmStatsMessage = '@stats_create - /1 1 precise_timestamps layerlift';

export const dmStatsStep: StepKind<DmStatsStep> = {
  kind: 'dm-stats',
  text: ({ name }) => ({
    act: `dmsetup message ${word(name)} 0 ${dmStatsMessage}`,
    undo: null,
  }),
  settles: true,
  shared: true,
  present: () => Promise.resolve(false),
  capture: nothingToCapture,
  act: ({ name }, _prior, _stop, kernel) => dmMessage(name, dmStatsMessage, kernel),
  undo: () => Promise.resolve(),
};
