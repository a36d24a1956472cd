import * as z from 'zod';
import { deviceName } from '../../host/formats/device-name.ts';
import type { Sought } from '../../host/host.ts';
import { bytes, duration, wholeNumber } from '../../profile/settings.ts';
import { loadChecksums } from '../checksums.ts';
import { defineProvider, type Site } from '../provider.ts';
import { expectScsiGeneric } from '../scsi-generic.ts';

const driver = '/sys/bus/pseudo/drivers/scsi_debug';
const diskDeadlineMs = 15_000;
/** Commands of an adapter at most: bits of three words (drivers/scsi/scsi_debug.c, SDEBUG_CANQUEUE). */
const mostCommands = 192;
const gibibyte = 2 ** 30;

const settings = z.strictObject({
  latency: duration({ max: 999_999_999 }).default(100_000).describe('time that each command takes'),
  random: z.boolean().default(false).describe('each command takes a time of its own, evenly spread up to `latency`'),
  canQueue: wholeNumber(1, mostCommands).default(mostCommands).describe('commands in flight in the whole adapter'),
  queueDepth: wholeNumber(1, mostCommands).optional().describe('commands in flight for the disk; else as `canQueue`'),
  size: bytes({ min: 2 ** 24, max: 2 ** 44 })
    .default(2 ** 31)
    .describe('takes no memory unless `memory` is set'),
  blockSize: z
    .union([z.literal(512), z.literal(4096)])
    .default(512)
    .describe('logical block size, bytes'),
  memory: z.boolean().default(false).describe('keeps what is written, in memory; else reads give what was there'),
});
type Settings = z.output<typeof settings>;

/**
 * A SCSI disk with its adapter, both modelled: the depth of a disk and of its adapter, requests that the SCSI layer turns back,
 * and times that differ. All is fixed when the module is loaded (drivers/scsi/scsi_debug.c).
 */
export const scsiDebugDisk = defineProvider({
  layer: 'media',
  name: 'scsi-debug',
  roles: ['deployed'],
  about: 'a model SCSI disk with its adapter: scsi_debug with a latency, or a spread of it, and two depths',
  settings: settings.refine(({ queueDepth, canQueue }) => (queueDepth ?? 1) <= canQueue, {
    path: ['queueDepth'],
    error: 'a disk has at most as many commands in flight as its adapter: expected at most `canQueue`',
  }),
  configure: (wanted) => ({
    needs: [
      { kind: 'module', name: 'scsi_debug', forWhat: 'the model SCSI disk' },
      { kind: 'module-absent', name: 'scsi_debug', forWhat: 'the media' },
      { kind: 'module', name: 'sd_mod', forWhat: 'SCSI disks' },
    ],
    medium: { kind: 'measures', bytes: wanted.size, blockBytes: wanted.blockSize },
    lanes: 'one',
    raise: (site) => raiseDisk(site, wanted),
  }),
});

async function raiseDisk({ host, names, geometry }: Site, wanted: Settings) {
  const { latency, random, canQueue, queueDepth, size, blockSize, memory } = wanted;
  const why = 'the model SCSI disk';
  // The kernel would bring them in by itself.
  await loadChecksums(host);
  await expectScsiGeneric(host);
  await host.apply({ kind: 'module', name: 'sd_mod', why });
  const params = {
    // Zero of both completes at once; the second counts where it is not zero.
    ...{ delay: '0', ndelay: `${latency}`, random: random ? '1' : '0' },
    ...{ max_queue: `${canQueue}`, submit_queues: '1', max_luns: '1', num_tgts: '1' },
    ...{ sector_size: `${blockSize}`, inq_product: names.scsiModel },
    ...(memory
      ? { dev_size_mb: `${Math.ceil(size / 2 ** 20)}` }
      : { fake_rw: '1', virtual_gb: `${Math.ceil(size / gibibyte)}` }),
  };
  await host.apply({ kind: 'module', name: 'scsi_debug', params, why });
  const device = await host.find(diskOfAdapter, diskDeadlineMs);
  const sysfs = `/sys/block/${deviceName(device)}`;
  const write = (path: string, value: string) =>
    host.apply({ kind: 'write', path: `${sysfs}/${path}`, value, restore: 'never', why });
  await write('queue/scheduler', 'none');
  await write('device/queue_depth', `${queueDepth ?? canQueue}`);
  return [{ device, sectors: geometry.sectors }];
}

/** The only disk of the module, which was not loaded before. */
export const diskOfAdapter: Sought = {
  what: 'the disk of scsi_debug',
  look: async ({ list }) => {
    const host = (await list(`${driver}/adapter0`)).find((entry) => /^host\d+$/.test(entry));
    if (host === undefined) return undefined;
    const [disk] = await list(`/sys/class/scsi_device/${host.slice('host'.length)}:0:0:0/device/block`);
    return disk === undefined ? undefined : `/dev/${disk}`;
  },
};
