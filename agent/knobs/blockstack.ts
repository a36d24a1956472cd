// The block stack: device-mapper. Only its request-based targets (multipath) have a depth, which driver-tags.ts reads at
// the device; what takes bios lets through all that comes.

import { byCommand } from './change.ts';
import { fileSource, parameterPath } from './parameters.ts';

const layer = 'blockstack';
const later = 'for the next table';

export const dmParameters = fileSource('device-mapper parameters', [
  {
    ...{ id: 'dm.rqdepth', layer, name: 'dm_mod.dm_mq_queue_depth', scope: 'host', defaultValue: 2048 },
    path: parameterPath('dm_mod', 'dm_mq_queue_depth'),
    change: byCommand(`echo N >${parameterPath('dm_mod', 'dm_mq_queue_depth')}`, later),
  },
  {
    ...{ id: 'dm.rqdepth', layer, name: 'dm_mod.dm_mq_nr_hw_queues', scope: 'host', defaultValue: 1 },
    path: parameterPath('dm_mod', 'dm_mq_nr_hw_queues'),
    change: byCommand(`echo N >${parameterPath('dm_mod', 'dm_mq_nr_hw_queues')}`, later),
  },
]);
