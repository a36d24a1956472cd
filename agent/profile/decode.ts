// Text -> Profile. Collects every mistake with its line; unknown keys are mistakes.

import { LineCounter, parseDocument, isMap, isNode, isScalar, isSeq, type Document, type Pair } from 'yaml';
import * as z from 'zod';
import { ProfileError, type Problem } from '../lib/errors.ts';
import { type Layer, layers, type Role } from '../lib/layer.ts';
import { isRecord } from '../lib/record.ts';
import type { Provider } from '../stack/provider.ts';
import { findProvider, providersFor } from '../stack/registry.ts';
import { type Case, caseSchema } from './case.ts';
import { standInMistakes, stubSection } from './stand-in.ts';
import { decodeGroups, type DecodedGroups } from './groups.ts';
import { type Mistake, mistakesOf, type Path } from './mistakes.ts';
import {
  type Choice,
  guestsSchemaFor,
  type LayerChoice,
  type Profile,
  profileSchema,
  workloadSchemaFor,
} from './profile.ts';

const largestProfileBytes = 256 * 1024;

/** `file` names the source in messages. Throws ProfileError with every mistake found. */
export function decodeProfile(text: string, file: string): Profile {
  if (text.length > largestProfileBytes) {
    throw new ProfileError([
      { at: file, message: 'the profile is too large', hint: `expected at most ${largestProfileBytes / 1024} KiB` },
    ]);
  }
  const lineCounter = new LineCounter();
  const doc = parseDocument(text, { lineCounter, prettyErrors: false, logLevel: 'error' });
  const place = (offset: number): string => {
    const { line, col } = lineCounter.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  if (doc.errors.length > 0) {
    throw new ProfileError(
      doc.errors.map((error) => ({ at: place(error.pos[0]), message: `not valid YAML: ${error.message}` })),
    );
  }
  const raw = toValue(doc, file);
  const mistakes: Mistake[] = [];
  const base = profileSchema.safeParse(raw);
  if (!base.success) mistakes.push(...baseMistakes(base.error.issues, raw));
  const stack = decodeStack(raw, mistakes);
  const standsFor = decodeCase(raw, mistakes);
  const decoded = base.success ? decodeGroups(base.data, asMap(raw)) : undefined;
  if (base.success && decoded) mistakes.push(...domainMistakes(base.data.guest, decoded, stack), ...decoded.mistakes);
  const guests = decoded?.guests ?? [];
  if (mistakes.length > 0 || !base.success) {
    const problems = mistakes.map((mistake): Problem => ({
      at: place(offsetOf(doc, mistake.path)),
      message: `${mistake.path.length > 0 ? `${mistake.path.join('.')}: ` : ''}${mistake.message}`,
      ...(mistake.hint === undefined ? {} : { hint: mistake.hint }),
    }));
    throw new ProfileError(problems.sort((a, b) => lineOf(a) - lineOf(b)));
  }
  const { version, name, guest, workload, experiment } = base.data;
  const profile = { version, name, question: questionOf(text), guest, guests, workload, stack, experiment };
  return standsFor ? { ...profile, case: standsFor } : profile;
}

function decodeCase(raw: unknown, mistakes: Mistake[]): Case | undefined {
  const section = asMap(raw)?.['case'];
  if (section === undefined) return undefined;
  const decoded = caseSchema.safeParse(section);
  if (decoded.success) return decoded.data;
  mistakes.push(...decoded.error.issues.flatMap((issue) => mistakesOf(issue, ['case'], caseSchema)));
  return undefined;
}

function toValue(doc: Document, file: string): unknown {
  try {
    return doc.toJS({ maxAliasCount: 100 });
  } catch (failure) {
    throw new ProfileError([
      { at: file, message: `not valid YAML: ${failure instanceof Error ? failure.message : String(failure)}` },
    ]);
  }
}

// A union tells only that nothing fitted, or speaks of the wrong member: the workload is decoded again as what it is
// meant to be.
function baseMistakes(issues: readonly z.core.$ZodIssue[], raw: unknown): readonly Mistake[] {
  const unions = { workload: workloadSchemaFor, guests: guestsSchemaFor };
  const isUnion = (part: PropertyKey | undefined): part is keyof typeof unions =>
    part === 'workload' || part === 'guests';
  const again = (part: keyof typeof unions): readonly Mistake[] => {
    const value = asMap(raw)?.[part];
    const schema = unions[part](value);
    return (schema.safeParse(value).error?.issues ?? []).flatMap((issue) => mistakesOf(issue, [part], schema));
  };
  const others = issues.filter((issue) => !isUnion(issue.path[0]));
  const wrong = new Set(issues.flatMap(({ path: [part] }) => (isUnion(part) ? [part] : [])));
  return [...others.flatMap((issue) => mistakesOf(issue, [], profileSchema)), ...[...wrong].flatMap(again)];
}

function decodeStack(raw: unknown, mistakes: Mistake[]): readonly LayerChoice[] {
  const stack = asMap(asMap(raw)?.['stack']);
  if (!stack) return [];
  const sections = withRing(stack, asMap(raw)?.['guest']);
  const chosen = layers.flatMap((layer) => {
    const section = sections[layer];
    return section === undefined ? [] : [decodeLayer(layer, section, mistakes)];
  });
  if (chosen.length === 0)
    mistakes.push({ path: ['stack'], message: `no layer: expected at least one of ${layers.join(', ')}` });
  mistakes.push(...chosen.flatMap((choice) => (choice ? coveredMistakes(choice, stack) : [])));
  mistakes.push(...chosen.flatMap((choice) => (choice ? standInMistakes(choice, stack) : [])));
  return chosen.filter((choice) => choice !== undefined);
}

/** Refuses a layer that a provider already brings along. */
function coveredMistakes(
  { layer, deployed }: LayerChoice,
  stack: Readonly<Record<string, unknown>>,
): readonly Mistake[] {
  const covered = findProvider(layer, 'deployed', deployed.provider)?.covers ?? [];
  return covered
    .filter((one) => stack[one] !== undefined)
    .map((one) => ({
      path: ['stack', one],
      message: `the ${one} behind a remote target cannot be switched from here`,
      hint: `leave ${one} out: it is measured as part of the ${layer} layer`,
    }));
}

function decodeLayer(layer: Layer, section: unknown, mistakes: Mistake[]): LayerChoice | undefined {
  const path = ['stack', layer];
  const map = asMap(section);
  if (!map) {
    mistakes.push({ path, message: 'expected a map with `deployed` and, if you like, `stub`' });
    return undefined;
  }
  for (const key of Object.keys(map)) {
    if (key !== 'deployed' && key !== 'stub')
      mistakes.push({ path: [...path, key], message: 'unknown setting', hint: 'expected deployed or stub' });
  }
  const deployed = decodeChoice(layer, 'deployed', map['deployed'], mistakes);
  const stub =
    map['stub'] === 'none' ? null : decodeChoice(layer, 'stub', stubSection(layer, map, deployed?.provider), mistakes);
  return deployed === undefined || stub === undefined ? undefined : { layer, deployed, stub };
}

function decodeChoice(layer: Layer, role: Role, section: unknown, mistakes: Mistake[]): Choice | undefined {
  const path = ['stack', layer, role];
  const names = providersFor(layer, role).map((provider) => provider.name);
  const { provider: name, ...rest } = asMap(section) ?? {};
  const expected = `expected one of ${names.join(', ')}${role === 'stub' ? ', or `stub: none`' : ''}`;
  if (typeof name !== 'string') {
    mistakes.push({ path, message: 'no provider', hint: expected });
    return undefined;
  }
  const provider = findProvider(layer, role, name);
  if (!provider) {
    mistakes.push({ path: [...path, 'provider'], message: `unknown provider "${name}"`, hint: expected });
    return undefined;
  }
  const settings = provider.settings.safeParse(rest);
  if (settings.success) return { provider: name, settings: settings.data };
  mistakes.push(...settings.error.issues.flatMap((issue) => mistakesOf(issue, path, provider.settings)));
  return undefined;
}

/** A domain's ring is there whether it is named or not, and there is no way past it. */
function withRing(stack: Readonly<Record<string, unknown>>, guest: unknown): Readonly<Record<string, unknown>> {
  const own = ringOf(guest);
  if (!own) return stack;
  const ring = stack['ring'] === undefined ? { deployed: { provider: own.name } } : asMap(stack['ring']);
  return ring ? { ...stack, ring: { stub: 'none', ...ring } } : stack;
}

/** The ring that only such guests have, and they no other; undefined where a guest takes any. */
function ringOf(guest: unknown): Provider | undefined {
  return providersFor('ring', 'deployed').find((provider) => provider.guest !== undefined && provider.guest === guest);
}

function domainMistakes(
  guest: Profile['guest'],
  { groups, isList }: DecodedGroups,
  stack: readonly LayerChoice[],
): readonly Mistake[] {
  const ring = stack.find(({ layer }) => layer === 'ring');
  const path = ['stack', 'ring', 'deployed', 'provider'];
  const own = ringOf(guest);
  if (!own) {
    const chosen = ring && findProvider('ring', 'deployed', ring.deployed.provider);
    if (chosen?.guest === undefined) return [];
    const message = `${chosen.name} is the ring of guests that are domains`;
    return [{ path, message, hint: `set \`guest: ${chosen.guest}\`, or use ${chosen.instead ?? 'another ring'}` }];
  }
  const limited = groups.flatMap((group, i) =>
    ['cpuset', 'cpuMax', 'memoryMax'].flatMap((key): Mistake[] => {
      const parts = [group, ...Object.values(group.only)] as readonly Readonly<Record<string, unknown>>[];
      if (parts.every((part) => part[key] === undefined)) return [];
      const hint = 'its CPUs and memory are `queues` and `memory` of the ring';
      const path = isList ? ['guests', i, key] : ['guests', key];
      return [{ path, message: `${key} does not reach into a domain`, hint }];
    }),
  );
  if (!ring) return limited;
  const other = ring.deployed.provider === own.name ? [] : [{ path, message: `the ring of a ${guest} is ${own.name}` }];
  const past =
    ring.stub === null
      ? []
      : [
          {
            path: ['stack', 'ring', 'stub'],
            message: `a ${guest} has no way past its ring`,
            hint: 'leave the stub out',
          },
        ];
  return [...limited, ...other, ...past];
}

function asMap(value: unknown): Record<string, unknown> | undefined {
  return isRecord(value) ? value : undefined;
}

/** Where the deepest part of a path that exists stands; of a setting, its key. Keys of any type match by their text. */
function offsetOf(doc: Document, path: Path): number {
  let node: unknown = doc.contents;
  let offset = 0;
  for (const part of path) {
    if (isSeq(node)) node = node.items[Number(part)];
    else if (isMap(node)) {
      const pair: Pair | undefined = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
      if (isNode(pair?.key)) offset = pair.key.range?.[0] ?? offset;
      node = pair?.value;
      continue;
    } else return offset;
    if (isNode(node)) offset = node.range?.[0] ?? offset;
  }
  return offset;
}

function lineOf(problem: Problem): number {
  return Number(/:(\d+):\d+$/.exec(problem.at ?? '')?.[1] ?? 0);
}

/** The comment that the file opens with. */
function questionOf(text: string): string {
  return /^#\s*(?:Question:)?\s*(.*?)\s*$/im.exec(text.trimStart().split('\n')[0] ?? '')?.[1] ?? '';
}
