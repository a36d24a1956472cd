// The `case:` block of a profile: the public report that it stands for, and what a run must find of what is planted in it.

import * as z from 'zod';
import { layers } from '../lib/layer.ts';
import { ownLimitKinds } from '../lib/own-limit.ts';
import { duration, plainText } from './settings.ts';

const layer = z.enum(layers, { error: `expected one of ${layers.join(', ')}` });
const someLayers = z.array(layer).min(2).max(layers.length);
const outsideLimits = [...ownLimitKinds, 'thread', 'cpu'] as const;

/** As in a report, without what a run measures. */
const verdict = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: z.literal('lever'), layer }),
    z.strictObject({ kind: z.literal('tie'), layers: someLayers }),
    z.strictObject({ kind: z.literal('masked'), layers: someLayers }),
    z.strictObject({ kind: z.literal('none') }),
    z.strictObject({
      kind: z.literal('outside'),
      limit: z.enum(outsideLimits, { error: `expected one of ${outsideLimits.join(', ')}` }),
    }),
  ],
  { error: 'expected a map whose `kind` is lever, tie, masked, none or outside' },
);

const count = z.number({ error: 'expected a number above 0' }).positive().max(1e9);
/** Per cent. */
const within = z.number({ error: 'expected a number from 1 to 100' }).min(1).max(100).default(15);

const figure = z.discriminatedUnion(
  'figure',
  [
    z.strictObject({ figure: z.literal('lift'), planted: count, within }),
    z.strictObject({
      figure: z.literal('in-flight'),
      layer,
      planted: count,
      scope: z.enum(['host-wide', 'per-guest'], { error: 'expected host-wide or per-guest' }),
      knob: plainText('the name of a knob').optional(),
      within,
    }),
    z.strictObject({ figure: z.literal('per-second'), layer, planted: count, within }),
    z.strictObject({ figure: z.literal('added'), layer, planted: duration({ min: 1e3, max: 10e9 }), within }),
  ],
  { error: 'expected a map whose `figure` is lift, in-flight, per-second or added' },
);

export type PlantedFigure = z.output<typeof figure>;

/** Only the cap probe finds it. */
function isCap({ figure: kind }: PlantedFigure): boolean {
  return kind === 'in-flight' || kind === 'per-second';
}

const expectation = z
  .strictObject({
    verdict: verdict.optional(),
    figures: z.array(figure).max(8).default([]),
  })
  .refine(({ verdict: asked, figures }) => asked !== undefined || figures.some(isCap), {
    error: 'nothing is expected: give a `verdict`, or a figure of `in-flight` or `per-second`',
  })
  .refine(({ verdict: asked, figures }) => asked !== undefined || figures.every((one) => one.figure !== 'lift'), {
    error: 'a lift needs a `verdict`',
  });

export const caseSchema = z.strictObject({
  report: z.url({ protocol: /^https$/, error: 'expected the address of a public report, https://...' }),
  guilty: plainText('who was guilty, in one sentence'),
  expect: expectation,
});

export type Case = z.output<typeof caseSchema>;
export type Expectation = Case['expect'];
export type ExpectedVerdict = NonNullable<Expectation['verdict']>;

/** The question of the run: as `caps` of its options. */
export function capsFor({ verdict: asked, figures }: Expectation): boolean | undefined {
  if (asked === undefined) return true;
  return figures.some(isCap) ? undefined : false;
}
