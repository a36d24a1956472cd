// What the parts of the command line share: the code of each command, and what stands in several.

import type { ExitName } from '../lib/exit-codes.ts';
import { formatNames } from '../report/formats/format-names.ts';

/** The code of each command, loaded when it is asked for. */
export const commandsHere = {
  run: () => import('./commands/run.ts'),
  plan: () => import('./commands/plan.ts'),
  doctor: () => import('./commands/doctor.ts'),
  knobs: () => import('./commands/knobs.ts'),
  observe: () => import('./commands/observe.ts'),
  discover: () => import('./commands/discover.ts'),
  recover: () => import('./commands/recover.ts'),
  selftest: () => import('./commands/selftest.ts'),
  watchdog: () => import('./commands/watchdog.ts'),
  analyse: () => import('./commands/analyse.ts'),
  history: () => import('./commands/history.ts'),
  compare: () => import('./commands/compare.ts'),
  status: () => import('./commands/status.ts'),
  explain: () => import('./commands/explain.ts'),
};

type Loaded<Name extends keyof typeof commandsHere> = Awaited<ReturnType<(typeof commandsHere)[Name]>>;

/** What gives each command's functions. */
export type Commands = {
  readonly [Name in keyof typeof commandsHere]: () => Promise<{
    readonly [Called in Extract<keyof Loaded<Name>, Name | 'analyseFolder' | 'reportFolder'>]: Loaded<Name>[Called];
  }>;
};

export interface Calls {
  readonly done: (exit: ExitName) => void;
  readonly commands: Commands;
}

export const print = (text: string): void => void process.stdout.write(text);
export const profileArgument = { describe: 'a profile (YAML)', type: 'string', demandOption: true } as const;
export const formatOption = { describe: 'how the report is printed', choices: formatNames, default: 'text' } as const;
