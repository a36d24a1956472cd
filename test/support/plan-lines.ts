// The journal of a run held against what `plan` printed for the same profile and seed.

import { expect } from 'vitest';
import * as z from 'zod';
import { renderStep, type Step } from '../../agent/host/step.ts';

const planSchema = z.object({
  phases: z.array(z.object({ title: z.string(), steps: z.array(z.object({ why: z.string(), act: z.string() })) })),
});
const intentSchema = z.object({
  type: z.literal('intent'),
  step: z.custom<Step>((step) => typeof step === 'object' && step !== null && 'kind' in step),
});
const headerSchema = z.object({ type: z.literal('header'), run: z.string() });

/** What the kernel alone names, and what the name of a run decides, are the same word on both sides. */
function normalised(line: string, run: string): string {
  return (
    line
      .replaceAll(run, 'RUN')
      // In quotes where the folder has a placeholder for its name.
      .replaceAll(/'<run folder>\/fio\/(guest-\d+\.fio)'|\/\S+\/(guest-\d+\.fio)/g, '$1$2')
      .replaceAll(/\/dev\/(mapper\/[\w-]+|dm-\d+|nvme\d+n\d+|sd[a-z]+)|<the [^<>]*>/g, 'DEVICE')
      .replaceAll(/<DEVICE>|\b\d+:\d+(?= [rw]bps| [rw]iops)/g, 'NUMBER')
  );
}

/** What is not done where the host is so already, or has no udevd. */
const mayBeLeftOut = (act: string): boolean => /^modprobe |^# rules in |cgroup\.subtree_control$/.test(act);

/**
 * The stack is raised and the guests start by exactly the steps that were printed, in their order; each printed switch is
 * made later.
 */
export function expectAsPlanned(planText: string, journalText: string): void {
  const { phases } = planSchema.parse(JSON.parse(planText));
  const records: unknown[] = journalText
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);
  const { run } = headerSchema.parse(records[0]);
  const done = records.flatMap((record) => {
    const { data } = intentSchema.safeParse(record);
    return data ? [normalised(renderStep(data.step).act, run)] : [];
  });
  const [raise, load, ...rest] = phases.map(({ title, steps }) => ({
    title,
    acts: steps.map(({ act }) => normalised(act, 'abcdef')),
  }));
  const firsts = [...(raise?.acts ?? []), ...(load?.acts ?? [])];
  const wanted = firsts.filter((act) => !mayBeLeftOut(act));
  expect(wanted.length).toBeGreaterThan(10);
  expect(done.filter((act) => !mayBeLeftOut(act)).slice(0, wanted.length)).toEqual(wanted);
  expect(done.filter((act) => mayBeLeftOut(act) && !firsts.includes(act))).toEqual([]);
  const switches = rest.filter(({ title }) => title.startsWith('switch from baseline to '));
  expect(switches.length).toBeGreaterThan(0);
  for (const { acts } of switches) for (const act of acts) expect(done).toContain(act);
}
