// NVMe controllers: the queues that all namespaces of a controller share.

import { byCommand, byHand } from './change.ts';
import { type Disk, nvmeLayer } from './disk.ts';
import { type Knob, readKnob, type Reader } from './knob.ts';
import { listSource } from './source.ts';

export const nvmeControllers = listSource(
  'NVMe controllers',
  async (reader) => (await reader.list('/sys/class/nvme')).filter((name) => /^nvme\d+$/.test(name)),
  readController,
);

async function readController(reader: Reader, name: string, disks: readonly Disk[]): Promise<readonly Knob[]> {
  const folder = `/sys/class/nvme/${name}`;
  const transport = (await reader.read(`${folder}/transport`))?.trim();
  const fabric = transport !== undefined && nvmeLayer(transport) === 'network';
  const inside = new Set(await reader.list(folder));
  // The meaning of sqsize in tags differs between kernels: the depth is that of a namespace, if there is one.
  const disk = disks.find(({ kind, name: own }) => kind === 'nvme' && inside.has(own));
  const shared = { layer: nvmeLayer(transport), device: name, sharedIn: name, scope: 'shared' } as const;
  const size = await readKnob(reader, `${folder}/sqsize`, {
    ...shared,
    ...{ id: fabric ? 'nvmf.qsz' : 'nvme.qd', name: 'sqsize', queues: disk?.queues },
    // It counts from 0: nvme connect's queue-size of 128 reads 127 (drivers/nvme/host/fabrics.h, NVMF_DEF_QUEUE_SIZE).
    // So the option takes one more than is read.
    // A disk may offer fewer entries than the driver asks for, so there is no default to compare with.
    defaultValue: fabric ? 127 : undefined,
    limitOf: () => disk?.depth,
    change: fabric
      ? { ...byCommand('nvme connect --queue-size N', 'up to 1024, reconnect'), offset: 1 }
      : byHand('nvme.io_queue_depth', 're-probe'),
  });
  const count = await readKnob(reader, `${folder}/queue_count`, {
    ...shared,
    ...{ id: fabric ? 'nvmf.qsz' : 'nvme.qd', name: 'queue_count (with admin)' },
    change: fabric
      ? byCommand('nvme connect --nr-io-queues N', 'reconnect')
      : byHand('one a CPU, or as many as the disk has'),
  });
  return [...size, ...count];
}
