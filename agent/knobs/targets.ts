// Storage targets of this host's kernel, from configfs: what they let an initiator send.

import { byCommand } from './change.ts';
import { type Knob, readKnob, type Reader } from './knob.ts';
import { listSource } from './source.ts';

const layer = 'network';

/** LIO's iSCSI target: the command window of a session (drivers/target/iscsi, TA_DEFAULT_CMDSN_DEPTH 64). */
export const iscsiTarget = listSource('iSCSI target', portalGroups, async (reader, group) => {
  const initiators = await reader.list(`${group}/acls`);
  const windows = [
    `${group}/attrib/default_cmdsn_depth`,
    ...initiators.map((initiator) => `${group}/acls/${initiator}/cmdsn_depth`),
  ];
  return (await Promise.all(windows.map((where) => readWindow(reader, where)))).flat();
});

async function portalGroups(reader: Reader): Promise<readonly string[]> {
  const target = '/sys/kernel/config/target/iscsi';
  const names = (await reader.list(target)).filter((name) => /^(iqn|eui|naa)\./.test(name));
  const found = await Promise.all(
    names.map(async (iqn) => {
      const entries = await reader.list(`${target}/${iqn}`);
      return entries.filter((entry) => /^tpgt_\d+$/.test(entry)).map((entry) => `${target}/${iqn}/${entry}`);
    }),
  );
  return found.flat();
}

function readWindow(reader: Reader, where: string): Promise<readonly Knob[]> {
  const [name, iqn] = [where.split('/').at(-1) ?? '', where.split('/')[6]];
  return readKnob(reader, where, {
    ...{ id: 'lio.cmdsn', layer, name, device: iqn, sharedIn: where, scope: 'shared', defaultValue: 64 },
    limitOf: (count) => count,
    // The target keeps what an initiator got when it first came, also over a new login (core_tpg_check_initiator_node_acl).
    change: byCommand(
      `echo N >${where}`,
      name === 'cmdsn_depth' ? 'log in again' : 'for initiators that are new to it',
    ),
  });
}

const nvmet = '/sys/kernel/config/nvmet';

/** The kernel's NVMe target: the most queues, and the most entries, that an initiator gets (drivers/nvme/target). */
export const nvmeTarget = listSource(
  'NVMe target',
  async (reader) => [
    ...(await reader.list(`${nvmet}/subsystems`)).map((nqn) => `${nvmet}/subsystems/${nqn}`),
    ...(await reader.list(`${nvmet}/ports`)).map((port) => `${nvmet}/ports/${port}`),
  ],
  (reader, folder) => {
    const name = folder.split('/').at(-1) ?? '';
    return folder.startsWith(`${nvmet}/ports/`)
      ? readSize(reader, `${folder}/param_max_queue_size`, name)
      : readCount(reader, `${folder}/attr_qid_max`, name);
  },
);

function readCount(reader: Reader, where: string, nqn: string): Promise<readonly Knob[]> {
  const change = byCommand(`echo N >${where}`, 'reconnect');
  return readKnob(reader, where, {
    ...{ id: 'nvmet.qid', layer, name: 'attr_qid_max', device: nqn, scope: 'shared', defaultValue: 128, change },
  });
}

function readSize(reader: Reader, where: string, port: string): Promise<readonly Knob[]> {
  return readKnob(reader, where, {
    ...{
      id: 'nvmet.qid',
      layer,
      name: 'param_max_queue_size',
      device: `port ${port}`,
      scope: 'queue',
      defaultValue: 1024,
    },
    // A queue is full with one entry free (NVM Express base specification, "Full Queue").
    limitOf: (count) => count - 1,
    change: byCommand(`echo N >${where}`, 'with the port down, reconnect'),
  });
}
