// The storage client and the network beneath it: slots of sessions, sizes of windows. Bytes and packets imply no number
// of I/Os, so their rows carry no limit.

import { byCommand, byHand, type Change } from './change.ts';
import { fileSource, parameterPath } from './parameters.ts';
import { knobOf, type Knob } from './knob.ts';
import { listSource } from './source.ts';

const layer = 'network';
const sysctl = (name: string): string => `/proc/sys/${name.replaceAll('.', '/')}`;
const live = (name: string): Change => byHand(`sysctl -w ${name}=...`, 'live');

export const networkFiles = fileSource('network settings', [
  {
    ...{ id: 'nfs.slots', layer, name: 'nfs.max_session_slots', scope: 'shared', defaultValue: 64 },
    path: parameterPath('nfs', 'max_session_slots'),
    limitOf: (count) => count,
    change: byCommand(`echo N >${parameterPath('nfs', 'max_session_slots')}`, 'remount'),
  },
  {
    ...{ id: 'nfs.slots', layer, name: 'sunrpc.tcp_max_slot_table_entries', scope: 'shared', defaultValue: 65_536 },
    path: sysctl('sunrpc.tcp_max_slot_table_entries'),
    limitOf: (count) => count,
    change: byCommand('sysctl -w sunrpc.tcp_max_slot_table_entries=N', 'remount'),
  },
  ...(['net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem'] as const).map((name) => ({
    ...({ id: 'net.bdp', layer, name, scope: 'host', path: sysctl(name), change: live(name) } as const),
  })),
  {
    ...{ id: 'net.bdp', layer, name: 'net.core.netdev_max_backlog', scope: 'host', defaultValue: 1000 },
    path: sysctl('net.core.netdev_max_backlog'),
    change: live('net.core.netdev_max_backlog'),
  },
  {
    ...{ id: 'net.bdp', layer, name: 'net.core.netdev_budget', scope: 'host', defaultValue: 300 },
    path: sysctl('net.core.netdev_budget'),
    change: live('net.core.netdev_budget'),
  },
]);

const iscsid = '/etc/iscsi/iscsid.conf';
const iscsiDefaults = [
  ['iscsi.cmds', 'node.session.cmds_max', 128],
  ['scsi.qd', 'node.session.queue_depth', 32],
] as const;

/** Settings for the next iSCSI session; those of a session are read at its adapter and disks. */
export const iscsiSettings = listSource(
  'iSCSI settings',
  () => Promise.resolve([iscsid]),
  async (reader) => {
    const text = (await reader.read(iscsid)) ?? '';
    return iscsiDefaults.flatMap(([id, name, defaultValue]): readonly Knob[] => {
      const value = new RegExp(`^\\s*${name.replaceAll('.', '\\.')}\\s*=\\s*(\\S+)`, 'm').exec(text)?.[1];
      const change = byHand(`${name} in ${iscsid}`, 'discover and log in again');
      return value === undefined
        ? []
        : [knobOf(iscsid, value, { id, layer, name, scope: 'host', defaultValue, change })];
    });
  },
);
