// Completed I/Os of all guests over time, from the lanes that the guests stand on: one small file a guest and reading.

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

/** Undefined when a device has no counters. */
export async function readCompletions(
  host: Pick<Host, 'read'>,
  devices: readonly string[],
): Promise<Reading | undefined> {
  const before = performance.now();
  const texts = await Promise.all(
    devices.map((device) => host.read(`/sys/block/${device.replace(/^\/dev\//, '')}/stat`)),
  );
  const atMs = (before + performance.now()) / 2;
  // Reads and writes completed (Documentation/block/stat.rst).
  const counts = texts.map((text) => {
    const fields = text?.trim().split(/\s+/) ?? [];
    return Number(fields[0] ?? NaN) + Number(fields[4] ?? NaN);
  });
  const ios = counts.reduce((total, count) => total + count, 0);
  return Number.isNaN(ios) ? undefined : { atMs, ios };
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
  // It ends early when the run is told to stop, which whoever measures hears as well.
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
