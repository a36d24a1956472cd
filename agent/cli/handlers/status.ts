// `status`: who holds this host, what is left on it, and what was last found. Runs nothing, changes nothing.

import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { readHostState } from '../../host/session/state.ts';
import type { ExitName } from '../../lib/exit-codes.ts';
import { errnoOf, LayerliftError, OutputError, reasonOf } from '../../lib/errors.ts';
import type { StatusFormat } from '../../report/formats/format-names.ts';
import { statusMetrics } from '../../report/metrics.ts';
import { ansibleFacts, nagiosCheck, nagiosLine, type Status, statusOf, statusText } from '../../report/status.ts';
import { historyOf } from './history.ts';
import { jsonText } from '../../lib/json-text.ts';

export interface StatusOptions {
  readonly runs: string;
  readonly maxAgeMs: number;
  readonly format: StatusFormat;
  /** The file that it replaces, in place of being printed. */
  readonly output?: string | undefined;
  readonly print: (text: string) => void;
  /** The folder of all runs on this host; left out: the one that runs use. */
  readonly state?: string;
}

const exits: Readonly<Record<Status['condition'], ExitName>> = { free: 'ok', busy: 'busy', residue: 'residue' };

/** Throws PrivilegeError or OutputError where it cannot look; a monitor gets a line as well, and Ansible a fact in its place. */
export async function status(options: StatusOptions): Promise<ExitName> {
  const { format, print } = options;
  try {
    const found = await look(options);
    const text = rendered(found, options);
    if (options.output === undefined) print(text);
    else replaceFile(options.output, text);
    return format === 'ansible' ? 'ok' : exits[found.condition];
  } catch (failure) {
    if (!(failure instanceof LayerliftError)) throw failure;
    if (format === 'nagios') print(nagiosLine('UNKNOWN', reasonOf(failure)));
    if (format !== 'ansible') throw failure;
    print(jsonText({ error: reasonOf(failure) }));
    return 'ok';
  }
}

function rendered(found: Status, { format, maxAgeMs }: StatusOptions): string {
  switch (format) {
    case 'text':
      return statusText(found);
    case 'json':
      return jsonText(found);
    case 'ansible':
      return jsonText(ansibleFacts(found));
    case 'prometheus':
      return statusMetrics(found);
    case 'nagios':
      return nagiosCheck(found, maxAgeMs / 1000).line;
  }
}

async function look({ runs, state }: StatusOptions): Promise<Status> {
  const host = await readHostState(state);
  return statusOf(host, historyOf({ runs, last: 1, labels: {} }).runs[0], Date.now());
}

/** Whoever reads sees the text of before or this one, never a part: rename(2) is atomic within a folder. Throws OutputError. */
function replaceFile(path: string, text: string): void {
  // The collector reads names that end in .prom alone, so it does not see this one.
  const unfinished = `${path}.${process.pid}`;
  try {
    writeFileSync(unfinished, text, { mode: 0o644 });
    renameSync(unfinished, path);
  } catch (cause) {
    rmSync(unfinished, { force: true });
    const hint = 'name a file in a folder that can be written with --output';
    throw new OutputError(`cannot write ${path}: ${errnoOf(cause) ?? reasonOf(cause)}`, hint, { cause });
  }
}
