// The way of an I/O from a guest's device down to the media, read off what the steps have made: tables, targets, disks.

import { devicesOf, type Things } from './things.ts';
import type { Hop } from './model.ts';

const nullb = '/sys/kernel/config/nullb';
/** Of the one adapter that there is: what it got when it was made. */
const canQueue = '/sys/class/scsi_host/host2/can_queue';

/** Throws where the way ends at nothing. */
export function wayFrom(things: Things, device: string): readonly Hop[] {
  const { files, dm, hidden } = things;
  const name = device.replace('/dev/', '');
  const own = [...dm.values()].find(({ node }) => node === device);
  if (own) {
    const delay = own.table.find(({ type }) => type === 'delay')?.params.split(' ')[2];
    return [{ device, serviceMs: Number(delay ?? 0) }, ...wayFrom(things, devicesOf(own.table)[0] ?? '')];
  }
  const lun = /^sd([a-z])$/.exec(name)?.[1];
  if (lun !== undefined) {
    const number = lun.charCodeAt(0) - 'a'.charCodeAt(0) + 1;
    const store = [...files].find(([path]) => path.endsWith(`-g${number}/control`))?.[1];
    const below = /udev_path=([^,]+)/.exec(store ?? '')?.[1] ?? '';
    const depth = files.get(`/sys/block/${name}/device/queue_depth`);
    const caps = [
      ...(hidden === undefined ? [] : [{ key: `${device} hidden`, inFlight: hidden }]),
      ...(depth === undefined ? [] : [{ key: device, inFlight: Number(depth) }]),
      { key: 'tcm_loop', inFlight: Number(files.get(canQueue)) },
    ];
    return [{ device, serviceMs: 0, caps }, ...wayFrom(things, below)];
  }
  const path = [...things.connected].find(([, { disk }]) => disk === device);
  if (path) {
    const [nqn, { isLocal, inFlight }] = path;
    const below = files.get(`/sys/kernel/config/nvmet/subsystems/${nqn}/namespaces/1/device_path`) ?? '';
    const caps = [{ key: nqn, inFlight }];
    return [{ device, serviceMs: isLocal ? 0 : roundTripMs(things), caps }, ...wayFrom(things, below)];
  }
  const at = (attribute: string): number => Number(files.get(`${nullb}/${name}/${attribute}`) ?? 0);
  if (at('power') !== 1) throw new Error(`there is no ${device}`);
  const inFlight = at('hw_queue_depth') * at('submit_queues');
  return [{ device, serviceMs: at('completion_nsec') / 1e6, caps: [{ key: device, inFlight }] }];
}

/** netem delays each of both directions. */
function roundTripMs({ ran }: Things): number {
  const delays = [...ran].map((line) => Number(/ netem delay (\d+)us/.exec(line)?.[1] ?? 0));
  return delays.reduce((sum, us) => sum + us, 0) / 1000;
}
