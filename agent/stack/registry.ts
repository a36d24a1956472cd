// One line a provider. The first stub of a layer is its default.

import type { Layer, Role } from '../lib/layer.ts';
import { cacheTree } from './blockstack/cache.ts';
import { cryptTree } from './blockstack/crypt.ts';
import { delayTree } from './blockstack/delay.ts';
import { dmTree } from './blockstack/dm-tree.ts';
import { linearStub } from './blockstack/linear.ts';
import { mdTree } from './blockstack/md.ts';
import { multipathTree } from './blockstack/multipath.ts';
import { stripedTree } from './blockstack/striped.ts';
import { thinTree } from './blockstack/thin.ts';
import { writecacheTree } from './blockstack/writecache.ts';
import { brdStub } from './media/brd.ts';
import { realDevice } from './media/device.ts';
import { modelDisk } from './media/model.ts';
import { nullBlkStub } from './media/null-blk.ts';
import { iscsiLoopback } from './network/iscsi-loopback.ts';
import { iscsiNetns } from './network/iscsi-netns.ts';
import { nbdNetns } from './network/nbd-netns.ts';
import { scsiDebugDisk } from './media/scsi-debug.ts';
import { nvmeTcpLoopback } from './network/nvme-tcp-loopback.ts';
import { nvmeTcpNetns } from './network/nvme-tcp-netns.ts';
import { nvmeTcpRemote } from './network/nvme-tcp-remote.ts';
import { remoteDevice } from './network/remote.ts';
import type { Provider } from './provider.ts';
import { directPath } from './ring/direct.ts';
import { loopRing } from './ring/loop.ts';
import { tcmLoop } from './ring/tcm-loop.ts';
import { vduse } from './ring/vduse.ts';
import { vduseNull } from './ring/vduse-null.ts';
import { xenDomU } from './ring/xen-domu.ts';
import { xenVbd } from './ring/xen-vbd.ts';

export const providers: readonly Provider[] = [
  modelDisk,
  realDevice,
  scsiDebugDisk,
  nullBlkStub,
  brdStub,
  nvmeTcpNetns,
  nvmeTcpRemote,
  nvmeTcpLoopback,
  iscsiNetns,
  iscsiLoopback,
  nbdNetns,
  remoteDevice,
  dmTree,
  cryptTree,
  thinTree,
  cacheTree,
  writecacheTree,
  mdTree,
  multipathTree,
  stripedTree,
  delayTree,
  linearStub,
  tcmLoop,
  vduse,
  xenVbd,
  xenDomU,
  loopRing,
  directPath,
  vduseNull,
];

export function providersFor(layer: Layer, role: Role): readonly Provider[] {
  return providers.filter((provider) => provider.layer === layer && provider.roles.includes(role));
}

export function findProvider(layer: Layer, role: Role, name: string): Provider | undefined {
  return providersFor(layer, role).find((provider) => provider.name === name);
}

/** Traces that any of them may leave behind. */
export const providerMarks = providers.flatMap(({ marks = [] }) => marks);

/** The stub that stands for a deployed provider where a profile names none: its own, or else the first of the layer. */
export function defaultStub(layer: Layer, deployed: string | undefined): string | undefined {
  const own = deployed === undefined ? undefined : findProvider(layer, 'deployed', deployed)?.stub;
  return own ?? providersFor(layer, 'stub')[0]?.name;
}
