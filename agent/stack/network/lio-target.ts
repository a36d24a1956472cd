// An iSCSI target of the kernel (LIO), listening inside a network namespace, and the sessions of the kernel's own initiator.
// LIO opens the socket of a portal in the namespace of the process that makes it (drivers/target/iscsi, iscsi_target_login.c),
// so that one folder is made from inside; all else is plain configfs. Nobody else gets at the disk behind it: no route of the
// host leads into the namespace, the target serves the initiators of this run alone, and each must know a secret (CHAP).

import { diskOfSession, sessionsOf } from '../../host/formats/iscsi-sessions.ts';
import { linearTable } from '../../host/dm/table.ts';
import { deviceName } from '../../host/formats/device-name.ts';
import type { Mark } from '../../host/facts/traces.ts';
import type { Sought } from '../../host/host.ts';
import type { Need } from '../../host/needs/needs.ts';
import { HostError } from '../../lib/errors.ts';
import { iscsiAlgorithms, loadChecksums } from '../checksums.ts';
import { expectScsiGeneric } from '../scsi-generic.ts';
import type { Lane, Site } from '../provider.ts';
import { namespaceMarks, namespaceNeeds } from './veth-path.ts';

export const iscsiNeeds: readonly Need[] = [
  { kind: 'configfs' },
  { kind: 'native' },
  ...namespaceNeeds,
  { kind: 'module', name: 'target_core_iblock', forWhat: 'the SCSI target' },
  { kind: 'module', name: 'iscsi_target_mod', forWhat: 'the iSCSI target' },
  { kind: 'module', name: 'iscsi_tcp', forWhat: 'the iSCSI initiator' },
  { kind: 'module', name: 'sd_mod', forWhat: 'SCSI disks' },
];

const root = '/sys/kernel/config/target';
const fabric = `${root}/iscsi`;

export const iscsiMarks: readonly Mark[] = [
  ...namespaceMarks,
  { folder: fabric, name: /^iqn\.2026-11\.org\.layerlift:/ },
];

// The kernel brings in the other backends by itself; asked for by name, they are journaled and unloaded
// (drivers/target/target_core_transport.c, transport_subsystem_check_init).
const modules = [
  ...['sd_mod', 'target_core_iblock', 'target_core_file', 'target_core_pscsi', 'target_core_user'],
  ...['iscsi_target_mod', 'iscsi_tcp'],
];

/** Extra settings for several sessions. */
export function pathModules(sessions: number): readonly Need[] {
  const forWhat = 'the sessions as paths of one disk';
  return sessions === 1 ? [] : multipath.map((name) => ({ kind: 'module', name, forWhat }));
}

const multipath = ['dm_multipath', 'dm_round_robin'];

export interface Where {
  /** Of the names of this form's objects. */
  readonly part: string;
  readonly index: number;
  /** Namespace of the target, and that of the initiator. */
  readonly target: string;
  readonly initiator: string;
  readonly address: string;
  readonly port: number;
}

/** Values that both ends hold: `window` is the target's, the rest is the initiator's; `key`s of RFC 7143 are both's. */
export interface Terms {
  readonly sessions: number;
  readonly cmdsMax: number;
  readonly queueDepth: number;
  /** Commands that the target lets a session have in flight (default_cmdsn_depth). */
  readonly window: number;
  readonly immediateData: boolean;
  readonly initialR2T: boolean;
  readonly firstBurst: number;
  readonly maxBurst: number;
  /** The longest piece of data in one unit of the protocol, that the target takes. */
  readonly targetReceives: number;
  /** Largest I/O of the initiator's disks, bytes; absent: as it comes. */
  readonly maxSectors?: number | undefined;
  /** Of the initiator's disks; absent: the kernel's own choice. */
  readonly scheduler?: string;
}

/** As open-iscsi asks for (node.conn[0].iscsi.MaxRecvDataSegmentLength). */
const initiatorReceives = 262_144;

