// A cap of each guest told from one of the host, and the verdicts that name no single layer.

import { describe, expect, it } from 'vitest';
import { capOf, expectNear } from '../../support/caps-in-lab.ts';
import { runInLab } from '../../support/run-in-lab.ts';

describe('the cap probe', () => {
  it('tells a queue of eight for each guest from one that all share', async () => {
    const { report } = await runInLab('test/fixtures/profiles/cap-per-guest.yaml', { caps: true, args: '--caps' });
    const { perGuest, scope, knobs } = capOf(report, 'ring');
    expect(scope).toBe('per-guest');
    expectNear(perGuest?.estimate, 8);
    expect(knobs.map(({ name }) => name)).toContain('queue_depth');
  });
});

describe('the verdict', () => {
  it('names both of two layers that cost alike', async () => {
    const { report } = await runInLab('test/fixtures/profiles/tie.yaml');
    expect(report.verdict).toMatchObject({ kind: 'tie', layers: ['media', 'network'] });
  });

  it('is outside the stack where the guests have no CPU to ask for more', async () => {
    const { report } = await runInLab('test/fixtures/profiles/cpu-starved.yaml');
    expect(report.verdict).toMatchObject({ kind: 'outside', limit: 'cpu-max' });
  });
});
