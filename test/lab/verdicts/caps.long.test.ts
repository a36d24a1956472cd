// Caps of known size beneath a load that asks for more: each is found within 10 %, with its scope, whatever lies beneath.

import { describe, expect, it } from 'vitest';
import { capOf, expectNear } from '../../support/caps-in-lab.ts';
import { runInLab } from '../../support/run-in-lab.ts';

/** Four guests of depth 48 over media of 120 ms. */
function profileOf(canQueue: number, network: boolean): string {
  return `version: 1
name: cap
guests: 4
workload: { rw: randread, bs: 4k, iodepth: 48 }
experiment: { budget: 12m, settle: 1s }
stack:
  media:
    deployed: { provider: model, latency: 120ms, size: 2GiB }
${network ? '  network:\n    deployed: { provider: nvme-tcp-netns, queues: 2 }\n' : ''}  blockstack:
    deployed:
      provider: dm
      devices:
        - { name: top, table: '0 {sectors} linear {below} 0' }
  ring:
    deployed: { provider: tcm-loop, canQueue: ${canQueue} }
`;
}

describe('a cap that all guests share in the ring', () => {
  const cases = [48, 64, 100].flatMap((canQueue) => [true, false].map((network) => [canQueue, network] as const));

  it.each(cases)('of %i in flight is found, with a network beneath: %s', async (canQueue, network) => {
    const before = `cat >/tmp/cap.yaml <<'END'\n${profileOf(canQueue, network)}END`;
    const { report } = await runInLab('/tmp/cap.yaml', { caps: true, args: '--caps', before });
    const { size, scope, knobs } = capOf(report, 'ring');
    expectNear(size.estimate, canQueue);
    expect(scope).toBe('host-wide');
    expect(knobs[0]).toMatchObject({ name: 'can_queue', value: `${canQueue}` });
    for (const { of, limit } of report.caps?.rows ?? []) {
      if (of === 'network' || of === 'blockstack') expect(limit.kind).not.toBe('cap');
    }
  });
});
