// Reads what both ends of a Xen ring agreed on. They may agree on less than was asked for, without an error.

import type { Host } from '../../host/host.ts';
import { HostError } from '../../lib/errors.ts';
import { vbdPaths, xenState, xenstoreScheme } from '../../lib/xen.ts';

export interface RingWanted {
  readonly ringPageOrder?: number | undefined;
  readonly queues?: number | undefined;
  readonly persistentGrants?: boolean | undefined;
}

/** Throws HostError where a vbd is not connected, or its ring is another than asked for. `domain`: that of its frontend. */
export async function mustBeAsAsked(
  host: Pick<Host, 'read'>,
  { name, id, domain }: { readonly name: string; readonly id: number; readonly domain?: number },
  { ringPageOrder, queues, persistentGrants }: RingWanted,
): Promise<void> {
  const { front, back } = vbdPaths(id, domain);
  const read = (path: string): Promise<string | undefined> => host.read(`${xenstoreScheme}${path}`);
  const count = async (path: string, absent: number): Promise<number> => Number((await read(path)) ?? absent);
  const isOn = async (path: string): Promise<boolean> => (await read(path)) === '1';
  // Before that its keys are not all written.
  const state = await read(`${back}/state`);
  if (state !== xenState.connected) {
    throw new HostError(
      `${name} is not connected: its backend is in state ${state ?? 'none'} in place of ${xenState.connected}`,
      'dmesg and xl dmesg may say why',
    );
  }
  const [order, most, rings, mostRings] = [
    await count(`${front}/ring-page-order`, 0),
    await count(`${back}/max-ring-page-order`, 0),
    await count(`${front}/multi-queue-num-queues`, 1),
    await count(`${back}/multi-queue-max-queues`, 1),
  ];
  // In use where both ends say so (drivers/block/xen-blkfront.c, blkfront_gather_backend_features; xen-blkback/xenbus.c, connect_ring).
  const [ofFront, ofBack] = [await isOn(`${front}/feature-persistent`), await isOn(`${back}/feature-persistent`)];
  const says = (on: boolean): string => (on ? 'offers them' : 'does not offer them');
  const settings = [
    ['ringPageOrder', ringPageOrder, order, `the backend offers at most ${most}`],
    ['queues', queues, rings, `the backend offers at most ${mostRings}`],
    [
      'persistentGrants',
      persistentGrants,
      ofFront && ofBack,
      `the frontend ${says(ofFront)}, the backend ${says(ofBack)}`,
    ],
  ] as const;
  for (const [setting, asked, got, why] of settings) {
    if (asked === undefined || asked === got) continue;
    throw new HostError(
      `${name} has got ${setting} ${got} in place of ${asked}: ${why}`,
      'set the parameters of xen_blkback and xen_blkfront so that both allow it, or leave the setting out of the profile',
    );
  }
}
