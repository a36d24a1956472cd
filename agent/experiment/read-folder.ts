// Reads a run's folder back: everything is decoded, nothing is trusted.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { InterferenceDesign } from '../analysis/interference/design.ts';
import type { InterferenceObservation } from '../analysis/interference/observation.ts';
import { ProfileError, type Problem } from '../lib/errors.ts';
import { type Layer, layers } from '../lib/layer.ts';
import { type Plan, usualAims } from '../plan/plan.ts';
import { readInput } from '../profile/load.ts';
import { capsSchema, type CapsRecord } from './probe-record.ts';
import { type PilotRecord, pilotSchema, planAfter } from './pilot-record.ts';
import { type SliceRecord, sliceSchema } from './record.ts';

type Optional<T> = { readonly [K in keyof T]: T[K] | undefined };

export interface RunRecords {
  /** As its pilot left it. */
  readonly plan: Plan;
  /** Undefined where the run made none. */
  readonly pilot?: PilotRecord;
  readonly meta: RunMeta;
  readonly slices: readonly SliceRecord[];
  /** Of the check at the end, if there was one. */
  readonly rechecked: readonly SliceRecord[];
  /** Of the cap probe; undefined where the run made none. */
  readonly caps?: CapsRecord;
  /** Of the guests against one another; undefined where the run did not measure it. */
  readonly neighbours?: {
    readonly design: InterferenceDesign;
    readonly observations: readonly InterferenceObservation[];
  };
}

export const metaSchema = z.object({
  version: z.literal(1),
  run: z.string(),
  tool: z.string(),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().optional(),
  caveats: z.array(z.string()),
  host: z.record(z.string(), z.unknown()),
});
export type RunMeta = z.output<typeof metaSchema>;

const layer = z.enum(layers);
const choice = z.object({ provider: z.string(), settings: z.unknown() });
const planSchema = z.object({
  version: z.literal(1),
  profile: z.looseObject({
    name: z.string(),
    question: z.string(),
    guests: z.array(z.looseObject({})),
    workload: z.looseObject({}),
    experiment: z.looseObject({ settle: z.union([z.literal('pilot'), z.number()]) }),
    stack: z.array(z.object({ layer, deployed: choice, stub: choice.nullable() })),
  }),
  design: z.object({
    layers: z.array(layer).min(1),
    arms: z.array(z.string()).min(2),
    stages: z.enum(['A', 'A+B']),
    delta: z.number().positive(),
    alpha: z.number().positive().max(1),
    budgetSlices: z.number().int().positive(),
    looks: z.array(z.number().int().positive()),
    widenNone: z.boolean(),
  }),
  // A run of an earlier version had no choice.
  aims: z.object({ verdict: z.boolean(), caps: z.boolean(), neighbours: z.boolean() }).default(usualAims),
  geometry: z.object({ sectors: z.number(), blockBytes: z.number() }),
  seed: z.number().int(),
  cold: z.boolean(),
  settleMs: z.number().nonnegative(),
  measureMs: z.number().positive(),
  budgetMs: z.number().positive(),
  open: z.array(z.string()),
});

const neighboursSchema = z.object({
  version: z.literal(1),
  design: z.object({
    guests: z.number().int().positive(),
    budgetSlices: z.number().int().positive(),
    delta: z.number().positive(),
    alpha: z.number().positive().max(1),
    looks: z.array(z.number().int().positive()),
  }),
  observations: z.array(
    z.object({
      block: z.number().int().nonnegative(),
      running: z.array(z.number().int().positive()).min(1),
      goodput: z.array(z.object({ guest: z.number().int().positive(), goodput: z.number().positive() })),
    }),
  ),
});

/** Throws ProfileError naming every file or line that does not fit. */
export function readRunFolder(path: string): RunRecords {
  if (!existsSync(join(path, 'plan.json'))) {
    throw new ProfileError([
      {
        message: `${path} is no folder of a run: it has no plan.json`,
        hint: 'give a folder that `layerlift run` has made',
      },
    ]);
  }
  const plan = decodeJson(join(path, 'plan.json'), planSchema) as unknown as Plan;
  const meta = decodeJson(join(path, 'host.json'), metaSchema);
  const read = [readSlices(join(path, 'slices.ndjson'), plan), readSlices(join(path, 'recheck.ndjson'), plan)] as const;
  const problems = read.flatMap((one) => one.problems);
  if (problems.length > 0) throw new ProfileError(problems);
  const [{ slices }, { slices: rechecked }] = read;
  const optional = <S extends z.ZodType>(name: string, schema: S): z.output<S> | undefined =>
    existsSync(join(path, name)) ? decodeJson(join(path, name), schema) : undefined;
  const pilot = optional('pilot.json', pilotSchema);
  const caps = optional('caps.json', capsSchema);
  const neighbours = optional('neighbours.json', neighboursSchema);
  mustBeOfOneRun(path, plan, { pilot, caps, neighbours });
  return {
    ...{ plan: pilot ? planAfter(plan, pilot) : plan, meta, slices, rechecked },
    ...(pilot ? { pilot } : {}),
    ...(caps ? { caps } : {}),
    ...(neighbours ? { neighbours } : {}),
  };
}

/** What was measured beside the slices must be about the layers and the guests of the plan. */
function mustBeOfOneRun(
  path: string,
  { design, profile }: Plan,
  { pilot, caps, neighbours }: Optional<Pick<RunRecords, 'pilot' | 'caps' | 'neighbours'>>,
): void {
  const problemIn = (file: string, message: string): Problem => ({
    at: join(path, file),
    message,
    hint: 'the files are of different runs',
  });
  const layersOf = (file: string, some: readonly Layer[]): readonly Problem[] =>
    [...new Set(some)]
      .filter((one) => !design.layers.includes(one))
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

/** A file that is not there holds none. */
function readSlices(file: string, { design }: Plan): { slices: readonly SliceRecord[]; problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const lines = (existsSync(file) ? readInput(file, 'record file') : '').split('\n');
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

function decodeJson<S extends z.ZodType>(path: string, schema: S): z.output<S> {
  const text = readInput(path, 'record file');
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
