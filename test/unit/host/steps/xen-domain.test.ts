// What a domain leaves in xenstore is removed where it is empty, and nothing that another toolstack has put there.

import { beforeEach, describe, expect, it } from 'vitest';
import { verbOf } from '../../../../agent/host/step.ts';
import type { Verb } from '../../../../agent/host/steps/verb.ts';
import type { XenDomainStep } from '../../../../agent/host/steps/xen-domain.ts';
import { fakeKernel, type FakeXenstore, fakeXenstore } from '../../../support/fake-kernel.ts';

let daemon: FakeXenstore;
let domain: Verb<XenDomainStep>;

const step = { kind: 'xen-domain', name: 'layerlift-abcdef-g1', config: '/c', why: 'a test' } as const;
const prior = '/local/domain/0/backend/console /local/domain/0/backend /libxl';
beforeEach(() => {
  daemon = fakeXenstore(['/local/domain/0/backend/console', '/local/domain/0/backend', '/libxl', '/vm']);
  domain = verbOf<XenDomainStep>(step, fakeKernel(daemon));
});

describe('the undo of a domain', () => {
  it('removes what the domain brought and left empty, one below the other, and nothing else', async () => {
    expect(await domain.present(step, prior)).toBe(true);
    await domain.undo(step, prior, 100);
    expect([...daemon.keys.keys()]).toEqual(['/vm']);
    expect(await domain.present(step, prior)).toBe(false);
  });

  it('leaves what another toolstack uses', async () => {
    daemon.keys.set('/local/domain/0/backend/vbd', '').set('/libxl/7', '');
    await domain.undo(step, prior, 100);
    expect([...daemon.keys.keys()]).toEqual([
      '/local/domain/0/backend',
      '/libxl',
      '/vm',
      '/local/domain/0/backend/vbd',
      '/libxl/7',
    ]);
    expect(await domain.present(step, prior)).toBe(false);
  });

  it('loses nothing that another toolstack writes between the look and the removal', async () => {
    daemon.meanwhile.push(() => daemon.keys.set('/libxl/7', '').set('/libxl/7/type', 'pvh'));
    await domain.undo(step, prior, 100);
    expect(daemon.keys.get('/libxl/7/type')).toBe('pvh');
    expect(daemon.keys.has('/local/domain/0/backend')).toBe(false);
  });
});
