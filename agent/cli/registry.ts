// One line a command, in the order of `--help`.

import type { Command } from './command.ts';
import { analyse } from './commands/analyse.ts';
import { caseCommand } from './commands/case.ts';
import { compare } from './commands/compare.ts';
import { completion } from './commands/completion.ts';
import { discover } from './commands/discover.ts';
import { doctor } from './commands/doctor.ts';
import { exitCodeList } from './commands/exit-codes.ts';
import { explain } from './commands/explain.ts';
import { history } from './commands/history.ts';
import { knobs } from './commands/knobs.ts';
import { observe } from './commands/observe.ts';
import { plan } from './commands/plan.ts';
import { recover } from './commands/recover.ts';
import { report } from './commands/report.ts';
import { run } from './commands/run.ts';
import { schema } from './commands/schema.ts';
import { selftest } from './commands/selftest.ts';
import { status } from './commands/status.ts';
import { top } from './commands/top.ts';
import { tryCommand } from './commands/try.ts';
import { watchdog } from './commands/watchdog.ts';

export const commands: readonly Command[] = [
  run,
  plan,
  report,
  tryCommand,
  analyse,
  history,
  compare,
  top,
  discover,
  schema,
  doctor,
  knobs,
  observe,
  recover,
  status,
  explain,
  selftest,
  caseCommand,
  watchdog,
  exitCodeList,
  completion,
];

export function findCommand(name: string | undefined): Command | undefined {
  return commands.find((command) => command.name === name);
}
