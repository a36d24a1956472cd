// Watches whether other tenants of the host wait much more than is usual, and finds out whether the run is the cause: it
// stops only then. What was there before, or comes and goes by itself, is told as a caveat.

import type { Others } from '../experiment/give-way.ts';
import type { Host } from '../host/host.ts';
import type { RunCaveat } from '../records/run-caveat.ts';
import {
  isMostly,
  readWaits,
  worstHit,
  type Suffering,
  type Waits,
  waitPercent,
  waiterOf,
  waitText,
} from '../measure/tenants.ts';

const tickMs = 2_000;
/** Looks back over so many ticks. */
const windowTicks = 3;
/** After a pause or its end it takes so long to show. */
const lagMs = 500;
/** For so long is looked at a pause, and then in turn at its end and at another pause: uneven, so that nobody keeps step with it. */
const [firstTrialMs, ...furtherTrialsMs] = [2_500, [1_500, 2_000], [1_000, 4_000]] as const;
/** A tenant that did not wait because of the run is not looked at again for so long: twice as long each time, up to the last. */
const [firstQuietMs, longestQuietMs] = [15_000, 120_000];

export interface Sparing extends Others {
  /** False: this kernel keeps no pressure of cgroups, or there is nobody else. */
  readonly canSee: boolean;
  /** Who suffered and was not the run's doing. */
  readonly notes: () => readonly RunCaveat[];
  readonly end: () => void;
}

/** `stop` is called once, with a sentence, when some tenant's waiting has grown by more than `points` of a hundred because of the guests. */
export async function spareOthers(
  host: Pick<Host, 'read' | 'list' | 'sleep'>,
  points: number,
  stop: (sentence: string) => void,
): Promise<Sparing> {
  const before = await readWaits(host);
  const usual = new Map([...before].map(([key, { percentOfMinute }]) => [key, percentOfMinute]));
  const excused = new Map<string, RunCaveat>();
  let past: readonly { readonly waits: Waits; readonly atMs: number }[] = [];
  let alarm = nextAlarm();
  let [isLooking, quietUntilMs, quietMs] = [false, 0, firstQuietMs];

  const look = async (): Promise<void> => {
    const waits = await readWaits(host);
    const atMs = performance.now();
    const oldest = past.length >= windowTicks ? past[0] : undefined;
    past = [...past.slice(-windowTicks + 1), { waits, atMs }];
    if (!oldest || alarm.found.length > 0 || atMs < quietUntilMs) return;
    const found = worstHit({ usual, from: oldest.waits, to: waits }, atMs - oldest.atMs, points);
    if (found.length > 0) alarm.ring(found);
  };
  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    void look()
      .catch(() => undefined)
      .finally(() => (isLooking = false));
  }, tickMs);

  /** How long each waits from now on, per cent. */
  const watch = async (trialMs: number): Promise<(key: string) => number> => {
    await host.sleep(lagMs);
    const [from, fromMs] = [await readWaits(host), performance.now()];
    await host.sleep(trialMs);
    const [to, toMs] = [await readWaits(host), performance.now()];
    return (key) => waitPercent(key, from, to, toMs - fromMs) ?? 0;
  };

  const excuse = (found: readonly Suffering[]): void => {
    for (const one of found) {
      const { percent, usualPercent } = one;
      excused.set(one.key, { kind: 'tenant-waited', ...waiterOf(one), percent, usualPercent });
    }
    quietUntilMs = performance.now() + quietMs;
    quietMs = Math.min(longestQuietMs, 2 * quietMs);
  };

  /** Those whose waiting goes with the guests, comes back with them, and goes again: a burst that ends by itself does not come back. */
  const oursAmong = async (
    found: readonly Suffering[],
    { pause, resume }: Parameters<Others['findCause']>[0],
  ): Promise<readonly Suffering[]> => {
    await pause();
    let paused = await watch(firstTrialMs);
    let ours = found.filter((one) => isMostly(one, one.percent, paused(one.key)));
    if (ours.length === 0)
      for (const { key, usualPercent } of found) usual.set(key, Math.max(usualPercent, paused(key)));
    for (const [runMs, pauseMs] of furtherTrialsMs) {
      await resume();
      if (ours.length === 0) return [];
      const ran = await watch(runMs);
      ours = ours
        .map((one) => ({ ...one, percent: Math.max(one.percent, ran(one.key)) }))
        .filter((one) => isMostly(one, ran(one.key), paused(one.key)));
      if (ours.length === 0) return [];
      await pause();
      paused = await watch(pauseMs);
      const again = paused;
      ours = ours.filter((one) => isMostly(one, ran(one.key), again(one.key)));
    }
    if (ours.length === 0) await resume();
    return ours;
  };

  const findCause: Others['findCause'] = async (guests) => {
    const { found } = alarm;
    const [worst] = await oursAmong(found, guests);
    if (worst) {
      const text = `${waitText(worst)} of the last 6 s, ${worst.usualPercent.toFixed(0)} % before, and less whenever the guests stood still`;
      stop(
        `stopped to spare others: ${text}; --max-impact allows ${points} points more, and caps what the guests take`,
      );
      return;
    }
    excuse(found);
    past = [];
    alarm = nextAlarm();
  };

  return {
    canSee: before.size > 0,
    suffering: () => alarm.rang,
    isSuffering: () => alarm.found.length > 0,
    findCause,
    notes: () => [...excused.values()],
    end: () => clearInterval(timer),
  };
}

interface Alarm {
  readonly rang: Promise<void>;
  readonly found: readonly Suffering[];
  readonly ring: (found: readonly Suffering[]) => void;
}

function nextAlarm(): Alarm {
  let found: readonly Suffering[] = [];
  let resolve = (): void => undefined;
  const rang = new Promise<void>((done) => (resolve = done));
  return {
    rang,
    get found() {
      return found;
    },
    ring: (now) => {
      found = now;
      resolve();
    },
  };
}
