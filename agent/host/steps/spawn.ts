// A process in a cgroup. Ended by the cgroup, never by name or number; the kernel ends it too if the agent dies.

import { PassThrough } from 'node:stream';
import { execa } from 'execa';
import { readText } from '../kernel/files.ts';
import type { Child, Exit } from '../child.ts';
import { programMark } from '../kernel/programs.ts';
import { commandEnvironment } from '../kernel/run-command.ts';
import { isPopulated } from '../formats/cgroup-events.ts';
import { endProcesses, killProcesses } from './cgroup.ts';
import { word, words } from '../../lib/shell-words.ts';
import { nothingToCapture, type StepBase, type StepKind } from './verb.ts';

const stderrTailBytes = 16_384;

// Node cannot start a process inside a cgroup: the wrapper moves itself, then becomes the program. Where memory runs out,
// the kernel is to take a guest of ours before anybody else's work, and before the agent. What it becomes is known by the
// cgroup, so that a recovery need not wait for its end.
const enterCgroup = 'echo $$ >"$1/cgroup.procs" && echo "$2" >/proc/self/oom_score_adj && shift 2 && exec "$@" 3>&-';

export interface SpawnStep extends StepBase {
  readonly kind: 'spawn';
  readonly name: string;
  readonly argv: readonly string[];
  /** Every process that it starts lives and dies in this cgroup. */
  readonly cgroup: string;
  /** Left alive when the agent dies: I/O of others is in its hands, and ends only with it. */
  readonly survives?: true;
}

export const spawnStep: StepKind<SpawnStep> = {
  kind: 'spawn',
  text: ({ argv, cgroup }) => ({
    act: `${words(argv)} &  # in ${cgroup}`,
    undo: `echo 1 > ${word(`${cgroup}/cgroup.kill`)}`,
  }),
  shared: true,
  present: async ({ cgroup }) => isPopulated(await readText(`${cgroup}/cgroup.events`)),
  capture: nothingToCapture,
  act: () => Promise.resolve(''),
  undo: ({ cgroup }, _prior, patienceMs) => endProcesses(cgroup, patienceMs),
  release: async (step) => {
    if (!step.survives) return killProcesses(step.cgroup);
    // I/O that a dead daemon had taken waits for ever: a new one takes it over (vduse-blk keeps a log of it) and completes it.
    if (!isPopulated(await readText(`${step.cgroup}/cgroup.events`))) void startChild(step).exited;
  },
};

const dieWithAgent = ['setpriv', '--pdeathsig', 'KILL', '--'];

export function startChild(step: SpawnStep): Child {
  const argv = [
    '-c',
    enterCgroup,
    'sh',
    step.cgroup,
    step.survives ? '0' : '1000',
    ...(step.survives ? [] : dieWithAgent),
    ...step.argv,
  ];
  const child = execa('sh', argv, {
    reject: false,
    stdio: ['ignore', 'pipe', 'pipe', programMark() ?? 'ignore'],
    buffer: false,
    // Out of the terminal's reach: Ctrl-C is for the agent, which ends its children in order.
    detached: true,
    env: commandEnvironment,
    extendEnv: false,
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-stderrTailBytes);
  });
  // Read from the start, so that a process that ends early never blocks on a full pipe.
  const stdout = child.stdout.pipe(new PassThrough({ highWaterMark: 64 * 1024 * 1024 }));
  const exited = child.then((result): Exit => ({ code: result.exitCode, signal: result.signal, stderr }));
  return { name: step.name, stdout, exited, signal: (name) => void child.kill(name) };
}
