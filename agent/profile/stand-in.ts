// Stubs that stand for one provider alone: what they take from it, and what a profile with one may not have.

import { type Layer, layers } from '../lib/layer.ts';
import { isRecord } from '../lib/record.ts';
import { defaultStub, findProvider } from '../stack/registry.ts';
import type { LayerChoice } from './profile.ts';

interface StandInMistake {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly hint: string;
}

/** A stub that stands for one provider, and in which I/O ends: what lies beneath would be stubbed with it. */
export function standInMistakes(
  { layer, deployed, stub }: LayerChoice,
  stack: Readonly<Record<string, unknown>>,
): readonly StandInMistake[] {
  const standsFor = stub && findProvider(layer, 'stub', stub.provider)?.standsFor;
  if (!stub || !standsFor) return [];
  const path = ['stack', layer, 'stub', 'provider'];
  if (standsFor.provider !== deployed.provider) {
    const message = `${stub.provider} stands for ${standsFor.provider} alone, and ${deployed.provider} is deployed`;
    return [{ path, message, hint: 'use another stub, or leave it out' }];
  }
  return layers
    .filter((one) => one !== layer && stack[one] !== undefined)
    .map((one) => ({
      path: ['stack', one],
      message: `I/O ends in ${stub.provider}, so ${one} beneath it would be stubbed with the ${layer}`,
      hint: `leave ${one} out: the ${layer} then stands on media as quick as its stub, and \`latency\` of the stub is that of both`,
    }));
}

/** As written, with what a stub that stands for the deployed provider takes from it. */
export function stubSection(
  layer: Layer,
  map: Readonly<Record<string, unknown>>,
  provider: string | undefined,
): unknown {
  const written = map['stub'] ?? { provider: defaultStub(layer, provider) };
  const [stub, deployed] = [mapOf(written), mapOf(map['deployed']) ?? {}];
  const takes =
    typeof stub?.['provider'] === 'string' ? findProvider(layer, 'stub', stub['provider'])?.standsFor?.takes : [];
  const taken = (takes ?? []).flatMap((key) => (deployed[key] === undefined ? [] : [[key, deployed[key]] as const]));
  return stub ? { ...Object.fromEntries(taken), ...stub } : written;
}

function mapOf(value: unknown): Record<string, unknown> | undefined {
  return isRecord(value) ? value : undefined;
}
