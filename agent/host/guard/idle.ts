// Says whether I/O goes to a device that nobody should be using. It finds users that no other look-up knows.

import { setTimeout as delay } from 'node:timers/promises';
import { parseDiskStat } from '../formats/disk-stat.ts';
import { type Eyes, type Finding, type Member, user } from './look.ts';

export interface IoCount {
  readonly started: number;
  readonly inFlight: number;
}

/** I/O that came while we looked, or is in flight. Does nothing for 0 ms. */
export async function busy(
  eyes: Eyes,
  family: readonly Member[],
  watch: { readonly ms: number; readonly sleep?: (ms: number) => Promise<unknown> },
): Promise<readonly Finding[]> {
  if (watch.ms === 0) return [];
  // The other partitions of the disk may be in use. Only the device itself and its own parts count.
  const [device] = family;
  const names = device === undefined ? [] : await countersOf(eyes, device.name);
  const before = await Promise.all(names.map((name) => countOf(eyes, name)));
  await (watch.sleep ?? delay)(watch.ms);
  const after = await Promise.all(names.map((name) => countOf(eyes, name)));
  return names.flatMap((name, i) => {
    const [from, to] = [before[i], after[i]];
    if (from === undefined || to === undefined) return [];
    const came = to.started - from.started;
    if (came === 0 && to.inFlight === 0) return [];
    return [
      user(`${came} I/Os on ${name} within ${watch.ms / 1000} s, ${to.inFlight} in flight, whose sender is unknown`),
    ];
  });
}

/** On Linux 6.1 the head of an NVMe multipath device counts nothing: its paths do. */
async function countersOf(eyes: Eyes, name: string): Promise<readonly string[]> {
  const [, subsystem, namespace] = /^nvme(\d+)(n\d+)$/.exec(name) ?? [];
  if (subsystem === undefined || namespace === undefined) return [name];
  const path = new RegExp(`^nvme${subsystem}c\\d+${namespace}$`);
  return [name, ...(await eyes.list('/sys/block')).filter((other) => path.test(other))];
}

async function countOf(eyes: Eyes, name: string): Promise<IoCount | undefined> {
  const text = (await eyes.read(`/sys/class/block/${name}/stat`)) ?? (await eyes.read(`/sys/block/${name}/stat`));
  return text === undefined ? undefined : countIos(text);
}

/** A text that is no counter of a disk counts nothing. */
export function countIos(text: string): IoCount {
  const stat = parseDiskStat(text);
  if (stat === undefined) return { started: 0, inFlight: 0 };
  return { started: stat.reads + stat.writes + stat.discards + stat.flushes, inFlight: stat.inFlight };
}
