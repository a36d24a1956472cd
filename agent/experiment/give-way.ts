// Another tenant of the host suffers: the guests stand still for a moment, to see whether they are the cause.

import type { Host } from '../host/host.ts';
import type { Load } from '../load/drive.ts';

/** Who watches the other tenants. */
export interface Others {
  /** Resolves while somebody suffers and it is not known why. */
  readonly suffering: () => Promise<void>;
  readonly isSuffering: () => boolean;
  /** Finds out why. Tells the run to stop where the guests are the cause; they stand still then. */
  readonly findCause: (guests: {
    readonly pause: () => Promise<void>;
    readonly resume: () => Promise<void>;
  }) => Promise<void>;
}

/** Whether `step` came to its end before somebody suffered. */
export async function unlessSuffering(step: Promise<void>, others: Others | undefined): Promise<boolean> {
  if (!others) return step.then(() => true);
  return Promise.race([step.then(() => true), others.suffering().then(() => false)]);
}

/** Throws StoppedError where the guests are the cause. Everybody who ran runs again otherwise. */
export async function giveWay(
  host: Pick<Host, 'checkStop'>,
  load: Pick<Load, 'running' | 'letRun'>,
  others: Others,
): Promise<void> {
  const running = load.running();
  await others.findCause({ pause: () => load.letRun([]), resume: () => load.letRun(running) });
  host.checkStop();
}
