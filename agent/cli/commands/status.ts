// `status`: who holds this host, what is left on it, and what was last found. Runs nothing, changes nothing.

import { readHostState } from '../../host/session/state.ts';
import type { ExitName } from '../../lib/exit-codes.ts';
import { LayerliftError, reasonOf } from '../../lib/errors.ts';
import type { StatusFormat } from '../../report/formats/format-names.ts';
import {
  ansibleFacts,
  type CheckState,
  nagiosCheck,
  nagiosLine,
  type Status,
  statusOf,
  statusText,
} from '../../report/status.ts';
import { historyOf } from './history.ts';

export interface StatusOptions {
  readonly runs: string;
  readonly maxAgeMs: number;
  readonly format: StatusFormat;
  readonly print: (text: string) => void;
  /** The folder of all runs on this host; left out: the one that runs use. */
  readonly state?: string;
}

const checkExits: Readonly<Record<CheckState, ExitName>> = {
  OK: 'ok',
  WARNING: 'check-warning',
  CRITICAL: 'check-critical',
  UNKNOWN: 'check-unknown',
};
const exits: Readonly<Record<Status['condition'], ExitName>> = { free: 'ok', busy: 'busy', residue: 'residue' };

/** Throws PrivilegeError or OutputError where it cannot look; a monitor gets a line instead, and Ansible a fact. */
export async function status(options: StatusOptions): Promise<ExitName> {
  const { format, print } = options;
  try {
    const found = await look(options);
    switch (format) {
      case 'text':
        print(statusText(found));
        return exits[found.condition];
      case 'json':
        print(asJson(found));
        return exits[found.condition];
      case 'ansible':
        print(asJson(ansibleFacts(found)));
        return 'ok';
      case 'nagios': {
        const { state, line } = nagiosCheck(found, options.maxAgeMs / 1000);
        print(line);
        return checkExits[state];
      }
    }
  } catch (failure) {
    if (!(failure instanceof LayerliftError)) throw failure;
    if (format === 'nagios') {
      print(nagiosLine('UNKNOWN', reasonOf(failure)));
      return checkExits.UNKNOWN;
    }
    if (format !== 'ansible') throw failure;
    print(asJson({ error: reasonOf(failure) }));
    return 'ok';
  }
}

async function look({ runs, state }: StatusOptions): Promise<Status> {
  const host = await readHostState(state);
  return statusOf(host, historyOf({ runs, last: 1, labels: {} }).runs[0], Date.now());
}

function asJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