/** Raises the target on the lane beneath, logs in, and gives the disk. Several sessions are paths of one disk, used in turn. */
export async function raiseIscsi(site: Site, where: Where, terms: Terms): Promise<readonly Lane[]> {
  const { host } = site;
  const why = `the iSCSI target ${where.part}`;
  await loadChecksums(host, iscsiAlgorithms);
  await expectScsiGeneric(host);
  for (const name of modules) await host.apply({ kind: 'module', name, why: 'iSCSI, target and initiator' });
  const tpgt = await raiseTarget(site, where, terms, why);
  const disks: string[] = [];
  for (let number = 1; number <= terms.sessions; number++)
    disks.push(await logIn(site, { where, terms, tpgt, number, why }));
  const [only = ''] = disks;
  const sectors = site.under[0]?.sectors ?? 0;
  return [{ device: disks.length > 1 ? await joinPaths(site, where, disks, sectors) : only, sectors }];
}

/** Gives the folder of the target's portal group. */
async function raiseTarget(site: Site, where: Where, terms: Terms, why: string): Promise<string> {
  const { host, names } = site;
  const { part, target, address, port } = where;
  const write = (path: string, value: string | number, restore: 'never' | { value: string } = 'never') =>
    host.apply({ kind: 'write', path, value: `${value}`, restore, why });
  const store = await raiseStore(site, where, why);
  if (!(await host.list(root)).includes('iscsi')) await host.apply({ kind: 'mkdir', path: fabric, why });
  await mustBeFree(site, `${address}:${port}`);
  const iqn = `${fabric}/${names.iqn(part)}`;
  const tpgt = `${iqn}/tpgt_1`;
  await host.apply({ kind: 'mkdir', path: iqn, why });
  await host.apply({ kind: 'mkdir', path: tpgt, why });
  for (const [attribute, value] of [
    // Only those whom it knows, with their secret; it tells nobody else that it is there.
    ...[['generate_node_acls', 0] as const, ['demo_mode_discovery', 0] as const, ['authentication', 1] as const],
    ['default_cmdsn_depth', terms.window],
  ] as const)
    await write(`${tpgt}/attrib/${attribute}`, value);
  for (const [key, value] of Object.entries({
    ...offersOf(terms),
    MaxRecvDataSegmentLength: `${terms.targetReceives}`,
    MaxXmitDataSegmentLength: `${initiatorReceives}`,
  }))
    await write(`${tpgt}/param/${key}`, value);
  await host.apply({ kind: 'mkdir', path: `${tpgt}/lun/lun_0`, why });
  await host.apply({ kind: 'link', path: `${tpgt}/lun/lun_0/${names.object(part)}`, target: store, why });
  for (let number = 1; number <= terms.sessions; number++) {
    const acl = `${tpgt}/acls/${names.initiator(`${part}-${number}`)}`;
    await host.apply({ kind: 'mkdir', path: acl, why: `who may log in to ${why}` });
    await write(`${acl}/auth/userid`, names.object(part));
    await host.apply({ kind: 'secret', path: `${acl}/auth/password`, why: `by which ${why} knows its initiator` });
    await host.apply({ kind: 'mkdir', path: `${acl}/lun_0`, why });
    await host.apply({ kind: 'link', path: `${acl}/lun_0/disk`, target: `${tpgt}/lun/lun_0`, why });
  }
  await host.apply({ kind: 'mkdir', path: `${tpgt}/np/${address}:${port}`, netns: target, why });
  await write(`${tpgt}/enable`, 1, { value: '0' });
  return tpgt;
}

/** LIO claims what it stands on for itself alone: each form gets a device of its own on the lane that both stand on. */
async function raiseStore(site: Site, { part, index }: Where, why: string): Promise<string> {
  const { host, names, under } = site;
  const [lane] = under;
  const device = await host.apply({
    kind: 'dm-create',
    ...names.dm(`iscsi-${part}`),
    table: linearTable(lane?.device ?? '', lane?.sectors ?? 0),
    why: `what ${why} may claim`,
  });
  const adapter = `${root}/core/iblock_${names.nvmetPort(index)}`;
  const store = `${adapter}/${names.object(part)}`;
  await host.apply({ kind: 'mkdir', path: adapter, why });
  await host.apply({ kind: 'mkdir', path: store, why });
  for (const [file, value] of [
    ['control', `udev_path=${device},readonly=0`],
    ['enable', '1'],
    ['wwn/vpd_unit_serial', names.object(part)],
    // By its model udev knows it.
    ['wwn/product_id', names.scsiModel],
  ] as const)
    await host.apply({ kind: 'write', path: `${store}/${file}`, value, restore: 'never', why });
  return store;
}

