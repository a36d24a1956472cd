// Reads a run's folder back: everything is decoded, nothing is trusted.

import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type * as z from 'zod';
import { errnoOf, ProfileError, type Problem, reasonOf } from '../lib/errors.ts';
import type { Layer } from '../lib/layer.ts';
import type { Plan } from '../plan/plan.ts';
import { deniedWords, readInput } from '../profile/load.ts';
import { capsSchema } from './caps.ts';
import { hostSideSchema } from './host-side.ts';
import type { RunRecords } from './run-records.ts';
import { pilotSchema, planAfter } from './pilot.ts';
import { type SliceRecord, sliceSchema } from './slice.ts';
import { metaSchema, neighboursSchema, planSchema } from './run-schema.ts';

type Optional<T> = { readonly [K in keyof T]: T[K] | undefined };

/** The texts of a run's files; those that it did not write are absent. */
export interface RunTexts {
  readonly plan: string;
  readonly host: string;
  readonly slices: string;
  readonly recheck?: string;
  readonly pilot?: string;
  readonly caps?: string;
  readonly neighbours?: string;
  readonly hostSide?: string;
}

/** Throws ProfileError naming every file or line that does not fit. */
export function readRunFolder(path: string): RunRecords {
  if (!existsSync(join(path, 'plan.json'))) {
    mustBeOpen(path);
    throw new ProfileError([
      {
        message: `${path} is no folder of a run: it has no plan.json`,
        hint: 'give a folder that `layerlift run` has made',
      },
    ]);
  }
  const read = (name: string): string => readInput(join(path, name), 'record file');
  const has = (name: string): boolean => existsSync(join(path, name));
  const optional = (key: Exclude<keyof RunTexts, 'plan' | 'host' | 'slices'>, name: string): Partial<RunTexts> =>
    has(name) ? { [key]: read(name) } : {};
  return decodeRun(
    {
      plan: read('plan.json'),
      host: read('host.json'),
      slices: has('slices.ndjson') ? read('slices.ndjson') : '',
      ...optional('recheck', 'recheck.ndjson'),
      ...optional('pilot', 'pilot.json'),
      ...optional('caps', 'caps.json'),
      ...optional('neighbours', 'neighbours.json'),
      ...optional('hostSide', 'host-side.json'),
    },
    path,
  );
}

/** The profile of a run, to raise its stack again. Throws ProfileError where the folder has lost it. */
export function profileIn(folder: string): string {
  const path = join(folder, 'profile.yaml');
  if (existsSync(path)) return path;
  const message = `${folder} has no profile.yaml: its stack cannot be raised again`;
  throw new ProfileError([{ message, hint: 'run the profile again' }]);
}

/** Throws ProfileError where this user must not look into the folder: what is in it cannot be told then. */
function mustBeOpen(path: string): void {
  try {
    readdirSync(path);
  } catch (failure) {
    if (errnoOf(failure) !== 'EACCES') return;
    const message = `cannot read ${path}: ${deniedWords(path)}`;
    throw new ProfileError([{ message, hint: 'read it as that user, or copy the folder' }]);
  }
}

/** Folders of runs in `parent`, newest first by their names, which begin with the time; none where there is no such folder. Throws ProfileError. */
export function runFoldersIn(parent: string): readonly string[] {
  return namesIn(parent)
    .filter((name) => existsSync(join(parent, name, 'plan.json')))
    .sort((a, b) => (a < b ? 1 : -1))
    .map((name) => join(parent, name));
}

/**
 * The folder that a user means: a path, or the name or the id of a run in `parent`. Throws ProfileError where it is none, or
 * may be several.
 */
export function findRunFolder(asked: string, parent: string): string {
  if (existsSync(asked)) return asked;
  mustBeOpen(asked);
  const found = runFoldersIn(parent).filter((path) => basename(path) === asked || path.endsWith(`-${asked}`));
  const [first, ...others] = found;
  if (first !== undefined && others.length === 0) return first;
  throw new ProfileError([
    {
      message: first
        ? `"${asked}" may be each of ${found.join(', ')}`
        : `there is no run "${asked}", nor one in ${parent}`,
      hint: 'give the path of a folder that `layerlift run` has made, or the name of one in --runs',
    },
  ]);
}

function namesIn(parent: string): readonly string[] {
  try {
    return readdirSync(parent);
  } catch (failure) {
    const code = errnoOf(failure);
    if (code === 'ENOENT') return [];
    throw new ProfileError([
      {
        message: `cannot read ${parent}: ${code === 'EACCES' ? deniedWords(parent) : (code ?? reasonOf(failure))}`,
        hint: 'give the folder that --runs of `run` named',
      },
    ]);
  }
}

