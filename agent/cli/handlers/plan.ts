// `plan PROFILE`: the dry run. Arms, schedule, time, and every change to the host with its undo; touches nothing.

import { decide } from '../../analysis/verdict/engine.ts';
import { type RehearsedPhase, rehearse } from '../../run/rehearse.ts';
import { renderStep, type Step } from '../../host/step.ts';
import { baselineId } from '../../lib/arm.ts';
import type { ExitName } from '../../lib/exit-codes.ts';
import { seededRandom } from '../../lib/random.ts';
import { renderDuration } from '../../lib/units.ts';
import { pilotMostMs, usesPilot } from '../../plan/pilot.ts';
import { type Plan, sliceDurationMs } from '../../plan/plan.ts';
import { scheduleBlock } from '../../plan/schedule.ts';
import { ofJobFile } from '../../report/words/job-change.ts';
import { stackNoteWords } from '../../report/words/stack-note.ts';
import { prepare, type PrepareOptions } from '../../run/prepare.ts';
import { jsonText } from '../../lib/json-text.ts';

export interface PlanCommand extends PrepareOptions {
  readonly profile: string;
  readonly format: string;
  readonly print: (text: string) => void;
}

export async function plan(options: PlanCommand): Promise<ExitName> {
  const prepared = await prepare(options.profile, options);
  const first = firstBlock(prepared.plan);
  const phases = await rehearse({ ...prepared, block: first });
  options.print(
    options.format === 'json' ? asJson(prepared.plan, first, phases) : asText(prepared.plan, first, phases),
  );
  return 'ok';
}

/** The slices that the engine asks for when it knows nothing yet, in the order that the seed gives. */
function firstBlock({ aims, design, seed }: Plan): readonly string[] {
  if (!aims.verdict) return [design.arms[0] ?? baselineId, design.arms.at(-1) ?? baselineId];
  const decision = decide(design, []);
  return decision.kind === 'measure' ? scheduleBlock(0, decision.arms, seededRandom(seed)).arms : [];
}

function asText(plan: Plan, block: readonly string[], phases: readonly RehearsedPhase[]): string {
  const { profile, design, seed } = plan;
  const sliceS = sliceDurationMs(plan) / 1000;
  const lines = [
    `profile ${profile.name}: ${profile.question || '(no question given)'}`,
    `guests: ${guestWords(profile.guests)}; seed ${seed}; ${plan.cold ? 'cold: everything is rebuilt for each slice' : 'live: the junctions switch under the running load'}`,
    '',
    'layers, bottom to top:',
    ...profile.stack.map(
      ({ layer, deployed, stub }) => `  ${layer.padEnd(10)} ${deployed.provider} | stub: ${stub?.provider ?? 'none'}`,
    ),
    '',
    `arms: ${design.arms.join(', ')}`,
    `first block: ${block.join(', ')}`,
    ...(usesPilot(plan)
      ? [
          `pilot: at most ${renderDuration(pilotMostMs(design.layers.length) * 1e6)} of the budget, to see how long goodput takes to settle; until then ${renderDuration(plan.settleMs * 1e6)} is assumed`,
        ]
      : []),
    plan.aims.verdict
      ? `each slice about ${sliceS.toFixed(1)} s; first look after ${renderDuration(2 * block.length * sliceS * 1e9)}; at most ${design.budgetSlices} slices (${renderDuration(design.budgetSlices * sliceS * 1e9)})`
      : `no verdict is asked for: these two slices, of about ${sliceS.toFixed(1)} s each, say how long the delay must be`,
    ...(plan.aims.neighbours && profile.guests.length > 1
      ? [
          'neighbours: then some guests are frozen (cgroup.freeze) while the others run, for as long as the budget lasts',
        ]
      : []),
    ...(plan.jobChanges ?? []).map(ofJobFile),
    ...plan.open.map((sentence) => `open: ${sentence}`),
    ...(plan.stackNotes ?? []).map((note) => `block stack: ${stackNoteWords(note)}`),
    '',
    'changes to the host, each with its undo (all undone in reverse order at the end):',
    ...phases.flatMap(({ title, steps }) => ['', `# ${title}`, ...steps.flatMap(stepLines)]),
  ];
  return `${lines.join('\n')}\n`;
}

/** `6`, `6 (4 db, 2 web)`. */
function guestWords(guests: Plan['profile']['guests']): string {
  const names = [...new Set(guests.flatMap(({ group }) => group ?? []))];
  const each = names.map((name) => `${guests.filter(({ group }) => group === name).length} ${name}`);
  return each.length > 0 ? `${guests.length} (${each.join(', ')})` : `${guests.length}`;
}

function stepLines(step: Step): readonly string[] {
  const { act, undo } = renderStep(step);
  return [`  ${act}`, `      # ${step.why}; undo: ${undo ?? 'goes with what it stands on'}`];
}

function asJson(plan: Plan, block: readonly string[], phases: readonly RehearsedPhase[]): string {
  const rendered = phases.map(({ title, steps }) => ({
    title,
    steps: steps.map((step) => ({ why: step.why, ...renderStep(step) })),
  }));
  return jsonText({
    version: 1,
    kind: 'layerlift-plan',
    plan,
    firstBlock: block,
    sliceMs: sliceDurationMs(plan),
    phases: rendered,
  });
}
