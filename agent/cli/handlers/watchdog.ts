// `watchdog RUN`: what a watchdog becomes when the agent has died. Not for people: theirs is `recover`, which does the same.

import { recoverAll } from '../../host/session/recovery.ts';
import type { ExitName } from '../../lib/exit-codes.ts';
import { leftToOthersWords } from '../../report/words/left-to-others.ts';

const ignoredSignals = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM'] as const;

/** Throws ResidueError when something could not be undone. Says nothing when somebody else has recovered the run. */
export async function watchdog({ run }: { run: string }): Promise<ExitName> {
  // Whatever ended the agent may be meant for all of its kind: half an unwind helps nobody.
  for (const signal of ignoredSignals) process.on(signal, () => undefined);
  const left: string[] = [];
  const recovered = await recoverAll({
    holder: 'watchdog',
    only: run,
    onUndo: () => undefined,
    onLeft: (one) => left.push(leftToOthersWords(one)),
  });
  // Only now, with the host restored and the lock free, may a terminal that nobody reads hold it up.
  for (const sentence of left) process.stderr.write(`layerlift: ${sentence}\n`);
  for (const { undone } of recovered) {
    process.stderr.write(
      `layerlift: run ${run} was cut off; its watchdog undid ${undone} steps, the host is as it was\n`,
    );
  }
  return 'ok';
}
