// A machine in memory, with kinds of steps that act on it. Handed to the real host, journal and unwind, which run on it; it can fail at a step, and die at any point as under kill -9.

import type { JournalRecord } from '../../agent/host/journal/journal.ts';
import type { Kinds, Step, StepOf } from '../../agent/host/step.ts';
import type { Verb } from '../../agent/host/steps/verb.ts';

/** How the undo of a step fails: with an error, by doing nothing and saying nothing, or by never coming back. */
export type UndoFault = 'throws' | 'does nothing' | 'hangs';

export interface Faults {
  /** By number of the act since the machine was made; a number: so many milliseconds before it has its effect. */
  readonly act: Map<number, 'before its effect' | 'after its effect' | 'hangs' | number>;
  /** By the thing that is to be undone, see `thingOf`. */
  readonly undo: Map<string, UndoFault>;
}

export interface Machine {
  /** What is there: folders, attributes (`folder#name`), modules, device-mapper devices, each with its value. */
  readonly things: Map<string, string>;
  readonly faults: Faults;
  /** What reached the disk before the death. */
  readonly records: JournalRecord[];
  readonly journal: {
    readonly path: string;
    readonly append: (record: JournalRecord) => void;
    readonly close: () => void;
  };
  /** How steps are seen, done and undone on it; a test may replace one. */
  readonly kinds: { -readonly [K in keyof Kinds]: Kinds[K] };
  /** Acts and undos in their order, such as `act /a`. */
  readonly log: string[];
  /** Resolves when the machine dies; whatever ran on it never goes on. */
  readonly died: Promise<void>;
  /** Ends what hangs on it, with an error. */
  readonly switchOff: () => void;
}

/** `diesAt`: the number of points (before and after each record, act, undo and look) that it lives through. */
export function makeMachine(things: Iterable<readonly [string, string]>, diesAt = Infinity): Machine {
  let [points, dead, acts] = [0, false, 0];
  let die = (): void => undefined;
  const died = new Promise<void>((resolve) => (die = resolve));
  const isDeadAtThisPoint = (): boolean => {
    if (!dead && ++points > diesAt) {
      dead = true;
      die();
    }
    return dead;
  };
  const records: JournalRecord[] = [];
  const hung: (() => void)[] = [];
  const machine: Machine & Inner = {
    things: new Map(things),
    faults: { act: new Map(), undo: new Map() },
    records,
    journal: {
      path: '(in memory)',
      append: (record) => {
        if (!isDeadAtThisPoint()) records.push(structuredClone(record));
        isDeadAtThisPoint();
      },
      close: () => undefined,
    },
    kinds: { isKnownKind: (kind) => Object.hasOwn(kinds, kind), verbOf: (step) => verbOn(machine, step) },
    log: [],
    died,
    switchOff: () => hung.splice(0).forEach((end) => end()),
    hang: () => new Promise((_, reject) => hung.push(() => reject(new Error('the machine was switched off')))),
    point: () => (isDeadAtThisPoint() ? new Promise(() => undefined) : Promise.resolve()),
    nextAct: () => acts++,
  };
  return machine;
}

/** Another process on the same machine, after the death of the first: same things, same disk, no faults. */
export function restarted(machine: Machine, diesAt = Infinity): Machine {
  const next = makeMachine(machine.things, diesAt);
  next.records.push(...machine.records);
  return next;
}

interface Inner {
  readonly hang: () => Promise<never>;
  readonly point: () => Promise<void>;
  readonly nextAct: () => number;
}

/** What a step makes or changes. */
export function thingOf(step: Step): string {
  switch (step.kind) {
    case 'mkdir':
    case 'write':
      return step.path;
    case 'exec':
      if ('path' in step.witness) return step.witness.path;
      if ('link' in step.witness) return `link ${step.witness.netns} ${step.witness.link}`;
      return `${step.witness.parent}#attached`;
    case 'spawn':
      return `process ${step.name}`;
    case 'module':
      return `module ${step.name}`;
    case 'dm-create':
      return `dm ${step.name}`;
    case 'dm-swap':
      return `dm ${step.name}#suspended`;
    case 'link':
    case 'cgroup':
    case 'controllers':
    case 'dm-message':
    case 'dm-stats':
    case 'brought-modules':
    case 'netns':
    case 'nvme-connect':
    case 'secret':
    case 'iscsi-login':
    case 'nbd-connect':
    case 'loop':
    case 'vduse':
    case 'xen-vbd':
    case 'xen-files':
    case 'xen-domain':
    case 'ring-threads':
    case 'udev-rules':
    case 'udev-module':
    case 'write-out':
      throw new Error(`the fake machine has no ${step.kind}`);
  }
}

interface Kind<K extends Step['kind']> extends Pick<Verb<StepOf<K>>, 'settles' | 'shared' | 'mayStay'> {
  readonly readBack?: (things: Map<string, string>, step: StepOf<K>) => string | undefined;
  readonly present: (things: Map<string, string>, step: StepOf<K>, prior: string | undefined) => boolean;
  readonly capture?: (things: Map<string, string>, step: StepOf<K>) => string | undefined;
  readonly act: (things: Map<string, string>, step: StepOf<K>) => void;
  readonly undo: (things: Map<string, string>, step: StepOf<K>, prior: string | undefined) => void;
}

