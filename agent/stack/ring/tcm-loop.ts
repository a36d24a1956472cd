import * as z from 'zod';
import { deviceName } from '../../host/formats/device-name.ts';
import type { Sought } from '../../host/host.ts';
import type { Need } from '../../host/needs/needs.ts';
import { wholeNumber } from '../../profile/settings.ts';
import { loadChecksums } from '../checksums.ts';
import { offer } from '../offer.ts';
import { defineProvider, type Lane, type Site } from '../provider.ts';
import { expectScsiGeneric } from '../scsi-generic.ts';

const target = '/sys/kernel/config/target';
const diskDeadlineMs = 15_000;

const needs: readonly Need[] = [
  { kind: 'configfs' },
  { kind: 'module', name: 'target_core_iblock', forWhat: 'the SCSI target' },
  { kind: 'module', name: 'tcm_loop', forWhat: 'the SCSI loopback' },
  { kind: 'module', name: 'sd_mod', forWhat: 'SCSI disks' },
];

// The kernel brings in the other backends by itself; asked for by name, they are journaled and unloaded
// (drivers/target/target_core_transport.c, transport_subsystem_check_init).
const modules = [
  'sd_mod',
  'target_core_iblock',
  'target_core_file',
  'target_core_pscsi',
  'target_core_user',
  'tcm_loop',
];

/** SCSI loopback: every guest's disk is a LUN of one virtual host adapter (drivers/target/loopback/tcm_loop.c). */
export const tcmLoop = defineProvider({
  layer: 'ring',
  name: 'tcm-loop',
  roles: ['deployed'],
  about: 'SCSI loopback (tcm_loop): a queue depth for each device and one cap for the host adapter',
  knobs: { canQueue: 'tcm.canq', queueDepth: 'scsi.qd' },
  marks: [{ folder: `${target}/loopback`, name: /^naa\.6001405[0-9a-f]{9}$/ }],
  settings: z.strictObject({
    queueDepth: wholeNumber(1, 4096).optional().describe('commands in flight for each guest; else as `canQueue`'),
    canQueue: wholeNumber(1, 4096).default(1024).describe('commands in flight in the whole adapter'),
  }),
  configure: ({ queueDepth, canQueue }) => ({
    needs,
    lanes: 'per-guest',
    raise: async (site) => {
      const tpgt = await raiseAdapter(site, canQueue);
      const disks: Lane[] = [];
      for (const [i, lane] of site.under.entries())
        disks.push(await raiseDisk(site, tpgt, { lane, number: i + 1, queueDepth }));
      return disks;
    },
  }),
});

/** Gives the folder of the adapter's target port group. */
async function raiseAdapter(site: Site, canQueue: number): Promise<string> {
  const { host, names } = site;
  const why = 'the SCSI loopback adapter';
  await loadChecksums(host);
  await expectScsiGeneric(host);
  for (const name of modules) await host.apply({ kind: 'module', name, why });
  const fabric = `${target}/loopback`;
  const wwn = `${fabric}/${names.naa(0)}`;
  const tpgt = `${wwn}/tpgt_1`;
  if (!(await host.list(target)).includes('loopback')) await host.apply({ kind: 'mkdir', path: fabric, why });
  // Read by the driver as it makes the adapter, which this is (tcm_loop_make_scsi_hba): they count for the next one only.
  const offers = ['can_queue', 'cmd_per_lun'].map((name) => ({
    parameter: `tcm_loop/parameters/${name}`,
    value: `${canQueue}`,
  }));
  const putBack = await offer(host, offers, `${why}: read when an adapter is made`);
  await host.apply({ kind: 'mkdir', path: wwn, why });
  await putBack();
  await host.apply({ kind: 'mkdir', path: tpgt, why });
  await host.apply({ kind: 'write', path: `${tpgt}/nexus`, value: names.naa(4095), restore: { value: 'NULL' }, why });
  return tpgt;
}

async function raiseDisk(
  site: Site,
  tpgt: string,
  disk: { lane: Lane; number: number; queueDepth: number | undefined },
): Promise<Lane> {
  const { host, names } = site;
  const { lane, number, queueDepth } = disk;
  const why = `the SCSI disk of guest ${number}`;
  const hba = `${target}/core/iblock_${names.nvmetPort(2)}`;
  if (number === 1) await host.apply({ kind: 'mkdir', path: hba, why: 'the backing stores' });
  const store = `${hba}/${names.object(`g${number}`)}`;
  await host.apply({ kind: 'mkdir', path: store, why });
  await host.apply({
    kind: 'write',
    path: `${store}/control`,
    value: `udev_path=${lane.device},readonly=0`,
    restore: 'never',
    why,
  });
  await host.apply({ kind: 'write', path: `${store}/enable`, value: '1', restore: 'never', why });
  await host.apply({
    kind: 'write',
    path: `${store}/wwn/vpd_unit_serial`,
    value: names.object(`g${number}`),
    restore: 'never',
    why,
  });
  // By its model udev knows it.
  await host.apply({
    kind: 'write',
    path: `${store}/wwn/product_id`,
    value: names.scsiModel,
    restore: 'never',
    why,
  });
  const lun = `${tpgt}/lun/lun_${number}`;
  await host.apply({ kind: 'mkdir', path: lun, why });
  await host.apply({ kind: 'link', path: `${lun}/${names.object(`g${number}`)}`, target: store, why });
  const device = await host.find(diskOf(tpgt, number), diskDeadlineMs);
  const sysfs = `/sys/block/${deviceName(device)}`;
  await host.apply({ kind: 'write', path: `${sysfs}/queue/scheduler`, value: 'none', restore: 'never', why });
  if (queueDepth !== undefined) {
    await host.apply({
      kind: 'write',
      path: `${sysfs}/device/queue_depth`,
      value: `${queueDepth}`,
      restore: 'never',
      why,
    });
  }
  return { device, sectors: lane.sectors };
}

/** The disk of a LUN. The adapter's address, such as `2:0:1`, is the kernel's to give. */
export function diskOf(tpgt: string, lun: number): Sought {
  return {
    what: `the disk of LUN ${lun}`,
    look: async ({ read, list }) => {
      const address = (await read(`${tpgt}/address`))?.trim();
      if (!address) return undefined;
      const [disk] = await list(`/sys/class/scsi_device/${address}:${lun}/device/block`);
      return disk === undefined ? undefined : `/dev/${disk}`;
    },
  };
}
