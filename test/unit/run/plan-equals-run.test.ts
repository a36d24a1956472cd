// A run does what `plan` printed: the steps of a run in memory, in their order, held against the dry run of its profile.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { plan } from '../../../agent/cli/handlers/plan.ts';
import { renderStep, type Step } from '../../../agent/host/step.ts';
import type { SimHost } from '../../support/sim-host/host.ts';
import { simRun, tidySimRuns } from '../../support/sim-host/run.ts';

afterEach(tidySimRuns);

const printed = z.object({
  phases: z.array(z.object({ title: z.string(), steps: z.array(z.object({ why: z.string(), act: z.string() })) })),
});
const seed = 3;

type Line = z.output<typeof printed>['phases'][number]['steps'][number];

async function planned(profile: string, caps: boolean): Promise<z.output<typeof printed>['phases']> {
  let text = '';
  const print = (more: string): unknown => (text += more);
  await plan({
    profile,
    seed,
    caps: caps ? undefined : false,
    cold: false,
    budgetMs: undefined,
    format: 'json',
    print,
  });
  return printed.parse(JSON.parse(text)).phases;
}

/** Steps of a run as a plan writes them, which has names of its own for what only the kernel names. */
function asPlanned({ things }: SimHost, folder: string): (step: Step) => Line {
  const names = [...things.names].sort(([a], [b]) => b.length - a.length);
  return (step) => {
    let text = JSON.stringify(step).replaceAll(join(folder, 'fio'), '<run folder>/fio');
    for (const [node, name] of names) {
      const bare = node.replace('/dev/', '');
      text = text.replaceAll(`sim:${bare}`, `<${name}>`).replaceAll(`/sys/block/${bare}/`, `/sys/block/${name}/`);
      text = text.replaceAll(node, name);
    }
    // A plan draws no secret.
    text = text.replaceAll(/(:host:\w+:\w+):[0-9a-f]{32}\b/g, '$1:RANDOM');
    return { why: step.why, act: renderStep(JSON.parse(text) as Step).act };
  };
}

describe.each(['demo', 'plant-media', 'plant-network', 'plant-blockstack', 'plant-ring', 'healthy'])('%s', (name) => {
  it('is raised and loaded by exactly the steps that were printed, and switched by printed swaps', async () => {
    const path = `profiles/${name}.yaml`;
    const [raise, load, ...rest] = await planned(path, false);
    const { host, folder } = await simRun({ profile: readFileSync(path, 'utf8'), seed, caps: false });
    const lineOf = asPlanned(host, folder);
    const steps = host.log.filter(({ what }) => what === 'act').map(({ step }) => step);
    const firsts = [...(raise?.steps ?? []), ...(load?.steps ?? [])];
    expect(steps.slice(0, firsts.length).map(lineOf)).toEqual(firsts);

    // Each arm of the first block: the forms that it stubs, as printed.
    const switches = rest.filter(({ title }) => title.startsWith('switch from baseline to '));
    expect(switches.length).toBeGreaterThan(2);
    const swaps = steps.filter(({ kind }) => kind === 'dm-swap').map(lineOf);
    const acts = new Set(swaps.map(({ act }) => act));
    for (const { steps: wanted } of switches) for (const { act } of wanted) expect(acts).toContain(act);
  });
});

it('looks for caps over delays that are made by the steps that were printed, but for their length', async () => {
  const path = 'profiles/demo.yaml';
  const caps = (await planned(path, true)).at(-1);
  expect(caps?.title).toMatch(/^look for caps/);
  const { host, folder } = await simRun({ profile: readFileSync(path, 'utf8'), seed });
  const lineOf = asPlanned(host, folder);
  const without = ({ act }: Line): string => act.replace(/^echo \d+ (> .*completion_nsec)$/, 'echo N $1');
  const wanted = caps?.steps.map(without) ?? [];
  const acts = host.log.filter(({ what }) => what === 'act').map(({ step }) => without(lineOf(step)));
  const from = acts.findIndex((act) => act.includes('-delay'));
  expect(acts.slice(from, from + wanted.length)).toEqual(wanted);
});
