// Whole runs in memory beside a tenant of the host, watched by the program's own code: who waits because of the guests ends the
// run, who waits by his own doing does not, and neither changes what is named.

import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { StoppedError } from '../../../agent/lib/errors.ts';
import { spareOthers, type Sparing } from '../../../agent/run/spare-others.ts';
import type { SimClock } from '../../support/sim-host/clock.ts';
import type { SimHost } from '../../support/sim-host/host.ts';
import { simRun, type SimRun, tidySimRuns } from '../../support/sim-host/run.ts';

afterEach(tidySimRuns);

const profile = readFileSync('profiles/plant-network.yaml', 'utf8');

/** How long the tenant waits for the CPU, per cent, by the time in seconds and whether the guests run. */
type Waiting = (s: number, isBusy: boolean) => number;

/** Time moves in steps of this, so that the tenant waits while the guests run, and not on the average. */
const stepMs = 100;

function beside(waiting: Waiting, usual: number, points = 30): NonNullable<SimRun['watch']> {
  return async (host: SimHost, clock: SimClock): Promise<Sparing> => {
    const start = clock.nowMs();
    const over = new AbortController();
    let totalUs = 0;
    const tick = async (): Promise<void> => {
      while (!over.signal.aborted) {
        await clock.sleep(stepMs, over.signal);
        totalUs += stepMs * 10 * waiting((clock.nowMs() - start) / 1000, host.isBusy());
      }
    };
    void tick().catch(() => undefined);
    const texts: Readonly<Record<string, () => string>> = {
      '/proc/self/cgroup': () => '0::/\n',
      '/sys/fs/cgroup/tenant/cpu.pressure': () =>
        `some avg10=0.00 avg60=${usual.toFixed(2)} avg300=0.00 total=${Math.round(totalUs)}\n`,
    };
    const port = {
      read: (path: string) => Promise.resolve(texts[path]?.()),
      list: (folder: string) => Promise.resolve(folder === '/sys/fs/cgroup/' ? ['tenant'] : []),
      sleep: host.sleep,
    };
    const stop = (sentence: string): void => host.stop(new StoppedError('impact', sentence));
    const sparing = await spareOthers(port, points, stop);
    const end = (): void => {
      over.abort();
      sparing.end();
    };
    return { ...sparing, end };
  };
}

const network = { kind: 'lever', layer: 'network' };

describe('beside a tenant', () => {
  it('that waits because of the guests the run stops, restores the host, and tells what it knew', async () => {
    const watch = beside((s, isBusy) => (s > 30 && isBusy ? 70 : 3), 3);
    const { exit, cutShort, document, host } = await simRun({ profile, caps: false, watch });
    expect(exit).toBe('impact');
    expect(document.exit.code).toBe(31);
    expect(cutShort?.why).toMatch(/^stopped to spare others: tenant waited for cpu \d+ % of the last 6 s, 3 % before/);
    expect(host.outstanding()).toEqual([]);
  });

  it('that waits by its own doing the run goes on to its verdict, and says who waited', async () => {
    const watch = beside((s) => (s > 30 ? 70 : 3), 3);
    const { exit, document } = await simRun({ profile, caps: false, watch });
    expect(exit).toBe('ok');
    expect(document.verdict).toMatchObject(network);
    expect(JSON.stringify(document.caveats)).toMatch(
      /tenant waited for cpu \d+ % of 6 s, 3 % is usual: it did not come and go with the guests/,
    );
  });

  it('that always took a part of the CPU what is planted is named, and nobody is said to have waited', async () => {
    const watch = beside((_, isBusy) => (isBusy ? 60 : 40), 45);
    const { exit, document } = await simRun({ profile, caps: false, watch, mostIops: 6_000, cv: 0.05 });
    expect(exit).toBe('ok');
    expect(document.verdict).toMatchObject(network);
    expect(JSON.stringify(document.caveats)).not.toContain('tenant waited');
  });
});
