// Stops the run when other tenants of the host wait much more than before it.

import type { Host } from '../host/host.ts';
import { readWaits, sufferer, type Waits } from '../measure/tenants.ts';

const tickMs = 2_000;
/** Looks back over so many ticks: one burst is no suffering. */
const windowTicks = 3;

export interface Sparing {
  /** False: this kernel keeps no pressure of cgroups, or there is nobody else. */
  readonly canSee: boolean;
  readonly end: () => void;
}

/** `stop` is called once, with a sentence, when some tenant's waiting has grown by more than `points` of a hundred. */
export async function spareOthers(
  host: Pick<Host, 'read' | 'list'>,
  points: number,
  stop: (sentence: string) => void,
): Promise<Sparing> {
  const before = await readWaits(host);
  let past: readonly { readonly waits: Waits; readonly atMs: number }[] = [];
  let isLooking = false;
  const look = async (): Promise<void> => {
    const waits = await readWaits(host);
    const atMs = performance.now();
    const oldest = past.length >= windowTicks ? past[0] : undefined;
    past = [...past.slice(-windowTicks + 1), { waits, atMs }];
    const found = oldest && sufferer({ before, from: oldest.waits, to: waits }, atMs - oldest.atMs, points);
    if (found === undefined) return;
    clearInterval(timer);
    stop(`stopped to spare others: ${found}, and --max-impact allows ${points} points more`);
  };
  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    void look()
      .catch(() => undefined)
      .finally(() => (isLooking = false));
  }, tickMs);
  return { canSee: before.size > 0, end: () => clearInterval(timer) };
}
