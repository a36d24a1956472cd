// The media: what their drivers give the next disk. What a disk has got is read at the disk.

import { byCommand } from './change.ts';
import { fileSource, parameterPath } from './parameters.ts';

const layer = 'media';

export const mediaParameters = fileSource('media parameters', [
  {
    ...{ id: 'nvme.qd', layer, name: 'nvme.io_queue_depth', scope: 'host', defaultValue: 1024 },
    path: parameterPath('nvme', 'io_queue_depth'),
    change: byCommand(`echo N >${parameterPath('nvme', 'io_queue_depth')}`, 're-probe the controller'),
  },
  {
    ...{ id: 'null.qd', layer, name: 'null_blk.hw_queue_depth', scope: 'host', defaultValue: 64 },
    path: parameterPath('null_blk', 'hw_queue_depth'),
    change: byCommand('modprobe null_blk hw_queue_depth=N', 'reload, or hw_queue_depth in configfs'),
  },
  {
    ...{ id: 'null.shared', layer, name: 'null_blk.shared_tags', scope: 'host', defaultValue: 'N' },
    path: parameterPath('null_blk', 'shared_tags'),
    change: byCommand('modprobe null_blk shared_tags=N', 'reload'),
  },
]);
