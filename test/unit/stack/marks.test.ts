// Whatever a provider makes under our name is looked for after the end of every run.

import { expect, it } from 'vitest';
import { findTraces } from '../../../agent/host/facts/traces.ts';
import type { Step } from '../../../agent/host/step.ts';
import { providerMarks } from '../../../agent/stack/registry.ts';
import { raiseOnPaper, sections } from '../../support/dry-stack.ts';
import { memoryFiles } from '../../support/memory-files.ts';

/** The paths that a step makes, as the kernel would show them. */
function madeBy(step: Step): readonly string[] {
  if (step.kind === 'mkdir' || step.kind === 'cgroup' || step.kind === 'udev-rules') return [step.path];
  if (step.kind === 'vduse') return [`/dev/vduse/${step.name}`];
  if (step.kind !== 'exec') return [];
  if ('path' in step.witness) return [step.witness.path];
  return 'link' in step.witness ? [`/sys/class/net/${step.witness.link}`] : [];
}

const isOurs = (path: string): boolean => /layerlift|abcdef/.test(path);
/** A backing store stands in an adapter that is known by a number alone. */
const isWithoutName = /\/target\/core\//;

it.each(['tcm-loop', 'vduse'])('of a stack of four layers with the ring %s every trace is found', async (ring) => {
  const stack = [sections.media, sections.network, sections.blockstack, `ring: { deployed: { provider: ${ring} } }`];
  const { steps } = await raiseOnPaper({ stack, guests: 2 });
  const made = steps.flatMap(madeBy).filter((path) => isOurs(path) && !isWithoutName.test(path));
  expect(made.length).toBeGreaterThan(5);
  for (const path of made) {
    const traces = await findTraces(providerMarks, memoryFiles([path]));
    expect(traces, `what is left of ${path}`).toHaveLength(1);
    expect(path.startsWith(traces[0] ?? '?'), path).toBe(true);
  }
});

it('of a target for iSCSI every trace is found', async () => {
  const stack = [sections.media, 'network: { deployed: { provider: iscsi-netns, sessions: 2 } }'];
  const { steps } = await raiseOnPaper({ stack, guests: 1 });
  const made = steps.flatMap(madeBy).filter((path) => isOurs(path) && !isWithoutName.test(path));
  expect(made.filter((path) => path.includes('/target/iscsi/')).length).toBeGreaterThan(5);
  for (const path of made) expect(await findTraces(providerMarks, memoryFiles([path])), path).toHaveLength(1);
});

it('what is not ours is no trace', async () => {
  const theirs = [
    '/run/netns/blue',
    '/sys/kernel/config/nvmet/subsystems/nqn.x',
    '/sys/class/net/eth0',
    '/sys/kernel/config/target/iscsi/iqn.2003-01.org.linux-iscsi.x',
    '/dev/vduse/d',
  ];
  expect(await findTraces(providerMarks, memoryFiles(theirs))).toEqual([]);
});
