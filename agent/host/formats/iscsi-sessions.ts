// The iSCSI sessions of a host in sysfs, and which of them are ours.

import type { Reads } from '../reads.ts';

export const sessionsFolder = '/sys/class/iscsi_session';

export interface SessionMark {
  /** Name of the initiator that this session alone has. */
  readonly initiator: string;
  /** The number of the netlink socket by which the kernel was told to make it. */
  readonly creator: number;
}

/**
 * Numbers of the sessions with that mark. One is known by its creator before it has a name: cut off there, it is anybody's of
 * this run, and of no use.
 */
export async function sessionsOf(mark: SessionMark, { read, list }: Reads): Promise<readonly number[]> {
  const out: number[] = [];
  for (const name of await list(sessionsFolder)) {
    const number = /^session(\d+)$/.exec(name)?.[1];
    if (number === undefined) continue;
    const folder = `${sessionsFolder}/${name}`;
    const [creator, initiator] = await Promise.all([read(`${folder}/creator`), read(`${folder}/initiatorname`)]);
    if (Number(creator?.trim()) !== mark.creator) continue;
    const named = initiator?.trim() ?? '';
    if (named === mark.initiator || named === '' || /^[<(]n(ull|il)[>)]$/i.test(named)) out.push(Number(number));
  }
  return out;
}

/** The disk of the session's only LUN, as `sda`; undefined while there is none. */
export async function diskOfSession(session: number, { list }: Reads): Promise<string | undefined> {
  const folder = `${sessionsFolder}/session${session}/device`;
  for (const target of (await list(folder)).filter((name) => name.startsWith('target'))) {
    const address = (await list(`${folder}/${target}`)).find((name) => /^\d+:\d+:\d+:\d+$/.test(name));
    if (address === undefined) continue;
    const [disk] = await list(`${folder}/${target}/${address}/block`);
    if (disk !== undefined) return disk;
  }
  return undefined;
}
