// `discover`: the storage stack of a host as a tree, from a snapshot of this host or of another. Touches nothing.

import { readFileSync, realpathSync } from 'node:fs';
import { discoverIn } from '../../discover/graph/build.ts';
import { narrowed } from '../../discover/show/select.ts';
import { treeText } from '../../discover/show/text.ts';
import { parseSnapshot, type Snapshot } from '../../discover/snapshot.ts';
import { collect } from '../../host/kernel/collect.ts';
import { errnoOf, ProfileError } from '../../lib/errors.ts';
import type { ExitName } from '../../lib/exit-codes.ts';

export interface DiscoverOptions {
  readonly things: readonly string[];
  readonly from: string | undefined;
  readonly withTools: boolean;
  readonly format: 'text' | 'json';
  readonly print: (text: string) => void;
}

/** Longer than all deadlines of the collector on a host of thousands of disks, some of them dead. */
const deadlineMs = 120_000;

/** Throws UsageError for a thing that does not exist, ProfileError for a file that is no snapshot. */
export async function discover({ things, from, withTools, format, print }: DiscoverOptions): Promise<ExitName> {
  const pids = things.filter((word) => /^\d{1,9}$/.test(word));
  const snapshot = from === undefined ? await snapshotHere({ pids, withTools }) : snapshotIn(from);
  const asked = things.map((word) => ({ word, ...(from === undefined ? realOf(word) : {}) }));
  const found = narrowed(discoverIn(snapshot, pids), asked);
  print(format === 'text' ? treeText(found) : `${JSON.stringify(found, null, 2)}\n`);
  return 'ok';
}

async function snapshotHere({ pids, withTools }: { pids: readonly string[]; withTools: boolean }): Promise<Snapshot> {
  const args = [...pids.flatMap((pid) => ['--pid', pid]), ...(withTools ? ['--with-tools'] : [])];
  return parseSnapshot(await collect(args, deadlineMs), 'what scripts/collect printed');
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
function realOf(word: string): { real?: string } {
  if (!word.startsWith('/dev/')) return {};
  try {
    return { real: realpathSync(word) };
  } catch {
    return {};
  }
}
