// How a knob that a report names can be turned beside itself as it was (pure). Both are arms of one stack: a write under the
// running load, or the layer of the knob in a second form, raised with another setting.

import * as z from 'zod';
import { InternalError } from '../lib/errors.ts';
import { guestFacts } from '../lib/guest.ts';
import type { Layer } from '../lib/layer.ts';
import type { LiveTurn } from '../lib/live-turn.ts';
import type { LayerChoice, Profile } from '../profile/profile.ts';
import type { StackLayer } from '../stack/raise.ts';
import { findProvider } from '../stack/registry.ts';

/** `live`: written while I/O flows. `anew`: only the next device gets it, so the stack is raised for each slice. */
export type Turning =
  | {
      readonly kind: 'live';
      /** Of each disk that the layer has in the stack. */
      readonly takes: LiveTurn;
    }
  | {
      readonly kind: 'anew';
      /** Of the provider that is deployed. */
      readonly setting: string;
      /** What the setting is beyond the value that the host shows. */
      readonly offset: number;
    };

/** A gain as a ratio of goodputs, with bounds. */
export interface Gain {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/** A change that is tried: kept in the plan of its run. */
export interface Turn {
  readonly version: 1;
  /** The run whose report names it. */
  readonly run: string;
  readonly layer: Layer;
  readonly knob: { readonly id: string; readonly name: string; readonly where: string };
  /** As the host shows the value. */
  readonly from: string;
  readonly to: string;
  readonly how: Turning;
  readonly predicted: Gain;
  /** How it lasts, as sentences. */
  readonly lasting: readonly string[];
}

/** A knob as a run has recorded it, as far as its turning goes. */
interface Turnable {
  readonly id: string;
  readonly value: string;
  readonly change: { readonly turn?: LiveTurn; readonly offset?: number };
}

/** How a knob of `layer` is turned; undefined: not by this program. */
export function turningOf(
  { id, value, change: { turn, offset = 0 } }: Turnable,
  layer: Layer,
  { guest, stack }: Pick<Profile, 'guest' | 'stack'>,
): Turning | undefined {
  if (turn) return { kind: 'live', takes: turn };
  // A domain would be made and destroyed for each slice.
  if (guestFacts[guest].ownKernel) return undefined;
  const setting = settingOf(
    { id, value: Number(value) + offset },
    stack.find((one) => one.layer === layer),
  );
  return setting === undefined ? undefined : { kind: 'anew', setting, offset };
}

/** The setting of the deployed provider that made the value. */
function settingOf(
  { id, value }: { readonly id: string; readonly value: number },
  choice: LayerChoice | undefined,
): string | undefined {
  const provider = choice && findProvider(choice.layer, 'deployed', choice.deployed.provider);
  const settings = choice?.deployed.settings as Readonly<Record<string, unknown>> | undefined;
  return Object.entries(provider?.knobs ?? {}).find(([key, knob]) => knob === id && settings?.[key] === value)?.[0];
}

/** The profile key behind a knob of this layer, such as `stack.ring.deployed.canQueue`; undefined: there is none. */
export function profileKey(knob: Turnable, layer: Layer, { stack }: Pick<Profile, 'stack'>): string | undefined {
  const value = Number(knob.value) + (knob.change.offset ?? 0);
  const setting = settingOf(
    { id: knob.id, value },
    stack.find((one) => one.layer === layer),
  );
  return setting === undefined ? undefined : `stack.${layer}.deployed.${setting}`;
}

/** Why a value cannot be given to a knob, to follow its name; undefined: it can. */
export function refusalOfValue(
  to: string,
  how: Turning,
  layer: Layer,
  { stack }: Pick<Profile, 'stack'>,
): string | undefined {
  if (how.kind === 'live') return refusalOfWrite(to, how.takes);
  const choice = stack.find((one) => one.layer === layer);
  const schema = choice && findProvider(layer, 'deployed', choice.deployed.provider)?.settings;
  const one =
    schema instanceof z.ZodObject ? (schema.shape as Readonly<Record<string, z.ZodType>>)[how.setting] : undefined;
  const issues = one?.safeParse(/^\d+$/.test(to) ? Number(to) + how.offset : to).error?.issues ?? [];
  return issues[0]?.message;
}

function refusalOfWrite(to: string, takes: LiveTurn): string | undefined {
  if ('word' in takes) return to === takes.word ? undefined : `expected ${takes.word}`;
  const isWithin = /^\d{1,9}$/.test(to) && Number(to) >= takes.least && Number(to) <= takes.most;
  return isWithin ? undefined : `expected a whole number from ${takes.least} to ${takes.most}`;
}

/**
 * The profile with one layer to compare, that of the knob: in its second form it is the same provider, with the turned setting
 * if it is raised anew. All others are as deployed.
 */
export function turnedProfile(profile: Profile, { layer, to, how }: Turn): Profile {
  const stack = profile.stack.map((choice): LayerChoice => {
    if (choice.layer !== layer) return { ...choice, stub: null };
    const { provider, settings } = choice.deployed;
    const turned = how.kind === 'anew' ? { [how.setting]: Number(to) + how.offset } : {};
    return { ...choice, stub: { provider, settings: { ...(settings as object), ...turned } } };
  });
  return { ...profile, stack };
}

/** What is raised of a turned profile: a layer whose knob is turned live stands once. */
export function turnedLayers(layers: readonly StackLayer[], { layer, how }: Turn): readonly StackLayer[] {
  if (!layers.some((one) => one.layer === layer && one.stub)) throw new InternalError(`${layer} has no second form`);
  return how.kind === 'anew' ? layers : layers.map((one) => ({ layer: one.layer, deployed: one.deployed }));
}
