import { describe, expect, it } from 'vitest';
import { matchKnobs } from '../../../agent/knobs/match.ts';
import { knobOf, knobsOf } from '../../support/knobs-of.ts';
import { readKnobs } from '../../../agent/knobs/registry.ts';
import { fakeTree, type Tree } from '../../support/fake-tree.ts';

/** A vbd as its two ends leave it in xenstore; an end says nothing of what it does not know. */
function vbd(domain: number, dev: string, front: Readonly<Record<string, string>>, state = '4'): Tree {
  const [back, frontend] = [`/local/domain/0/backend/vbd/${domain}/51952`, `/local/domain/${domain}/device/vbd/51952`];
  const keys = { dev, state, frontend, 'max-ring-page-order': '4', 'multi-queue-max-queues': '2' };
  return {
    ...Object.fromEntries(Object.entries(keys).map(([key, value]) => [`xenstore:${back}/${key}`, value])),
    ...Object.fromEntries(Object.entries(front).map(([key, value]) => [`xenstore:${frontend}/${key}`, value])),
  };
}

const inBrief = (files: Tree) =>
  knobsOf(files).then((knobs) =>
    knobs.map(({ id, device, value, limit, queues, scope, atDefault }) => ({
      id,
      device,
      value,
      limit,
      queues,
      scope,
      atDefault,
    })),
  );

describe("what the ends of Xen's rings have agreed on", () => {
  it('is rings x 32 x 2^order for each device, of whatever domain', async () => {
    const wide = { 'ring-page-order': '2', 'multi-queue-num-queues': '2', protocol: 'x86_64-abi' };
    expect(await inBrief(vbd(7, 'xvda', wide))).toEqual([
      {
        id: 'xen.order',
        device: 'xvda of domain 7',
        value: '2',
        limit: 128,
        queues: 2,
        scope: 'queue',
        atDefault: false,
      },
      { id: 'xen.queues', device: 'xvda of domain 7', value: '2', limit: 256, scope: 'device' },
      { id: 'xen.persistent', device: 'xvda of domain 7', value: '0', scope: 'device', atDefault: false },
      { id: 'xen.protocol', device: 'xvda of domain 7', value: 'x86_64-abi', scope: 'device' },
    ]);
  });

  it('is one ring of one page where the frontend says nothing, as old guests do', async () => {
    expect(await inBrief(vbd(0, 'xvdp', {}))).toMatchObject([
      { id: 'xen.order', device: 'xvdp', value: '0', limit: 32, queues: 1, atDefault: true },
      { id: 'xen.queues', value: '1', limit: 32 },
      { id: 'xen.persistent', value: '0' },
    ]);
  });

  it('is that grants stay mapped only where both ends say so', async () => {
    const key = 'xenstore:/local/domain/0/backend/vbd/0/51952/feature-persistent';
    const persistent = async (back: string) => {
      const files = { ...vbd(0, 'xvdp', { 'feature-persistent': '1' }), [key]: back };
      return (await knobOf(files, 'xen.persistent', 'xvdp')).value;
    };
    expect([await persistent('1'), await persistent('0')]).toEqual(['1', '0']);
  });

  it('is nothing before the ends are connected', async () => {
    expect(await inBrief(vbd(0, 'xvdp', {}, '2'))).toEqual([]);
  });

  it('is in a run that of its own devices alone: a ring of a stranger is as wide, and listed first', async () => {
    const own = vbd(9, 'xvda', {});
    const key = 'xenstore:/local/domain/0/backend/vbd/9/51952/layerlift';
    const other = Object.fromEntries(
      Object.entries(vbd(8, 'xvdb', {})).map(([path, value]) => [path.replaceAll('51952', '51728'), value]),
    );
    const files = {
      ...vbd(7, 'xvda', {}),
      ...other,
      'xenstore:/local/domain/0/backend/vbd/8/51728/layerlift': 'layerlift-abcdee-v1',
      ...{ ...own, [key]: 'layerlift-abcdef-v1' },
    };
    const { knobs, failed } = await readKnobs(fakeTree(files), 'layerlift-abcdef-v');
    expect(failed).toEqual([]);
    const cap = { layer: 'ring', scope: 'per-guest', guests: 1, size: { estimate: 32, low: 31, high: 33 } } as const;
    const matches = matchKnobs(cap, knobs);
    expect(matches.map(({ knob }) => knob.device)).toEqual(matches.map(() => 'xvda of domain 9'));
    expect(matches).not.toEqual([]);
    expect((await readKnobs(fakeTree(files))).knobs.map(({ device }) => device)).toContain('xvda of domain 7');
  });

  it('names the page order at its default first for a cap of 32 for each guest', async () => {
    const four = ['xvdp', 'xvdq', 'xvdr', 'xvds'].map((dev, i) =>
      Object.fromEntries(
        Object.entries(vbd(0, dev, {})).map(([key, value]) => [
          key.replaceAll('51952', `${51952 + 16 * i}`),
          typeof value === 'string' ? value.replaceAll('51952', `${51952 + 16 * i}`) : value,
        ]),
      ),
    );
    const knobs = await knobsOf(Object.assign({}, ...four) as Tree);
    const cap = { layer: 'ring', scope: 'per-guest', guests: 4, size: { estimate: 127, low: 120, high: 134 } } as const;
    const [first] = matchKnobs(cap, knobs);
    expect(first).toMatchObject({
      fits: 'alone',
      knob: { id: 'xen.order', atDefault: true, defaultValue: '0', scope: 'queue' },
    });
    expect(first?.knob.name).toContain('max_ring_page_order');
  });
});
