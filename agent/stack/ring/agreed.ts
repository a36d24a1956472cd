// What the two ends of a Xen ring agreed on: less than was asked for is agreed without a word.

import type { Host } from '../../host/host.ts';
import { HostError } from '../../lib/errors.ts';
import { vbdPaths, xenstoreScheme } from '../../lib/xen.ts';

export interface RingWanted {
  readonly ringPageOrder?: number | undefined;
  readonly queues?: number | undefined;
}

/** Throws HostError where the ring of a connected vbd is another than asked for. `domain`: that of its frontend. */
export async function mustBeAsAsked(
  host: Host,
  { name, id, domain }: { readonly name: string; readonly id: number; readonly domain?: number },
  { ringPageOrder, queues }: RingWanted,
): Promise<void> {
  const { front, back } = vbdPaths(id, domain);
  const count = async (path: string, absent: number): Promise<number> =>
    Number((await host.read(`${xenstoreScheme}${path}`)) ?? absent);
  const got = {
    ringPageOrder: await count(`${front}/ring-page-order`, 0),
    queues: await count(`${front}/multi-queue-num-queues`, 1),
  };
  const offered = {
    ringPageOrder: await count(`${back}/max-ring-page-order`, 0),
    queues: await count(`${back}/multi-queue-max-queues`, 1),
  };
  for (const [setting, asked] of Object.entries({ ringPageOrder, queues })) {
    const key = setting as keyof typeof got;
    if (asked === undefined || asked === got[key]) continue;
    throw new HostError(
      `${name} has got ${setting} ${got[key]} in place of ${asked}: the backend offers at most ${offered[key]}`,
      `expected at most ${offered[key]}, and parameters of xen_blkfront that allow as much`,
    );
  }
}
