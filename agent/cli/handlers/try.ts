// `try RUN`: shows the change that a run names, asks, and measures it as a run of its own.

import { RefusedError, UsageError } from '../../lib/errors.ts';
import type { ExitName } from '../../lib/exit-codes.ts';
import { renderDuration } from '../../lib/units.ts';
import { defaultImpact } from '../../plan/impact.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Turn } from '../../plan/turn.ts';
import { renderLift } from '../../report/words/figures.ts';
import { turnText } from '../../report/words/tried.ts';
import { prepare, type PrepareOptions } from '../../run/prepare.ts';
import { mustBeThisHost } from '../../run/same-host.ts';
import { turnOfRun } from '../../run/turn-of-run.ts';
import { answerTo } from '../terminal/answer.ts';
import { here, measurePrepared, type MeasureOptions, type Surroundings } from './run.ts';

export interface TryOptions extends MeasureOptions, Pick<PrepareOptions, 'seed' | 'budgetMs' | 'destroy'> {
  /** A folder, or the name or the id of a run in `runs`. */
  readonly run: string;
  readonly to: string | undefined;
  /** The user does not want to be asked. */
  readonly yes: boolean;
}

/** Throws what cannot be tried before anything is touched, and what a run throws. */
export async function tryRun(
  options: TryOptions,
  ask: typeof answerTo = answerTo,
  surroundings: Surroundings = here,
): Promise<ExitName> {
  const tries = turnOfRun(options.run, options.runs, options.to);
  const { turn, plan } = tries;
  mustBeThisHost(turn.run, tries.host, await surroundings.readFacts());
  // What the run was held to, unless something else is asked for.
  const impact = options.impact ?? (plan.impact && { ...defaultImpact, cpuPercent: undefined, ...plan.impact });
  const asked = { ...options, impact };
  const prepared = await prepare(tries.profile, { ...asked, tries, cold: turn.how.kind === 'anew' });
  process.stderr.write(`${shown(turn, prepared.plan)}\n`);
  if (!options.yes) await mustAgree(ask);
  return measurePrepared(prepared, asked, surroundings);
}

/** What will be done, to be agreed to. */
export function shown(turn: Turn, plan: Plan): string {
  const { layer, knob, from, to, how, predicted } = turn;
  const way =
    how.kind === 'live'
      ? `written to ${how.takes.attribute} of each disk that the ${layer} has in the stack, under the load, and put back at each switch`
      : `not live: the stack is raised for each slice, with ${how.setting} of the ${layer} at one value or the other`;
  return [
    `turn ${turnText({ name: knob.name, layer, from, to })} (named by run ${turn.run})`,
    `  how: ${way}`,
    `  over the stack of that run, raised again with guests of its own; nothing else on this host is turned`,
    `  predicted: goodput ${renderLift(predicted)}`,
    `  at most ${renderDuration(plan.budgetMs * 1e6)} of slices; at the end ${knob.name} is as it was`,
  ].join('\n');
}

async function mustAgree(ask: typeof answerTo): Promise<void> {
  const answer = await ask('Turn it? [y/N] ');
  if (answer === undefined)
    throw new UsageError('nobody answers whether to turn it: stdin is closed', '--yes agrees beforehand');
  if (/^y(es)?$/i.test(answer.trim())) return;
  throw new RefusedError('usage', [{ message: 'not turned: the answer was not yes', hint: 'nothing was touched' }]);
}
