// From a snapshot to the document: every device and user of a host, and who stands on whom.

import type { Device, Discovered, User } from '../document.ts';
import { lookAt, type Look } from '../look.ts';
import { type Missing, type Snapshot, valueIn } from '../snapshot.ts';
import { type Context, contextOf, type Draft } from './context.ts';
import { qemuGuests } from './guests.ts';
import { draftsOf } from './kinds.ts';
import { mounted, processes, swaps, targets } from './users.ts';
import { xenGuests } from './xen.ts';

/** `pids`: processes that were asked for. Throws nothing: what is damaged is left out and said. */
export function discoverIn(snapshot: Snapshot, pids: readonly string[] = []): Discovered {
  const look = lookAt(snapshot);
  const context = contextOf(look);
  const parts = [
    qemuGuests(context),
    xenGuests(context),
    targets(context),
    mounted(context),
    swaps(context),
    processes(context, pids),
  ];
  const users = parts.flatMap((part) => part.users);
  const blocks = [...context.blocks.values()]
    .filter((block) => block.sectors > 0)
    .flatMap((block) => draftsOf(context, block));
  const drafts = firstOfEach([...blocks, ...parts.flatMap((part) => part.devices)]);
  const limited = withCgroupLimits(context, drafts);
  const known = withoutLost(look, limited);
  const counts = usersOf(known, users);
  return {
    ...{ version: 1, kind: 'layerlift-discovered' },
    host: {
      name: valueIn(snapshot, '/proc/sys/kernel/hostname') ?? 'unknown',
      kernel: valueIn(snapshot, '/proc/sys/kernel/osrelease') ?? 'unknown',
      time: valueIn(snapshot, '/about/time') ?? 'unknown',
    },
    users: users.map((user) => ({ ...user, below: user.below.filter((id) => known.has(id)) })),
    devices: [...known.values()].map((draft): Device => ({ ...draft, users: counts.get(draft.id) ?? 0 })),
    missing: eachOnce(look.missing),
  };
}

function firstOfEach(drafts: readonly Draft[]): ReadonlyMap<string, Draft> {
  const known = new Map<string, Draft>();
  for (const draft of drafts) if (!known.has(draft.id)) known.set(draft.id, draft);
  return known;
}

/** Edges to what is not there are left out, and said at the device. */
function withoutLost(look: Look, drafts: ReadonlyMap<string, Draft>): ReadonlyMap<string, Draft> {
  return new Map(
    [...drafts].map(([id, draft]) => {
      const lost = draft.below.filter((edge) => !drafts.has(edge.id));
      for (const edge of lost)
        look.missing.push({ what: edge.id, why: `it is named below ${draft.name}, and is not there` });
      if (lost.length === 0) return [id, draft];
      return [id, { ...draft, below: draft.below.filter((edge) => drafts.has(edge.id)) }];
    }),
  );
}

/** Limits of a cgroup's io.max stand at the device that they are for. */
function withCgroupLimits({ look, byNumber }: Context, drafts: ReadonlyMap<string, Draft>): ReadonlyMap<string, Draft> {
  const limited = new Map(drafts);
  for (const [path, text] of look.snapshot.files) {
    const cgroup = /^\/sys\/fs\/cgroup(\/.+)\/io\.max$/.exec(path)?.[1];
    if (cgroup === undefined) continue;
    for (const line of text.split('\n')) {
      const [number = '', ...values] = line.trim().split(/\s+/);
      const draft = limited.get(byNumber.get(number) ?? '');
      const set = values.filter((value) => !value.endsWith('=max'));
      if (!draft || set.length === 0) continue;
      const parameter = { name: `io.max of ${cgroup}`, value: set.join(' '), from: path };
      limited.set(draft.id, { ...draft, parameters: [...draft.parameters, parameter] });
    }
  }
  return limited;
}

/** For each device, how many users reach it. */
function usersOf(drafts: ReadonlyMap<string, Draft>, users: readonly User[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { below } of users) {
    const seen = new Set<string>();
    const open = [...below];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (seen.has(id)) continue;
      seen.add(id);
      for (const edge of drafts.get(id)?.below ?? []) open.push(edge.id);
    }
    for (const id of seen) counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}

function eachOnce(missing: readonly Missing[]): Missing[] {
  const seen = new Map(missing.map((each) => [`${each.what}\n${each.why}`, each]));
  return [...seen.values()];
}