/** `path` is the folder, for messages. Throws ProfileError naming every file or line that does not fit. */
export function decodeRun(texts: RunTexts, path: string): RunRecords {
  const plan = decodeJson(texts.plan, join(path, 'plan.json'), planSchema) as unknown as Plan;
  const meta = decodeJson(texts.host, join(path, 'host.json'), metaSchema);
  const read = [
    readSlices(texts.slices, join(path, 'slices.ndjson'), plan),
    readSlices(texts.recheck ?? '', join(path, 'recheck.ndjson'), plan),
  ] as const;
  const problems = read.flatMap((one) => one.problems);
  if (problems.length > 0) throw new ProfileError(problems);
  const [{ slices }, { slices: rechecked }] = read;
  const optional = <S extends z.ZodType>(text: string | undefined, name: string, schema: S): z.output<S> | undefined =>
    text === undefined ? undefined : decodeJson(text, join(path, name), schema);
  const pilot = optional(texts.pilot, 'pilot.json', pilotSchema);
  const caps = optional(texts.caps, 'caps.json', capsSchema);
  const neighbours = optional(texts.neighbours, 'neighbours.json', neighboursSchema);
  const hostSide = optional(texts.hostSide, 'host-side.json', hostSideSchema);
  mustBeOfOneRun(path, plan, { pilot, caps, neighbours });
  return {
    ...{ plan: pilot ? planAfter(plan, pilot) : plan, meta, slices, rechecked },
    ...(pilot ? { pilot } : {}),
    ...(caps ? { caps } : {}),
    ...(neighbours ? { neighbours } : {}),
    ...(hostSide ? { hostSide } : {}),
  };
}

/** Records beside the slices must be about the layers and the guests of the plan. */
function mustBeOfOneRun(
  path: string,
  { profile }: Plan,
  { pilot, caps, neighbours }: Optional<Pick<RunRecords, 'pilot' | 'caps' | 'neighbours'>>,
): void {
  const problemIn = (file: string, message: string): Problem => ({
    at: join(path, file),
    message,
    hint: 'the files are of different runs',
  });
  const layersOf = (file: string, some: readonly Layer[]): readonly Problem[] =>
    [...new Set(some)]
      .filter((one) => !profile.stack.some(({ layer }) => layer === one))
      .map((one) => problemIn(file, `the layer ${one} is not in plan.json`));
  const guestsOf = (file: string, guests: number | undefined): readonly Problem[] =>
    guests === undefined || guests === profile.guests.length
      ? []
      : [problemIn(file, `it is about ${guests} guests, plan.json about ${profile.guests.length}`)];
  const problems = [
    ...layersOf('pilot.json', pilot?.legs.map((leg) => leg.layer) ?? []),
    ...layersOf('caps.json', caps?.design.layers ?? []),
    ...guestsOf('caps.json', caps?.design.guests),
    ...guestsOf('neighbours.json', neighbours?.design.guests),
  ];
  if (problems.length > 0) throw new ProfileError(problems);
}

function readSlices(
  text: string,
  file: string,
  { design }: Plan,
): { slices: readonly SliceRecord[]; problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const lines = text.split('\n');
  const last = lines.findLastIndex((line) => line !== '');
  const slices = lines.flatMap((line, i): SliceRecord[] => {
    if (line === '') return [];
    const slice = decodeLine(line);
    const at = `${file}:${i + 1}`;
    // The last line may be torn by a crash; what was measured before it still counts.
    if (!slice && i < last) problems.push({ at, message: 'cannot read this slice' });
    else if (slice && !design.arms.includes(slice.arm)) {
      const message = `the arm ${slice.arm} is not in plan.json`;
      problems.push({ at, message, hint: 'the files are of different runs' });
    }
    return slice ? [slice] : [];
  });
  return { slices, problems };
}

function decodeJson<S extends z.ZodType>(text: string, path: string, schema: S): z.output<S> {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    throw new ProfileError([{ at: path, message: 'not valid JSON', hint: 'the file is damaged or cut off' }]);
  }
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new ProfileError(
    parsed.error.issues.map((issue) => ({ at: path, message: `${issue.path.join('.')}: ${issue.message}` })),
  );
}

function decodeLine(line: string): SliceRecord | undefined {
  try {
    return sliceSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