/** LIO looks for a portal by its address alone, in whichever namespace it is, and would serve ours at that of others. */
async function mustBeFree({ host }: Site, portal: string): Promise<void> {
  for (const iqn of (await host.list(fabric)).filter((name) => /^(iqn|eui|naa)\./.test(name))) {
    for (const tpgt of (await host.list(`${fabric}/${iqn}`)).filter((name) => name.startsWith('tpgt_'))) {
      if (!(await host.list(`${fabric}/${iqn}/${tpgt}/np`)).includes(portal)) continue;
      throw new HostError(
        `the iSCSI target ${iqn} of this host listens at ${portal}, where this run's own would`,
        'give it another address for the time of the run, or measure with another network provider',
      );
    }
  }
}

/** Keys that both ends say alike; the target may only take away from them. */
function offersOf(terms: Terms): Readonly<Record<string, string>> {
  const word = (isSo: boolean): string => (isSo ? 'Yes' : 'No');
  return {
    HeaderDigest: 'None',
    DataDigest: 'None',
    InitialR2T: word(terms.initialR2T),
    ImmediateData: word(terms.immediateData),
    MaxBurstLength: `${terms.maxBurst}`,
    FirstBurstLength: `${terms.firstBurst}`,
    MaxOutstandingR2T: '1',
  };
}

async function logIn(
  { host, names }: Site,
  session: { where: Where; terms: Terms; tpgt: string; number: number; why: string },
): Promise<string> {
  const { where, terms, tpgt, number } = session;
  const initiator = names.initiator(`${where.part}-${number}`);
  const why = `session ${number} with ${session.why}`;
  const mark = { initiator, creator: names.creator };
  await host.apply({
    kind: 'iscsi-login',
    ...mark,
    netns: where.initiator,
    address: where.address,
    port: where.port,
    target: names.iqn(where.part),
    credentials: `${tpgt}/acls/${initiator}/auth`,
    cmdsMax: terms.cmdsMax,
    queueDepth: terms.queueDepth,
    offers: {
      ...offersOf(terms),
      MaxRecvDataSegmentLength: `${initiatorReceives}`,
      MaxConnections: '1',
      ErrorRecoveryLevel: '0',
      DefaultTime2Wait: '2',
      DefaultTime2Retain: '0',
      DataPDUInOrder: 'Yes',
      DataSequenceInOrder: 'Yes',
    },
    why,
  });
  const device = await host.find(diskOfOurs(mark));
  const queue = `/sys/block/${deviceName(device)}/queue`;
  const { maxSectors, scheduler } = terms;
  for (const [file, value] of [
    ...(scheduler === undefined ? [] : [['scheduler', scheduler] as const]),
    ...(maxSectors === undefined ? [] : [['max_sectors_kb', `${maxSectors / 1024}`] as const]),
  ])
    await host.apply({ kind: 'write', path: `${queue}/${file}`, value, restore: 'never', why });
  return device;
}

/** The disk of a session of ours. */
export function diskOfOurs(mark: { readonly initiator: string; readonly creator: number }): Sought {
  return {
    what: `the disk of the iSCSI initiator ${mark.initiator}`,
    look: async (reads) => {
      for (const session of await sessionsOf(mark, reads)) {
        const disk = await diskOfSession(session, reads);
        if (disk !== undefined) return `/dev/${disk}`;
      }
      return undefined;
    },
  };
}

/** dm-multipath with a path for each session, one I/O at a time on each in turn; a path that fails is an error, never a wait. */
async function joinPaths(site: Site, { part }: Where, disks: readonly string[], sectors: number): Promise<string> {
  const { host, names } = site;
  const why = 'the sessions as paths of one disk';
  for (const name of multipath) await host.apply({ kind: 'module', name, why });
  const paths = disks.map((disk) => `${disk} 1`).join(' ');
  const params = `0 0 1 1 round-robin 0 ${disks.length} 1 ${paths}`;
  return host.apply({
    kind: 'dm-create',
    ...names.dm(`paths-${part}`),
    table: [{ start: 0, length: sectors, type: 'multipath', params }],
    why,
  });
}
