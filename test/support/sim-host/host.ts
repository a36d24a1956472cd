// A host in memory at the port of the program: steps make the stack, and the load's goodput follows from what they made.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Child } from '../../../agent/host/child.ts';
import { describeSought } from '../../../agent/host/find.ts';
import type { Host } from '../../../agent/host/host.ts';
import type { Reads } from '../../../agent/host/reads.ts';
import type { Step } from '../../../agent/host/step.ts';
import { chanceOf } from '../simulator-noise.ts';
import type { SimClock } from './clock.ts';
import { makeCounters } from './counters.ts';
import { type SimFio, startFio } from './fio.ts';
import { flowsOf } from './model.ts';
import { act, makeThings, type Things, undo } from './things.ts';
import { wayFrom } from './way.ts';

export interface SimOptions {
  readonly clock: SimClock;
  readonly seed: number;
  /** Coefficient of variation of goodput from one second to the next. */
  readonly cv?: number | undefined;
  /** I/Os a second that the CPUs can do. */
  readonly mostIops?: number | undefined;
  /** I/Os a second that each guest asks for at most, whatever its depth; left out: as many as are answered. */
  readonly askedIops?: number | undefined;
  /** What goodput is multiplied by from outside the stack, by milliseconds since the start. */
  readonly drift?: ((ms: number) => number) | undefined;
  /** I/Os in flight of each guest that the ring lets through besides what any of its files says. */
  readonly ringHides?: number | undefined;
}

export interface SimHost extends Host {
  readonly things: Things;
  readonly log: readonly { readonly what: 'act' | 'undo'; readonly step: Step }[];
  /** Steps that are made and not undone. */
  readonly outstanding: () => readonly Step[];
  readonly stop: (reason: Error) => void;
  /** The fio of a guest dies as soon as it does I/O. */
  readonly killFio: (guest: number) => void;
  /** Some guest does I/O now. */
  readonly isBusy: () => boolean;
  /** The next step that this says is refused. */
  readonly refuse: (which: (step: Step) => boolean, failure?: Error) => void;
}

