// The change that the report of a run names, as something to be tried: or one clear reason why it cannot be.

import { basename } from 'node:path';
import type { Knob } from '../knobs/knob.ts';
import { lastingWords } from '../knobs/lasting.ts';
import { limitAt } from '../knobs/scale.ts';
import { findingsOf } from '../findings/findings.ts';
import { predictedGain } from '../findings/predicted-gain.ts';
import { ProfileError, UsageError } from '../lib/errors.ts';
import { layers, type Layer } from '../lib/layer.ts';
import type { Plan } from '../plan/plan.ts';
import { profileKey, refusalOfValue, type Turn, type Turning, turningOf } from '../plan/turn.ts';
import { findRunFolder, profileIn, readRunFolder } from '../records/read-folder.ts';
import type { RunRecords } from '../records/run-records.ts';
import { depthsIn, documentOf } from '../report/document/of-run.ts';
import { nextChange } from '../report/words/next-knob.ts';
import { settingFor } from '../report/words/knobs.ts';

export interface Tries {
  readonly turn: Turn;
  /** Of the run that names it. */
  readonly plan: Plan;
  /** Facts of the host that it measured. */
  readonly host: RunRecords['meta']['host'];
  /** Its profile. */
  readonly profile: string;
}

type Change = NonNullable<ReturnType<typeof nextChange>>;

/**
 * `run`: a folder, or the name or id of a run in `runs`. `to`: the value to turn to; undefined: the one that is named. Reads
 * the folder alone.
 *
 * @throws ProfileError where the run names nothing that can be tried, UsageError for a value that cannot be given.
 */
export function turnOfRun(run: string, runs: string, to: string | undefined): Tries {
  const folder = findRunFolder(run, runs);
  const records = readRunFolder(folder);
  const { plan, meta } = records;
  if (plan.turn)
    throw refusal(`${folder} is a trial itself, of what run ${plan.turn.run} names`, `try run ${plan.turn.run}`);
  const findings = findingsOf(records);
  const document = documentOf(records, findings, folder);
  const change = nextChange(document);
  if (!change) throw refusal(`run ${meta.run} names no setting to turn`, `its report says: ${document.next}`);
  const knob = recordedKnob(records, change);
  const how = knob && turningOf(knob, change.layer, plan.profile);
  if (!knob || !how) throw byHandOnly(change, folder);
  const value = valueOf(change, how, to);
  checkValue(value, { change, how, plan, given: to !== undefined });
  const caps = findings.caps?.layers ?? [];
  const cap = caps.find(({ layer }) => layer === change.layer)?.limit;
  const depths = records.caps?.depths ?? depthsIn(plan);
  if (cap?.kind !== 'cap' || !depths)
    throw refusal(
      `run ${meta.run} does not say how much its guests ask for`,
      'run the profile again, and try that run',
    );
  const { limit, times } = change.knob;
  const then = limitAt({ ...knob, limit }, Number(value));
  const above = caps.flatMap((one) =>
    isAbove(one.layer, change.layer) && one.limit.kind === 'cap' ? [one.limit.size.estimate] : [],
  );
  const predicted = predictedGain({
    ...{ lift: change.lift, cap, depths, above },
    now: limit * times,
    then: then === undefined ? Infinity : then * times,
  });
  const turn: Turn = {
    ...{ version: 1, run: meta.run, layer: change.layer },
    knob: { id: knob.id, name: knob.name, where: knob.where },
    ...{ from: knob.value, to: value, how, predicted },
    lasting: lastingOf(knob, change.layer, { value, plan }),
  };
  return { turn, plan, host: meta.host, profile: profileIn(folder) };
}

function isAbove(one: Layer, other: Layer): boolean {
  return layers.indexOf(one) > layers.indexOf(other);
}

function recordedKnob({ caps }: RunRecords, { knob: { id, where, name } }: Change): Knob | undefined {
  return caps?.knobs.find((one) => one.id === id && one.where === where && one.name === name);
}

function byHandOnly({ knob, layer }: Change, folder: string): ProfileError {
  const { how, isCommand, effect } = knob.set;
  const isOld = effect?.startsWith('live') === true;
  const byHand = `by hand: ${isCommand ? `\`${how}\`` : how}${effect === null ? '' : ` (${effect})`}, then run the profile again and \`layerlift compare\` both runs`;
  return isOld
    ? refusal(
        `${basename(folder)} was recorded by a version that did not say how ${knob.name} of ${layer} is turned`,
        'run the profile again, and try that run',
      )
    : refusal(
        `${knob.name} of ${layer} is not live, and no setting of the profile makes it: it cannot be tried`,
        byHand,
      );
}

/** The value that is named, or the most that the kernel takes where that is less. */
function valueOf({ knob, layer }: Change, how: Turning, to: string | undefined): string {
  if (to !== undefined) return to;
  if (how.kind === 'live' && 'word' in how.takes) return how.takes.word;
  if (knob.needed === null)
    throw new UsageError(
      `the run does not say to which value ${knob.name} of ${layer} is to be turned`,
      'give one by --to',
    );
  const most = how.kind === 'live' && 'most' in how.takes ? how.takes.most : Infinity;
  return `${Math.min(Number(knob.needed), most)}`;
}

function checkValue(
  value: string,
  { change: { knob, layer }, how, plan, given }: { change: Change; how: Turning; plan: Plan; given: boolean },
): void {
  const what = given ? '--to' : 'the value that the run names';
  const wrong = refusalOfValue(value, how, layer, plan.profile);
  if (wrong !== undefined)
    throw new UsageError(
      `${what}: ${knob.name} of ${layer} cannot be ${value}: ${wrong}`,
      `it is ${knob.value}; nothing was touched`,
    );
  if (value === knob.value)
    throw new UsageError(
      `${what}: ${knob.name} of ${layer} is ${value} already`,
      given ? 'give another value' : 'it is at the most that it can be',
    );
}

function lastingOf(knob: Knob, layer: Layer, { value, plan }: { value: string; plan: Plan }): readonly string[] {
  const { change } = knob;
  const path = /^echo \S+ >(\S+)$/.exec(change.how)?.[1] ?? '';
  const count = /^\d+$/.test(value) ? Number(value) : undefined;
  const written = count === undefined ? value : `${count + (change.offset ?? 0)}`;
  const key = profileKey(knob, layer, plan.profile);
  return [
    ...lastingWords(path, written, settingFor(change, count).how),
    ...(key === undefined ? [] : [`in the profile, so that later runs have it: \`${key}: ${written}\``]),
  ];
}

function refusal(message: string, hint: string): ProfileError {
  return new ProfileError([{ message, hint }]);
}
