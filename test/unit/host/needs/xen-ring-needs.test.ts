import { describe, expect, it } from 'vitest';
import { type RingNeed, unmetRing } from '../../../../agent/host/needs/xen-ring-needs.ts';
import { fakeTree, type Tree } from '../../../support/fake-tree.ts';

const twoCpus: Tree = { '/proc/stat': 'cpu  1 2 3\ncpu0 1 2 3\ncpu1 1 2 3\nintr 5\n' };
const back = (parameter: string, value: string): Tree => ({
  [`/sys/module/xen_blkback/parameters/${parameter}`]: `${value}\n`,
});
const problemOf = (need: RingNeed, files: Tree = {}) => unmetRing(need, fakeTree({ ...twoCpus, ...files }).read);

describe("rings between a domain and the host's backend", () => {
  const queues = (count: number): RingNeed => ({ kind: 'xen-ring-queues', queues: count, ends: 'back' });

  it('are at most as many as the backend is set to, whatever the CPUs', async () => {
    expect(await problemOf(queues(4), back('max_queues', '4'))).toBeUndefined();
    expect(await problemOf(queues(5), back('max_queues', '4'))).toMatchObject({
      message: 'queues 5 is above what the backend offers: xen_blkback max_queues is 4',
      hint: expect.stringMatching(/expected 1 to 4; .*echo 5 >\/sys\/module\/xen_blkback/) as string,
    });
  });

  it('are one for each CPU of domain 0 where the backend is not loaded yet', async () => {
    expect(await problemOf(queues(2))).toBeUndefined();
    expect(await problemOf(queues(16))).toMatchObject({
      message: expect.stringContaining('queues 16 is above what the backend offers') as string,
      hint: expect.stringMatching(/expected 1 to 2; .*modprobe xen_blkback max_queues=16/) as string,
    });
  });

  it('keep grants mapped only if the backend is willing', async () => {
    const need = { kind: 'xen-persistent-grants' } as const;
    expect(await problemOf(need)).toBeUndefined();
    expect(await problemOf(need, back('feature_persistent', 'Y'))).toBeUndefined();
    expect((await problemOf(need, back('feature_persistent', 'N')))?.message).toContain('feature_persistent is N');
  });
});
