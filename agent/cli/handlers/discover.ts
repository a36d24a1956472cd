// `discover`: the storage stack of a host as a tree, from a snapshot of this host or of another. Touches nothing.

import { existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { activityIn } from '../../discover/clone/counters.ts';
import { type Clone, cloneOf } from '../../discover/clone/profile.ts';
import type { Discovered } from '../../discover/document.ts';
import { discoverIn } from '../../discover/graph/build.ts';
import { narrowed } from '../../discover/show/select.ts';
import { treeText } from '../../discover/show/text.ts';
import { parseSnapshot, type Snapshot } from '../../discover/snapshot.ts';
import { collect } from '../../host/kernel/collect.ts';
import { wrap } from '../../report/formats/plain.ts';
import { errnoOf, OutputError, ProfileError, UsageError } from '../../lib/errors.ts';
import type { ExitName } from '../../lib/exit-codes.ts';
import { jsonText } from '../../lib/json-text.ts';

export interface DiscoverOptions {
  readonly things: readonly string[];
  readonly from: string | undefined;
  readonly withTools: boolean;
  /** Where a profile is written that clones what was found; else none is made. */
  readonly profile: string | undefined;
  readonly scratch: string | undefined;
  /** How long the load is looked at for it; `undefined`: 10 s of this host. */
  readonly forMs: number | undefined;
  readonly format: 'text' | 'json';
  readonly print: (text: string) => void;
}

/** Longer than all deadlines of the collector on a host of thousands of disks, some of them dead. */
const deadlineMs = 120_000;
const defaultLookMs = 10_000;

/** Throws UsageError for a thing that does not exist, ProfileError for a file that is no snapshot. */
export async function discover(options: DiscoverOptions): Promise<ExitName> {
  const { things, from, withTools, profile, format, print } = options;
  checkTarget(options);
  const pids = things.filter((word) => /^\d{1,9}$/.test(word));
  const snapshot =
    from === undefined
      ? await snapshotHere({ pids, withTools, forMs: profile === undefined ? 0 : (options.forMs ?? defaultLookMs) })
      : snapshotIn(from);
  const asked = things.map((word) => ({ word, ...(from === undefined ? realOf(word) : {}) }));
  const found = narrowed(discoverIn(snapshot, pids), asked);
  print(format === 'text' ? treeText(found) : jsonText(found));
  if (profile !== undefined) {
    const open = writeClone(profile, { found, snapshot, scratch: options.scratch });
    if (format === 'text') print(cloneText(profile, open));
  }
  return 'ok';
}

/** Before anything is looked at. Throws UsageError. */
function checkTarget({ profile, from, forMs }: DiscoverOptions): void {
  if (forMs !== undefined && (profile === undefined || from !== undefined)) {
    throw new UsageError('--for is for --profile of this host', 'a snapshot has its own: sh scripts/collect --for 10');
  }
  if (profile !== undefined && existsSync(profile)) {
    throw new UsageError(`--profile: ${profile} exists already`, 'give the name of a new file');
  }
}

interface Seen {
  readonly found: Discovered;
  readonly snapshot: Snapshot;
  readonly scratch: string | undefined;
}

/** Gives what is not cloned. Throws UsageError where nobody uses a device, OutputError where the file cannot be written. */
function writeClone(path: string, { found, snapshot, scratch }: Seen): readonly string[] {
  const clone = clonedFrom(found, { activity: activityIn(snapshot), scratch, option: '--profile' });
  try {
    writeFileSync(path, clone.text, { flag: 'wx' });
  } catch (cause) {
    throw new OutputError(`cannot write the profile ${path}: ${errnoOf(cause) ?? String(cause)}`, undefined, { cause });
  }
  return clone.open;
}

/** Throws UsageError that names `option` where nobody uses a device. */
export function clonedFrom(
  found: Discovered,
  { option, ...how }: Parameters<typeof cloneOf>[1] & { readonly option: string },
): Clone {
  const clone = cloneOf(found, how);
  if (clone) return clone;
  throw new UsageError(
    `${option}: nobody that can be seen uses a device`,
    'name a device that is in use, or look as root',
  );
}

/** Sentences, indented. */
export function openText(open: readonly string[]): readonly string[] {
  return open.flatMap((each) => wrap(each, { width: 100, first: '  ' }));
}

function cloneText(path: string, open: readonly string[]): string {
  const lines = openText(open);
  return ['', `profile ${path}: not cloned`, ...lines, '', `see what it would do: layerlift plan ${path}`, ''].join(
    '\n',
  );
}

export async function snapshotHere({
  pids,
  withTools,
  forMs,
}: {
  pids: readonly string[];
  withTools: boolean;
  forMs: number;
}): Promise<Snapshot> {
  const args = [
    ...pids.flatMap((pid) => ['--pid', pid]),
    ...(withTools ? ['--with-tools'] : []),
    '--for',
    `${Math.ceil(forMs / 1000)}`,
  ];
  return parseSnapshot(await collect(args, deadlineMs + forMs), 'what scripts/collect printed');
}

function snapshotIn(path: string): Snapshot {
  try {
    return parseSnapshot(readFileSync(path, 'utf8'), path);
  } catch (failure) {
    if (failure instanceof ProfileError) throw failure;
    throw new ProfileError([
      {
        message: `cannot read the snapshot ${path}: ${errnoOf(failure) ?? String(failure)}`,
        hint: 'make one with: sh scripts/collect >host.snapshot',
      },
    ]);
  }
}

/** Where a link below /dev leads. */
export function realOf(word: string): { real?: string } {
  if (!word.startsWith('/dev/')) return {};
  try {
    return { real: realpathSync(word) };
  } catch {
    return {};
  }
}
