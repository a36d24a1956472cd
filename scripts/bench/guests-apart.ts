// Guests that are frozen from their start on, and thawed and frozen one by one.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Host } from '../../agent/host/host.ts';
import { isPopulated } from '../../agent/host/formats/cgroup-events.ts';
import { waitFor } from '../../agent/host/kernel/wait.ts';
import type { LoadPlan } from '../../agent/load/drive.ts';
import { raiseGuest, startGuest } from '../../agent/load/guest.ts';
import { type JobSection, renderJob } from '../../agent/load/job.ts';
import type { Names } from '../../agent/stack/names.ts';
import type { Lane } from '../../agent/stack/provider.ts';

export interface Apart {
  /** Comes back when the guest stands still and nothing of it is in flight. */
  readonly freeze: () => Promise<void>;
  readonly thaw: () => Promise<void>;
  /** Rejects when its fio ends by itself. */
  readonly died: Promise<never>;
  /** Ends its fio, which must not be frozen, once its I/O is through. */
  readonly stop: () => Promise<void>;
}

const patienceMs = 30_000;

export async function startApart(
  host: Host,
  names: Names,
  plan: Omit<LoadPlan, 'sections'> & { readonly lanes: readonly Lane[]; readonly folder: string },
  sectionsOf: (guest: number) => readonly JobSection[],
): Promise<readonly Apart[]> {
  const out: Apart[] = [];
  for (const [i, { device, sectors }] of plan.lanes.entries()) {
    const number = i + 1;
    const cgroup = `${names.cgroup}/guests/g${number}`;
    const jobFile = join(plan.folder, `guest-${number}.fio`);
    const target = { guest: number, device, sectors, seed: plan.seed + number, runtimeS: plan.runtimeS };
    const job = renderJob(sectionsOf(number), target);
    writeFileSync(jobFile, job);
    const guest = { number, cgroup, limits: {}, deviceNumber: '', jobFile, job, readOnly: false };
    await raiseGuest(host, guest);
    const hold = async (value: '0' | '1'): Promise<void> => {
      const why = 'which guest runs';
      await host.apply({ kind: 'write', path: `${cgroup}/cgroup.freeze`, value, restore: 'never', why });
      const events = `${cgroup}/cgroup.events`;
      await waitFor(`guest ${number} frozen: ${value}`, patienceMs, async () =>
        new RegExp(`^frozen ${value}$`, 'm').test((await host.read(events)) ?? '') ? true : undefined,
      );
    };
    await hold('1');
    const fio = await startGuest(host, guest);
    const isThere = async (): Promise<boolean> => isPopulated(await host.read(`${cgroup}/cgroup.events`));
    await waitFor(`fio of guest ${number}`, patienceMs, async () => ((await isThere()) ? true : undefined));
    const stop = async (): Promise<void> => {
      fio.stop();
      await waitFor(`the end of guest ${number}`, patienceMs, async () => ((await isThere()) ? undefined : true));
    };
    const inFlight = `/sys/block/${device.replace('/dev/', '')}/inflight`;
    const freeze = async (): Promise<void> => {
      await hold('1');
      await waitFor(`the I/O of guest ${number}`, patienceMs, async () =>
        /^\s*0\s+0\s*$/.test((await host.read(inFlight)) ?? '') ? true : undefined,
      );
    };
    out.push({ freeze, thaw: () => hold('0'), died: fio.died, stop });
  }
  return out;
}
