import { describe, expect, it } from 'vitest';
import { type ObservedVbd, observedText, sentenceOf } from '../../../agent/report/observed.ts';

function seen(over: Partial<ObservedVbd> = {}, rings = 1, order = 0): ObservedVbd {
  return {
    vbd: { name: 'xvda of domain 3', order, rings, offered: { order: 4, rings: 2 }, protocol: 'x86_64-abi' },
    ...{ device: '254:0', iosPerSecond: 640, outOfRequestsPerSecond: 0, inFlight: 4, latencyNs: 5e6 },
    ...over,
  };
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
    ['nothing counted', [seen({ inFlight: undefined, outOfRequestsPerSecond: undefined })], /no ring looks capped/],
  ])('%s', (_, vbds, words) => {
    expect(sentenceOf(vbds)).toMatch(words);
  });

  it('names each that is full, and only those, above a table of all', () => {
    const text = observedText([seen({ inFlight: 32 }), seen()], 10);
    expect(text.match(/looks capped/g)).toHaveLength(1);
    expect(text).toMatch(/1 x 32 +32 +640 +0 +32.0 +5 ms +full/);
    expect(text).toMatch(/1 x 32 +32 +640 +0 +4.0 +5 ms +room/);
  });
});
