// The founding case: what limits a layer and how much it lets through, on a real kernel.

import { describe, expect, it } from 'vitest';
import { capOf, expectNear } from '../../support/caps-in-lab.ts';
import { runInLab } from '../../support/run-in-lab.ts';

describe('the cap probe', () => {
  it('finds a cap of 64 that all guests share beneath slower media, and the knob that makes it', async () => {
    const { report } = await runInLab('profiles/demo.yaml', { caps: true, args: '--budget 20m' });
    const { size, scope, knobs } = capOf(report, 'ring');
    expectNear(size.estimate, 64);
    expect(scope).toBe('host-wide');
    expect(knobs[0]).toMatchObject({ name: 'can_queue', value: '64', defaultValue: '1024', atDefault: false });
    for (const layer of ['network', 'blockstack'] as const)
      expect(() => capOf(report, layer)).toThrow(`no cap in ${layer}`);
    expect(report.verdict).toMatchObject({ kind: 'lever', layer: 'media', next: 'ring' });
    // 150 ms are planted: what is printed is within 3 % of it, and the same wherever it is printed.
    const printed = report.sentence.match(/by the ([\d.]+) ms that it adds/)?.[1];
    expect(Math.abs(Number(printed) / 150 - 1), report.sentence).toBeLessThan(0.03);
    expect(report.why.join('\n')).toContain(`media itself takes ${printed} ms`);
    const media = report.caps?.rows.find(({ of }) => of === 'media')?.limit;
    expect(media?.kind === 'latency' && Math.abs(media.addedNs / 150e6 - 1)).toBeLessThan(0.03);
  });
});
