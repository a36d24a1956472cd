// The watchdog: a process beside the run that restores the host when the agent dies, whatever kills it.
//
// It waits at the end of a pipe whose other end only the agent has. A run that ends in order says so; an end without a
// word is a death. An agent that is there but says nothing for long is stopped, or hangs (a terminal that takes no more
// output is enough), while its guests go on: it is killed, and that is a death too. Even then it does nothing before it has the lock, which the kernel frees only when the agent is gone
// with all its threads: it can neither unwind under a living agent nor beside somebody's `recover`. It is a shell until
// then, which costs the measured host a megabyte and no CPU, in a session of its own, out of reach of the terminal, of
// the load's cgroup and of the agent's.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { commandEnvironment } from '../kernel/run-command.ts';

export interface Watchdog {
  /** False: what ends the agent's cgroup ends it too. */
  readonly isOutside: boolean;
  /** Tells it that the run has ended in order. */
  readonly dismiss: () => void;
}

/** More deaths than this are no accident; a run goes on without, as the journal stays. */
const mostRestarts = 3;

/** How often the agent says that it moves, and for how long it may say nothing: a busy host delays it by some seconds. */
const beatMs = 10_000;
const longestSilenceS = 90;

// An ignored signal stays ignored by what the shell becomes. The root cgroup is the one place that no unit's end reaches. All
// but that have a type (kernel/cgroup/cgroup.c, cgroup_base_files): where a container's root is mounted, nothing was left.
const script = `
root=/sys/fs/cgroup
here=inside
{
  if [ -e $root/cgroup.controllers ] && echo $$ >$root/cgroup.procs && [ ! -e $root/cgroup.type ]; then here=outside; fi
  echo -1000 >/proc/self/oom_score_adj
} 2>/dev/null
trap '' HUP INT QUIT TERM PIPE
echo ready $here
exec >/dev/null
silence=$1; shift
# Above 128 the time is over and the pipe is whole: its other end is with the agent, which has its number still. It is over
# early where the clock is set forward: an agent is silent only in two halves of the time, one after another.
late=0
while [ $late -lt 2 ]; do
  read -r -t "$silence" word; status=$?
  [ "$word" != done ] || exit 0
  if [ $status -eq 0 ]; then late=0; elif [ $status -gt 128 ]; then late=$((late + 1)); else break; fi
done
[ $late -lt 2 ] || kill -9 $PPID
exec "$@"
`;

/** `restore`: the command that restores the host. Resolves when the watchdog is in its place. */
export async function startWatchdog(
  restore: readonly string[],
  onLost: (note: string) => void,
  silenceS = longestSilenceS,
): Promise<Watchdog> {
  let current: ChildProcess | undefined;
  let dismissed = false;
  let restarts = 0;
  let isOutside = false;
  const start = async (): Promise<void> => {
    // bash, as other shells cannot read for so long and no longer. Where its input is a socket, as Node's pipes are, it takes
    // itself for one that rshd has started, and would run ~/.bashrc first (shell.c, run_startup_files).
    const child = spawn('bash', ['--norc', '-c', script, 'layerlift-watchdog', `${silenceS / 2}`, ...restore], {
      cwd: '/',
      detached: true,
      env: commandEnvironment,
      // It says on the terminal of the run what became of the host.
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    current = child;
    child.stdin.on('error', () => undefined);
    const ended = once(child, 'exit').catch(() => undefined);
    const answer: readonly unknown[] | undefined = await Promise.race([once(child.stdout, 'data'), ended]);
    isOutside = String(answer?.[0]).includes('outside');
    void ended.then(() => {
      if (dismissed || current !== child) return;
      if (restarts++ < mostRestarts) void start();
      onLost(restarts > mostRestarts ? 'the watchdog ended, and is not started again' : 'the watchdog was ended');
    });
    child.unref();
  };
  await start();
  const beat = setInterval(() => current?.stdin?.write('moves\n'), beatMs).unref();
  return {
    isOutside,
    dismiss: () => {
      clearInterval(beat);
      dismissed = true;
      current?.stdin?.end('done\n');
    },
  };
}
