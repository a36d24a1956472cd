import { describe, expect, it } from 'vitest';
import { mustBeAsAsked, type RingWanted } from '../../../agent/stack/ring/agreed.ts';
import { fakeTree, type Tree } from '../../support/fake-tree.ts';

const [front, back] = ['/local/domain/5/device/vbd/51712', '/local/domain/0/backend/vbd/5/51712'];

function ring(frontKeys: Readonly<Record<string, string>>, backKeys: Readonly<Record<string, string>>): Tree {
  const at = (end: string, keys: Readonly<Record<string, string>>): Tree =>
    Object.fromEntries(Object.entries(keys).map(([key, value]) => [`xenstore:${end}/${key}`, value]));
  return {
    ...at(front, { state: '4', ...frontKeys }),
    ...at(back, { state: '4', 'max-ring-page-order': '4', 'multi-queue-max-queues': '2', ...backKeys }),
  };
}
const on = { 'feature-persistent': '1' };

async function check(files: Tree, wanted: RingWanted): Promise<void> {
  await mustBeAsAsked(fakeTree(files), { name: 'the ring of g1', id: 51712, domain: 5 }, wanted);
}

describe('a ring that its ends have agreed on', () => {
  it('is as asked where both say so, and old ends say nothing of one ring of one page', async () => {
    const wide = { 'ring-page-order': '2', 'multi-queue-num-queues': '2' };
    await check(ring({ ...wide, ...on }, on), { ringPageOrder: 2, queues: 2, persistentGrants: true });
    await check(ring({}, {}), { ringPageOrder: 0, queues: 1, persistentGrants: false });
    await check(ring(wide, on), {});
  });

  it.each<[string, Tree, RingWanted, RegExp]>([
    [
      'less pages',
      ring({}, {}),
      { ringPageOrder: 2 },
      /the ring of g1 has got ringPageOrder 0 in place of 2.*at most 4/,
    ],
    ['less rings', ring({}, {}), { queues: 2 }, /queues 1 in place of 2: the backend offers at most 2/],
    [
      'a backend that does not let grants stay',
      ring(on, { 'feature-persistent': '0' }),
      { persistentGrants: true },
      /persistentGrants false in place of true: the frontend offers them, the backend does not offer them/,
    ],
    ['a frontend that does not', ring({}, on), { persistentGrants: true }, /the frontend does not offer them/],
    ['grants that stay although they should not', ring(on, on), { persistentGrants: false }, /true in place of false/],
    ['a backend that waits', ring({}, { state: '2' }), {}, /the ring of g1 is not connected: .* state 2 in place of 4/],
  ])('is refused with %s', async (_, files, wanted, words) => {
    await expect(check(files, wanted)).rejects.toThrow(words);
  });
});