export function simHost({
  clock,
  seed,
  cv = 0.02,
  mostIops = 20_000,
  drift = () => 1,
  askedIops = Infinity,
  ringHides,
}: SimOptions): SimHost {
  const things = makeThings();
  things.hidden = ringHides;
  const counters = makeCounters();
  const log: { what: 'act' | 'undo'; step: Step }[] = [];
  const standing: { step: Step; prior: string | undefined; fio?: SimFio }[] = [];
  const fios: SimFio[] = [];
  const end = new AbortController();
  const stopped = new Promise<never>((_, reject) => {
    end.signal.addEventListener('abort', () => reject(end.signal.reason as Error));
  });
  stopped.catch(() => undefined);
  const { normal } = chanceOf(seed);
  let refused: (step: Step) => boolean = () => false;
  let refusal: Error | undefined;
  let doomed: number | undefined;
  let noise = { second: -1, factor: 1 };
  const started = clock.nowMs();

  const factorNow = (): number => {
    const second = Math.floor((clock.nowMs() - started) / 1000);
    if (noise.second !== second) noise = { second, factor: Math.exp(cv * normal()) };
    return noise.factor * drift(clock.nowMs() - started);
  };
  const isAwake = ({ cgroup, isRunning }: SimFio): boolean => {
    const isFrozen = (path: string): boolean => things.files.get(`${path}/cgroup.freeze`) === '1';
    return isRunning() && !isFrozen(cgroup) && !isFrozen(cgroup.slice(0, cgroup.lastIndexOf('/')));
  };
  clock.onPass((ms) => {
    const awake = fios.filter(isAwake);
    const loops = awake.map(({ guest, inFlight, rateIops, device, cgroup }) => {
      const allowed = /riops=(\d+)/.exec(things.files.get(`${cgroup}/io.max`) ?? '')?.[1];
      const askedPerMs = Math.min(askedIops, rateIops) / 1000;
      const rates = { askedPerMs, allowedPerMs: Number(allowed ?? Infinity) / 1000 };
      return { guest, inFlight, way: wayFrom(things, device), ...rates };
    });
    const factor = factorNow();
    const flows = flowsOf(loops, mostIops / 1000).map((flow) => ({
      ...flow,
      iosPerMs: flow.iosPerMs * factor,
      latencyMs: flow.latencyMs / factor,
      belowMs: flow.belowMs.map((below) => below / factor),
    }));
    counters.pass(
      ms,
      flows.map((flow, i) => ({ flow, way: loops[i]?.way ?? [] })),
    );
    for (const [i, fio] of awake.entries()) {
      const { iosPerMs = 0, latencyMs = 0 } = flows[i] ?? {};
      fio.pass(ms, iosPerMs * ms, latencyMs);
      if (fio.guest !== doomed) continue;
      doomed = undefined;
      fio.end({ code: undefined, signal: 'SIGKILL', stderr: '' });
    }
  });

  const checkStop = (): void => end.signal.throwIfAborted();
  const apply = async (step: Step): Promise<string> => {
    await Promise.resolve();
    checkStop();
    if (refused(step)) {
      refused = () => false;
      throw refusal ?? new Error(`the simulated host refuses a ${step.kind}`);
    }
    // As on a true host: what is loaded already is no change.
    if (step.kind === 'module' && things.modules.has(step.name)) return '';
    const { node, prior } = act(things, step);
    log.push({ what: 'act', step });
    if (step.kind !== 'dm-swap') standing.push({ step, prior });
    return node;
  };
  const read = (path: string): string | undefined => {
    if (path === '/proc/diskstats') {
      const nodes = [...things.dm.values()].map(({ node }) => node);
      return nodes.map((node) => `253 0 ${node.replace('/dev/', '')} ${counters.stat(node)}`).join('\n');
    }
    const statOf = /^\/sys\/block\/(.*)\/stat$/.exec(path)?.[1];
    if (statOf !== undefined) return counters.stat(`/dev/${statOf}`);
    const disk = /^\/sys\/block\/(.*)\/dev$/.exec(path)?.[1];
    if (disk !== undefined) return `sim:${disk}`;
    const byNumber = /^\/sys\/dev\/block\/sim:(.*)\/stat$/.exec(path)?.[1];
    if (byNumber !== undefined) return counters.stat(`/dev/${byNumber}`);
    const events = /^(.*)\/cgroup\.events$/.exec(path)?.[1];
    if (events !== undefined) {
      return `populated ${fios.some((fio) => fio.cgroup === events && fio.isRunning()) ? 1 : 0}\n`;
    }
    return things.files.get(path);
  };

  const reads: Reads = {
    read: (path) => Promise.resolve(read(path)),
    list: (path) => {
      const within = [...things.files.keys()].filter((one) => one.startsWith(`${path}/`));
      return Promise.resolve([...new Set(within.map((one) => one.slice(path.length + 1).split('/')[0] ?? ''))]);
    },
  };

  return {
    things,
    log,
    outstanding: () => standing.map(({ step }) => step),
    stop: (reason) => end.abort(reason),
    killFio: (guest) => (doomed = guest),
    isBusy: () => fios.some(isAwake),
    refuse: (which, failure) => ([refused, refusal] = [which, failure]),
    apply,
    spawn: async (step): Promise<Child> => {
      await apply(step);
      const fio = startFio(step);
      fios.push(fio);
      Object.assign(standing.at(-1) ?? {}, { fio });
      return fio.child;
    },
    console: () => Promise.reject(new Error('the simulated host has no domains')),
    // The provider looks as it would on a true host, at what the steps have brought about here.
    find: async (sought) => {
      const node = 'path' in sought ? sought.path : await sought.look(reads);
      if (node === undefined) throw new Error(`the simulated host has not ${describeSought(sought)}`);
      return node;
    },
    ...reads,
    dmCounters: (name) => {
      const device = things.dm.get(name);
      return Promise.resolve(device && counters.dmStats(device.node));
    },
    // At once: what is not the clock's must not take time.
    writeScratch: (path, text) => {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
      return Promise.resolve();
    },
    whenMade: (look) => look(),
    checkStop,
    stopped,
    sleep: (ms) => clock.sleep(ms, end.signal),
    scope: async (body) => {
      const mark = standing.length;
      try {
        return await body();
      } finally {
        for (const { step, prior, fio } of standing.splice(mark).reverse()) {
          fio?.end({ code: 0, signal: undefined, stderr: '' });
          undo(things, step, prior);
          log.push({ what: 'undo', step });
        }
      }
    },
  };
}
