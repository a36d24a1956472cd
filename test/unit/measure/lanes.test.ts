import { describe, expect, it } from 'vitest';
import { layers } from '../../../agent/lib/layer.ts';
import { astray, readLanes } from '../../../agent/measure/lanes.ts';
import type { Junction } from '../../../agent/stack/junction.ts';
import { armOf } from '../../support/dry-stack.ts';

const lane = (name: string) => ({ device: `/dev/${name}`, sectors: 8 });
const media: Junction = {
  ...{ layer: 'media', guest: 0, devices: ['J'], sectors: 8 },
  lanes: { deployed: lane('disk'), stub: lane('null') },
};
const count = (disk: number, none: number) =>
  new Map([
    ['/dev/disk', disk],
    ['/dev/null', none],
  ]);
const stub = armOf('stub-media', layers);

describe('the way that I/O takes', () => {
  it.each<[string, string, readonly [number, number], readonly string[]]>([
    ['through the stub that was asked for', 'stub-media', [0, 800], []],
    ['with a few that were still on their way', 'stub-media', [100, 700], []],
    [
      'as before the switch',
      'stub-media',
      [800, 0],
      ['stub-media asks for media stub, but its I/O goes through deployed'],
    ],
    [
      'as before the switch back',
      'baseline',
      [0, 800],
      ['baseline asks for media deployed, but its I/O goes through stub'],
    ],
    ['unseen', 'stub-media', [0, 0], []],
  ])('is told: %s', (_, arm, [disk, none], sentences) => {
    const moved = { from: count(50, 60), to: count(50 + disk, 60 + none) };
    expect(astray([media], armOf(arm, layers), moved)).toEqual(sentences);
  });

  it('is right while the form asked for moves all that passes, whatever it does by itself beneath', () => {
    const moved = { from: count(0, 0), to: count(50, 9000) };
    const baseline = armOf('baseline', layers);
    expect(astray([media], baseline, { ...moved, passed: () => 50 })).toEqual([]);
    expect(astray([media], baseline, { from: count(0, 0), to: count(0, 9000), passed: () => 0 })).toEqual([]);
    expect(astray([media], baseline, { ...moved, passed: () => 9000 })).toHaveLength(1);
    expect(astray([media], baseline, { ...moved, passed: () => undefined })).toHaveLength(1);
  });

  it('is not as asked for while the deployed form moves what passes, on the lane that its stub is', () => {
    const moved = { from: count(0, 0), to: count(800, 800) };
    expect(astray([media], stub, { ...moved, passed: () => 800 })).toHaveLength(1);
    expect(astray([media], stub, { from: count(0, 0), to: count(100, 800), passed: () => 700 })).toEqual([]);
  });

  it('is one and the same where both forms are one lane, and still told from the delays beside it', () => {
    const lanes = { deployed: lane('slice'), stub: lane('slice') };
    const passThrough: Junction = { ...media, layer: 'blockstack', lanes };
    const moved = { from: new Map([['/dev/slice', 0]]), to: new Map([['/dev/slice', 800]]), passed: () => 800 };
    for (const arm of ['baseline', 'stub-blockstack', 'all-stub']) {
      expect(astray([passThrough], armOf(arm, layers), moved)).toEqual([]);
    }
    const delayed: Junction = { ...media, lanes: { ...lanes, delay: lane('slow') } };
    expect(astray([delayed], { ...stub, id: 'x', media: 'delay' }, moved)).toEqual([
      'x asks for media delay, but its I/O goes through deployed',
    ]);
  });

  it('is told of the delays of the cap probe too', () => {
    const delayed = { ...media, lanes: { ...media.lanes, delay: lane('slow') } };
    const to = count(0, 800).set('/dev/slow', 0);
    expect(astray([delayed], { ...stub, id: 'x', media: 'delay' }, { from: new Map(), to })).toHaveLength(1);
  });

  it('is not judged where a device counts nothing', () => {
    expect(astray([media], stub, { from: new Map(), to: new Map() })).toEqual([]);
  });

  it('is read from the counters of the lanes: sectors read and written', async () => {
    const files = new Map([['/sys/block/disk/stat', '   1 2 30 4 5 6 70 8 9 10 11\n']]);
    const read = (path: string) => Promise.resolve(files.get(path));
    expect(await readLanes({ read }, [media])).toEqual(new Map([['/dev/disk', 100]]));
  });
});
