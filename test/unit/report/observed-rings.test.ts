import { describe, expect, it } from 'vitest';
import { type SeenRings, type ObservedVbd, ringsTable, sentenceOf } from '../../../agent/report/observed-rings.ts';

function seen(over: Partial<ObservedVbd> = {}, rings = 1, order = 0): ObservedVbd {
  return {
    vbd: { name: 'xvda of domain 3', order, rings, offered: { order: 4, rings: 2 }, protocol: 'x86_64-abi' },
    ...{ device: '254:0', sharing: 1, iosPerSecond: 640, outOfRequestsPerSecond: 0, inFlight: 4, latencyNs: 5e6 },
    ...over,
  };
}

function observed(vbds: readonly ObservedVbd[], more: Partial<SeenRings> = {}): SeenRings {
  return { vbds, unconnected: [], otherBackends: [], ...more };
}

describe('what is said of the rings that were observed', () => {
  it.each<[string, readonly ObservedVbd[], RegExp]>([
    ['none', [], /no vbd is connected/],
    ['one with room', [seen()], /no ring looks capped: the vbd has room/],
    [
      'a full one',
      [seen({ inFlight: 31 })],
      /xvda of domain 3 looks capped .*31.0 in flight.* at most 32; .*max_ring_page_order=4 would get 512/,
    ],
    ['out of requests', [seen({ outOfRequestsPerSecond: 90 })], /out of requests 90 times a second, of at most 32/],
    ['a burst', [seen({ outOfRequestsPerSecond: 0.4 })], /no ring looks capped/],
    ['the widest ring', [seen({ inFlight: 1000 }, 2, 4)], /at most 1024; the backend offers no more/],
    [
      'as much as one of several rings holds',
      [seen({ inFlight: 31 }, 4)],
      /may be capped by one of its 4 rings, if its load comes from one CPU: 31.0 in flight on average, of at most 32 in each/,
    ],
    ['less than one of several rings holds', [seen({ inFlight: 20 }, 4)], /no ring looks capped/],
    [
      'a device that others use too',
      [seen({ inFlight: 60, sharing: 2 })],
      /may be capped by its ring, if most of it is its own: 60.0 in flight on average, on a device that 2 vbds share/,
    ],
    ['a shared device with little in flight', [seen({ sharing: 2 })], /no ring looks capped/],
    [
      'nothing counted',
      [seen({ inFlight: undefined, outOfRequestsPerSecond: undefined })],
      /^cannot tell of xvda of domain 3: nothing counts what is in flight beneath$/,
    ],
  ])('%s', (_, vbds, words) => {
    expect(sentenceOf(observed(vbds))).toMatch(words);
  });

  it('names each that is full, and only those, above a table of all', () => {
    const all = observed([seen({ inFlight: 32 }), seen(), seen({ inFlight: undefined })]);
    const text = [sentenceOf(all), ...ringsTable(all, 10)].join('\n');
    expect(text.match(/looks capped/g)).toHaveLength(1);
    expect(text).toMatch(/1 x 32 +32 +640 +0 +32.0 +5 ms +full/);
    expect(text).toMatch(/1 x 32 +32 +640 +0 +4.0 +5 ms +room/);
    expect(text).toMatch(/1 x 32 +32 +640 +0 +- +5 ms +-/);
  });

  it('says what it does not see: disks of other backends, and vbds that do not connect', () => {
    const otherBackends = [{ name: 'qdisk', disks: 3 }];
    expect(sentenceOf(observed([], { otherBackends }))).toBe('3 disks are served by qdisk, which is not counted here');
    const unconnected = [{ name: 'xvda of domain 7', state: '2' }];
    expect(sentenceOf(observed([seen()], { otherBackends, unconnected })).split('\n')).toEqual([
      'no ring looks capped: the vbd has room in flight',
      'not connected: xvda of domain 7 (state 2)',
      '3 disks are served by qdisk, which is not counted here',
    ]);
  });
});
