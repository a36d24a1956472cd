// Completed I/Os of all guests over time, from the lanes that the guests stand on.

import type { Host } from '../host/host.ts';

export interface Reading {
  /** Milliseconds of the agent's clock, in the middle of reading. */
  readonly atMs: number;
  /** I/Os completed on all devices since they were made. */
  readonly ios: number;
}

/** Both lists have one entry a reading; times since the first call, to a tenth of a millisecond. */
export interface Watched {
  readonly atMs: number[];
  readonly ios: number[];
}

export interface Watch {
  /** Ends it and gives what was read; further calls give the same. */
  readonly stop: () => Watched;
}

/**
 * Undefined when a device has no counters. All devices come from one file: ten readings a second of a file for each guest
 * would cost an emulated CPU a tenth of its time.
 */
export async function readCompletions(
  host: Pick<Host, 'read'>,
  devices: readonly string[],
): Promise<Reading | undefined> {
  const before = performance.now();
  const text = await host.read('/proc/diskstats');
  const atMs = (before + performance.now()) / 2;
  const names = new Set(devices.map((device) => device.replace(/^\/dev\//, '')));
  let [found, ios] = [0, 0];
  for (const line of text?.split('\n') ?? []) {
    const fields = line.trim().split(/\s+/, 8);
    if (!names.has(fields[2] ?? '')) continue;
    found++;
    // Reads and writes completed: fields 4 and 8 (Documentation/admin-guide/iostats.rst).
    ios += Number(fields[3]) + Number(fields[7]);
  }
  return found < names.size || Number.isNaN(ios) ? undefined : { atMs, ios };
}

/** Reads every `everyMs` from now on until stopped; a reading that comes late is not made up for. */
export function watchCompletions(
  host: Pick<Host, 'read' | 'sleep'>,
  devices: readonly string[],
  everyMs: number,
): Watch {
  const started = performance.now();
  const readings: Reading[] = [];
  let over = false;
  const watch = async (): Promise<void> => {
    while (!over) {
      const reading = await readCompletions(host, devices);
      if (reading) readings.push(reading);
      const passed = performance.now() - started;
      await host.sleep(everyMs - (passed % everyMs));
    }
  };
  // It ends early when the run is told to stop. The caller hears that as well.
  watch().catch(() => undefined);
  return {
    stop: () => {
      over = true;
      return {
        atMs: readings.map(({ atMs }) => Math.round(10 * (atMs - started)) / 10),
        ios: readings.map(({ ios }) => ios - (readings[0]?.ios ?? 0)),
      };
    },
  };
}
