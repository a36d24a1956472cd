// A guest's fio: answers SIGUSR1 with a json+ document of what its loop has done, and ends at SIGINT.

import { readFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import type { Child, Exit } from '../../../agent/host/child.ts';
import { sum } from '../../../agent/lib/numbers.ts';
import { type Random, seededRandom } from '../../../agent/lib/random.ts';
import type { SpawnStep } from '../../../agent/host/steps/spawn.ts';

export interface SimFio {
  readonly guest: number;
  readonly device: string;
  readonly inFlight: number;
  /** I/Os a second that its job asks for; Infinity: as many as are answered. */
  readonly rateIops: number;
  readonly cgroup: string;
  readonly child: Child;
  /** `ms` pass in which it completes `ios` (a fraction of one too). */
  readonly pass: (ms: number, ios: number, latencyMs: number) => void;
  readonly isRunning: () => boolean;
  readonly end: (exit: Exit) => void;
}

const blockBytes = 4096;

/** How many come where `mean` are due, with gaps as of a Poisson process. */
function poisson({ below }: Random): (mean: number) => number {
  const gap = (): number => -Math.log((below(1e9) + 1) / 1e9);
  let next = gap();
  return (mean) => {
    let count = 0;
    for (next -= mean; next <= 0; next += gap()) count++;
    return count;
  };
}

export function startFio(step: SpawnStep): SimFio {
  const job = readFileSync(step.argv.at(-1) ?? '', 'utf8');
  const option = (key: string): string => new RegExp(`^${key}=(.*)$`, 'm').exec(job)?.[1] ?? '';
  const guest = Number(/\d+$/.exec(step.name)?.[0] ?? 0);
  const stdout = new PassThrough();
  const bins = new Map<number, number>();
  let [runtimeMs, done, latencySumNs, over] = [0, 0, 0, false];
  let ended: (exit: Exit) => void = () => undefined;
  const exited = new Promise<Exit>((resolve) => (ended = resolve));
  const random = poisson(seededRandom(guest));
  const end = (exit: Exit): void => {
    over = true;
    stdout.end();
    ended(exit);
  };
  const snapshot = (): string => {
    const ios = Math.floor(done);
    const idle = { io_bytes: 0, runtime: 0, lat_ns: { mean: 0, N: 0 } };
    const lat_ns = { mean: done > 0 ? latencySumNs / done : 0, N: ios, bins: Object.fromEntries(bins) };
    const runtime = Math.round(runtimeMs);
    const read = { io_bytes: ios * blockBytes, runtime, lat_ns };
    const jobs = [{ error: 0, total_err: 0, job_runtime: runtime, read, write: idle }];
    return `{\n"jobs": ${JSON.stringify(jobs)}\n}\n`;
  };
  return {
    guest,
    device: option('filename'),
    inFlight: Number(option('iodepth')) || 1,
    rateIops: sum(option('rate_iops').split(',').map(Number)) || Infinity,
    cgroup: step.cgroup,
    end,
    isRunning: () => !over,
    pass: (ms, mean, latencyMs) => {
      const ios = option('rate_process') === 'poisson' ? random(mean) : mean;
      const whole = Math.floor(done + ios) - Math.floor(done);
      const ns = Math.round(latencyMs * 1e6);
      if (whole > 0) bins.set(ns, (bins.get(ns) ?? 0) + whole);
      [runtimeMs, done, latencySumNs] = [runtimeMs + ms, done + ios, latencySumNs + ios * ns];
    },
    child: {
      name: step.name,
      stdout,
      exited,
      signal: (signal) => {
        if (over) return;
        if (signal === 'SIGUSR1') stdout.write(snapshot());
        else end({ code: 0, signal: undefined, stderr: '' });
      },
    },
  };
}
