// What a domain leaves in xenstore is removed where it is empty, and nothing that another toolstack has put there.

import { beforeEach, describe, expect, it, vi } from 'vitest';
import { xenDomainStep } from '../../../../agent/host/steps/xen-domain.ts';

/** Keys with their values, and what somebody else does before the first transaction ends. */
const daemon = vi.hoisted(() => ({ keys: new Map<string, string>(), meanwhile: [] as (() => void)[] }));

vi.mock('../../../../agent/host/xen/xenstore.ts', () => {
  const storeOf = (keys: Map<string, string>, isOnlyRead: boolean) => ({
    read: (path: string) => Promise.resolve(keys.get(path)),
    list: (path: string) => {
      const below = [...keys.keys()].filter((key) => key.startsWith(`${path}/`));
      return Promise.resolve([...new Set(below.map((key) => key.slice(path.length + 1).split('/')[0]))]);
    },
    remove: (path: string) => {
      if (isOnlyRead) throw new Error('removed outside of a transaction');
      for (const key of [...keys.keys()]) if (key === path || key.startsWith(`${path}/`)) keys.delete(key);
      return Promise.resolve();
    },
  });
  return {
    withXenstore: (body: (store: unknown) => unknown) => body(storeOf(daemon.keys, true)),
    // As xenstored does it: changes of others since its beginning undo a transaction, and it is begun anew.
    inTransaction: async (body: (store: unknown) => Promise<unknown>) => {
      for (;;) {
        const mine = new Map(daemon.keys);
        const result = await body(storeOf(mine, false));
        const other = daemon.meanwhile.shift();
        if (!other) {
          daemon.keys = mine;
          return result;
        }
        other();
      }
    },
  };
});

const step = { kind: 'xen-domain', name: 'layerlift-abcdef-g1', config: '/c', why: 'a test' } as const;
const prior = '/local/domain/0/backend/console /local/domain/0/backend /libxl';
beforeEach(() => {
  daemon.keys = new Map(
    ['/local/domain/0/backend/console', '/local/domain/0/backend', '/libxl', '/vm'].map((key) => [key, '']),
  );
  daemon.meanwhile = [];
});

describe('the undo of a domain', () => {
  it('removes what the domain brought and left empty, one below the other, and nothing else', async () => {
    expect(await xenDomainStep.present(step, prior)).toBe(true);
    await xenDomainStep.undo(step, prior, 100);
    expect([...daemon.keys.keys()]).toEqual(['/vm']);
    expect(await xenDomainStep.present(step, prior)).toBe(false);
  });

  it('leaves what another toolstack uses', async () => {
    daemon.keys.set('/local/domain/0/backend/vbd', '').set('/libxl/7', '');
    await xenDomainStep.undo(step, prior, 100);
    expect([...daemon.keys.keys()]).toEqual([
      '/local/domain/0/backend',
      '/libxl',
      '/vm',
      '/local/domain/0/backend/vbd',
      '/libxl/7',
    ]);
    expect(await xenDomainStep.present(step, prior)).toBe(false);
  });

  it('loses nothing that another toolstack writes between the look and the removal', async () => {
    daemon.meanwhile.push(() => daemon.keys.set('/libxl/7', '').set('/libxl/7/type', 'pvh'));
    await xenDomainStep.undo(step, prior, 100);
    expect(daemon.keys.get('/libxl/7/type')).toBe('pvh');
    expect(daemon.keys.has('/local/domain/0/backend')).toBe(false);
  });
});
