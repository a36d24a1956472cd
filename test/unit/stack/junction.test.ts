import { describe, expect, it } from 'vitest';
import { dryHost } from '../../../agent/host/dry.ts';
import type { Host } from '../../../agent/host/host.ts';
import type { StepOf } from '../../../agent/host/step.ts';
import { HostError } from '../../../agent/lib/errors.ts';
import { layers } from '../../../agent/lib/layer.ts';
import { differing, keyOf, type Setting, switchTo } from '../../../agent/stack/junction.ts';
import { armOf, raiseOnPaper, sections } from '../../support/dry-stack.ts';

const { stack } = await raiseOnPaper({ stack: layers.map((layer) => sections[layer]), guests: 2 });
const arm = (id: string) => armOf(id, layers);

function settingOf(id: string): Setting {
  return new Map(
    stack.junctions.map((one) => [keyOf(one), arm(id).stubbed.includes(one.layer) ? 'stub' : 'deployed'] as const),
  );
}

describe('switching to an arm', () => {
  it.each<[string, string, readonly string[]]>([
    ['baseline', 'baseline', []],
    ['all-stub', 'all-stub', []],
    ['baseline', 'stub-media', ['media.0']],
    ['stub-media', 'baseline', ['media.0']],
    ['stub-media', 'stub-network', ['media.0', 'network.0']],
    ['baseline', 'stub-ring', ['ring.1', 'ring.2']],
    ['all-stub', 'only-blockstack', ['blockstack.1', 'blockstack.2']],
    ['only-media', 'stub-media', ['media.0', 'network.0', 'blockstack.1', 'blockstack.2', 'ring.1', 'ring.2']],
  ])('from %s to %s swaps what differs, and no more: %j', (from, to, swapped) => {
    expect(differing(stack.junctions, settingOf(from), arm(to)).map(keyOf)).toEqual(swapped);
  });

  it('loads the other lane into the junction and its twin alike, and remembers it', async () => {
    const host = dryHost();
    const setting = settingOf('baseline');
    await switchTo(host, { junctions: stack.junctions, setting }, arm('stub-blockstack'));
    const swaps = host.steps as readonly StepOf<'dm-swap'>[];
    expect(swaps.map(({ kind, name, table }) => [kind, name, table[0]?.params])).toEqual(
      [1, 2].flatMap((guest) =>
        ['J-block', 'twin'].map((part) => [
          'dm-swap',
          `layerlift-abcdef-${part}${guest}`,
          `/dev/mapper/layerlift-abcdef-slice${guest} 0`,
        ]),
      ),
    );
    expect(setting).toEqual(settingOf('stub-blockstack'));
    await switchTo(host, { junctions: stack.junctions, setting }, arm('stub-blockstack'));
    expect(host.steps).toHaveLength(4);
  });

  it('writes out at each switch what the page cache above a lane has kept, once all are switched', async () => {
    const host = dryHost();
    const junctions = stack.junctions.map((one) =>
      one.layer === 'ring'
        ? { ...one, lanes: { ...one.lanes, deployed: { ...one.lanes.deployed, cachedIn: `/dev/dm-${one.guest}` } } }
        : one,
    );
    const setting = settingOf('baseline');
    const writtenIn = async (to: string): Promise<readonly (string | undefined)[]> => {
      const before = host.steps.length;
      await switchTo(host, { junctions, setting }, arm(to));
      return host.steps.slice(before).map((step) => (step.kind === 'write-out' ? step.device : undefined));
    };
    const swap = undefined;
    expect(await writtenIn('stub-media')).toEqual([swap, '/dev/dm-1', '/dev/dm-2']);
    expect(await writtenIn('stub-media')).toEqual([]);
    expect((await writtenIn('stub-ring')).slice(-2)).toEqual(['/dev/dm-1', '/dev/dm-2']);
    // Nothing passes it now, so nothing is kept.
    expect((await writtenIn('stub-media+ring')).filter((device) => device !== undefined)).toEqual([]);
  });

  it('says after a refusal which junctions were swapped and which were not', async () => {
    const refused = new HostError('cannot load');
    const host: Host = {
      ...dryHost(),
      apply: (step) =>
        'name' in step && step.name.endsWith('J-ring1') ? Promise.reject(refused) : Promise.resolve(''),
    };
    const setting = settingOf('baseline');
    await expect(switchTo(host, { junctions: stack.junctions, setting }, arm('stub-ring'))).rejects.toBe(refused);
    expect([setting.get('ring.1'), setting.get('ring.2')]).toEqual(['deployed', 'stub']);
  });
});
