// An example for each command, at the end of its `--help`.

import type { Argv } from 'yargs';

/** By command: the words after `layerlift`, and what they do. */
export const examples = {
  run: [
    ['run profiles/own-disk.yaml --deadline 15m', 'measure, and be back within 15 minutes'],
    ['run profiles/own-disk.yaml --label phase=before --format json', 'for a pipeline'],
  ],
  plan: [['plan profiles/demo.yaml', 'see every change before it is made']],
  doctor: [['doctor profiles/own-disk.yaml', 'see what this host lacks for a profile']],
  knobs: [['knobs --layer ring', 'see what may cap the rings of this host']],
  observe: [['observe --for 30s', 'look for half a minute']],
  discover: [
    ['discover', 'see what stands on what'],
    ['discover /dev/vg/data', 'a device with all below it, and who stands on it'],
  ],
  recover: [['recover --verbose', 'see every undo']],
  selftest: [['selftest', 'before the first run on a host']],
  status: [
    ['status', 'see whether a run goes on, or has left something'],
    ['status --format nagios --max-age 48h', 'for a monitor'],
  ],
  report: [['report runs/20260102T030405Z-4e0783 --format md', 'to paste into a ticket']],
  analyse: [['analyse runs/20260102T030405Z-4e0783', 'all statistics, as JSON']],
  history: [['history --last 5 --label ticket=INC-1234', 'the last five runs for a ticket']],
  compare: [['compare 371c32 4e0783 --tolerance 10', 'stop a pipeline (exit code 21) if more than 10 % is lost']],
  explain: [
    ['explain masked', 'what a verdict means'],
    ['explain only-ring', 'what an arm means'],
  ],
  completion: [['completion >/etc/bash_completion.d/layerlift', 'for bash, where no package has done it']],
  schema: [['schema', 'to check reports by']],
  'exit-codes': [['exit-codes --json', 'for a program']],
} as const satisfies Record<string, readonly (readonly [string, string])[]>;

export function withExamples<T>(parser: Argv<T>, command: keyof typeof examples): Argv<T> {
  return examples[command].reduce((y, [line, what]) => y.example(`$0 ${line}`, what), parser);
}