const kinds: { readonly [K in Step['kind']]?: Kind<K> } = {
  mkdir: {
    present: (things, { path }) => things.has(path),
    act: (things, { path }) => {
      const parent = path.slice(0, path.lastIndexOf('/'));
      if (parent !== '' && !things.has(parent)) throw new Error(`ENOENT ${parent}`);
      things.set(path, 'folder').set(`${path}#power`, '0').set(`${path}#size`, '');
    },
    undo: (things, { path }) => {
      if ([...things.keys()].some((thing) => thing.startsWith(`${path}/`))) throw new Error('ENOTEMPTY');
      removeWithAttributes(things, path);
    },
  },
  write: {
    shared: true,
    present: (things, { path, restore }, prior) =>
      restore !== 'never' && things.has(path) && things.get(path) !== before(restore, prior),
    capture: (things, { path, restore }) => (restore === 'prior' ? (things.get(path) ?? '') : ''),
    act: (things, { path, value }) => {
      if (!things.has(path)) throw new Error(`ENOENT ${path}`);
      things.set(path, value);
    },
    undo: (things, { path, restore }, prior) => void things.set(path, before(restore, prior)),
    readBack: (things, { path, restore }) => (restore === 'prior' ? things.get(path) : undefined),
  },
  exec: {
    present: (things, { witness }) => 'path' in witness && things.has(witness.path),
    act: (things, step) => {
      if ('parent' in step.witness && !things.has(step.witness.parent))
        throw new Error(`ENOENT ${step.witness.parent}`);
      things.set(thingOf(step), 'made');
    },
    undo: (things, step) => removeWithAttributes(things, thingOf(step)),
  },
  module: {
    shared: true,
    mayStay: true,
    present: (things, step, prior) => prior === 'absent' && things.has(thingOf(step)),
    capture: (things, step) => (things.has(thingOf(step)) ? undefined : 'absent'),
    act: (things, step) => void things.set(thingOf(step), 'loaded'),
    undo: (things, step) => void things.delete(thingOf(step)),
  },
  // The process is a true one.
  spawn: { shared: true, present: () => false, act: () => undefined, undo: () => undefined },
  'dm-create': {
    present: (things, step) => things.has(thingOf(step)),
    act: (things, step) => void things.set(thingOf(step), JSON.stringify(step.table)),
    undo: (things, step) => {
      if (things.has(`${thingOf(step)}#suspended`)) throw new Error('it is suspended');
      removeWithAttributes(things, thingOf(step));
    },
  },
  'dm-swap': {
    settles: true,
    shared: true,
    present: (things, step) => things.has(thingOf(step)),
    act: (things, { name, table }) => {
      if (!things.has(`dm ${name}`)) throw new Error('ENXIO');
      things.set(`dm ${name}`, JSON.stringify(table)).delete(`dm ${name}#suspended`);
    },
    undo: (things, step) => void things.delete(thingOf(step)),
  },
};

function verbOn(machine: Machine & Inner, step: Step): Verb<Step> {
  const kind = kinds[step.kind] as Kind<Step['kind']> | undefined;
  if (!kind) throw new Error(`the fake machine has no ${step.kind}`);
  return {
    ...(kind.settles ? { settles: true as const } : {}),
    ...(kind.shared ? { shared: true as const } : {}),
    ...(kind.mayStay ? { mayStay: true as const } : {}),
    present: async (one, prior) => {
      await machine.point();
      return kind.present(machine.things, one, prior);
    },
    capture: async (one) => {
      await machine.point();
      return kind.capture ? kind.capture(machine.things, one) : '';
    },
    act: (one) => act(machine, kind, one),
    undo: (one, prior) => undo(machine, one, () => kind.undo(machine.things, one, prior)),
    readBack: async (one) => {
      await machine.point();
      return kind.readBack?.(machine.things, one);
    },
    takenOver: async (one, became) => {
      await machine.point();
      const [path, found] = [thingOf(one), machine.things.get(thingOf(one)) ?? ''];
      return found === became ? undefined : { path, made: became, found };
    },
  };
}

async function act(machine: Machine & Inner, kind: Kind<Step['kind']>, step: Step): Promise<string> {
  const fault = machine.faults.act.get(machine.nextAct());
  await machine.point();
  machine.log.push(`act ${thingOf(step)}`);
  if (fault === 'before its effect') throw new Error('refused');
  if (fault === 'hangs') return machine.hang();
  if (typeof fault === 'number') await new Promise((resolve) => setTimeout(resolve, fault));
  // What dies in here leaves the device suspended between two tables.
  if (step.kind === 'dm-swap' && machine.things.has(`dm ${step.name}`)) machine.things.set(thingOf(step), 'yes');
  await machine.point();
  kind.act(machine.things, step);
  await machine.point();
  if (fault === 'after its effect') throw new Error('failed half-way');
  return step.kind === 'dm-create' ? `/dev/${step.name}` : '';
}

async function undo(machine: Machine & Inner, step: Step, body: () => void): Promise<void> {
  await machine.point();
  machine.log.push(`undo ${thingOf(step)}`);
  const fault = machine.faults.undo.get(thingOf(step));
  if (fault === 'throws') throw new Error('EBUSY for ever');
  if (fault === 'hangs') return machine.hang();
  if (fault !== 'does nothing') body();
  await machine.point();
}

function before(restore: StepOf<'write'>['restore'], prior: string | undefined): string {
  return typeof restore === 'object' ? restore.value : (prior ?? '');
}

function removeWithAttributes(things: Map<string, string>, thing: string): void {
  for (const other of [...things.keys()]) if (other === thing || other.startsWith(`${thing}#`)) things.delete(other);
}
