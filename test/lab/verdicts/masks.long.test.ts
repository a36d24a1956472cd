// Layers that hide one another, and a stub that is no better than what it replaces.

import { describe, expect, it } from 'vitest';
import { runInLab } from '../../support/run-in-lab.ts';

describe('two layers that hide one another', () => {
  it.each([
    ['mask-media-network', ['media', 'network']],
    ['mask-blockstack-media', ['media', 'blockstack']],
  ])('are both named: %s', async (profile, layers) => {
    const { report } = await runInLab(`test/fixtures/profiles/${profile}.yaml`);
    expect(report.verdict, report.sentence).toMatchObject({ kind: 'masked', layers });
  });
});

describe('a stub that takes longer than what it replaces', () => {
  it('withholds the verdict, and is named', async () => {
    const { report } = await runInLab('test/fixtures/profiles/poor-stub.yaml');
    expect(report.verdict, report.sentence).toMatchObject({ kind: 'inconclusive', poorStubs: ['media'] });
    expect(report.sentence).toContain('the stub of media takes');
  });
});
