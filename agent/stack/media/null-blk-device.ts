// One null_blk made through configfs. Its own defaults (one queue, 64 tags, a softirq) would cap the host by
// themselves, so every setting that matters is written. Attributes: Documentation/block/null_blk.rst.

import type { Host } from '../../host/host.ts';
import type { Mark } from '../../host/facts/traces.ts';
import type { Need } from '../../host/needs/needs.ts';
import { sectorBytes } from '../../lib/units.ts';
import type { Lane, Site } from '../provider.ts';

export interface NullBlkSettings {
  readonly part: string;
  /** 0: completes inline. */
  readonly latencyNs: number;
  /** Requests in flight, a queue. */
  readonly depth: number;
  readonly queues: number;
  /** Keeps what is written, in RAM. */
  readonly memory: boolean;
  /** The latency that the kernel's throttle of write-back aims at (wbt_lat_usec); left out: it throttles nothing. */
  readonly throttleNs?: number;
  readonly why: string;
}

/** Requests in flight in each queue of a media stub: more than any stack above lets through. */
export const wideDepth = 4096;

const folder = '/sys/kernel/config/nullb';
const mebibyte = 2 ** 20;

export const nullBlkMarks: readonly Mark[] = [{ folder, name: /^layerlift-/ }];

export const nullBlkNeeds: readonly Need[] = [
  { kind: 'configfs' },
  { kind: 'module', name: 'null_blk', forWhat: 'model disks and the media stub' },
];

export async function raiseNullBlk(site: Site, settings: NullBlkSettings): Promise<readonly Lane[]> {
  const { host, names, geometry } = site;
  const name = names.object(settings.part);
  const dir = `${folder}/${name}`;
  await host.apply({
    kind: 'module',
    name: 'null_blk',
    params: { nr_devices: '0' },
    why: 'model disks and media stubs',
  });
  await host.apply({ kind: 'mkdir', path: dir, why: settings.why });
  const attributes: readonly [string, number][] = [
    ['size', Math.ceil((geometry.sectors * sectorBytes) / mebibyte)],
    ['blocksize', geometry.blockBytes],
    ['queue_mode', 2],
    ['submit_queues', settings.queues],
    ['poll_queues', 0],
    ['hw_queue_depth', settings.depth],
    ['no_sched', 1],
    ['irqmode', settings.latencyNs > 0 ? 2 : 0],
    ...(settings.latencyNs > 0 ? [['completion_nsec', settings.latencyNs] as [string, number]] : []),
    ['memory_backed', settings.memory ? 1 : 0],
  ];
  for (const [attribute, value] of attributes) {
    await host.apply({
      kind: 'write',
      path: `${dir}/${attribute}`,
      value: `${value}`,
      restore: 'never',
      why: `${name}: ${attribute}`,
    });
  }
  await host.apply({
    kind: 'write',
    path: `${dir}/power`,
    value: '1',
    restore: { value: '0' },
    why: `${name}: switch it on`,
  });
  const device = await host.find({ path: `/dev/${name}` });
  await setThrottle(host, name, settings.throttleNs ?? 0);
  return [{ device, sectors: geometry.sectors }];
}

/**
 * The kernel throttles what is written back on every disk that has requests, with 2 ms as its aim: beside reads that take
 * longer it lets hardly a write through (block/blk-wbt.c, latency_exceeded). Writes with O_DIRECT are exempt, those of a SCSI
 * target or a loop device are not: unless it is switched off, a disk of ours would have a cap that nobody asked for.
 */
async function setThrottle(host: Host, name: string, ns: number): Promise<void> {
  await host.apply({
    kind: 'write',
    path: `/sys/block/${name}/queue/wbt_lat_usec`,
    value: `${Math.round(ns / 1e3)}`,
    restore: 'never',
    ifThere: true,
    why: `${name}: ${ns > 0 ? 'its throttle of write-back' : 'no throttle of write-back'}`,
  });
}
