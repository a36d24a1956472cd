// A tenant that never sleeps takes CPU beside the run: each planted layer is named all the same.

import { expect, test } from 'vitest';
import { layers } from '../../../agent/lib/layer.ts';
import { runInLab } from '../../support/run-in-lab.ts';

/** Microseconds of the lab's two CPUs in each 100 ms. */
const shares = [
  ['22 %', 44_000],
  ['45 %', 90_000],
] as const;

/** Two busy loops in a cgroup of their own. */
function tenant(quotaUs: number): string {
  return `
echo +cpu >/sys/fs/cgroup/cgroup.subtree_control
mkdir -p /sys/fs/cgroup/tenant && echo '${quotaUs} 100000' >/sys/fs/cgroup/tenant/cpu.max
for i in 1 2; do (echo $BASHPID >/sys/fs/cgroup/tenant/cgroup.procs; while :; do :; done) & done
`;
}

const onOff = `${tenant(90_000)}
(while :; do
  echo 1 >/sys/fs/cgroup/tenant/cgroup.freeze; sleep 6
  echo 0 >/sys/fs/cgroup/tenant/cgroup.freeze; sleep 6
done) &
`;

async function expectNamed(layer: string, before: string): Promise<void> {
  const args = '--fast --seed 7 --budget 150s';
  const { status, report, stderr } = await runInLab(`profiles/plant-${layer}.yaml`, { before, args });
  expect(report.verdict, `${report.sentence}\n${stderr}`).toMatchObject({ kind: 'lever', layer });
  expect(status).toBe(0);
}

test.each(shares.flatMap(([name, quotaUs]) => layers.map((layer) => [layer, name, quotaUs] as const)))(
  'a plant in %s is named beside a tenant of %s of all CPUs',
  (layer, _, quotaUs) => expectNamed(layer, tenant(quotaUs)),
);

test.each(layers)('a plant in %s is named beside a tenant that works 6 s and rests 6 s', (layer) =>
  expectNamed(layer, onOff),
);
