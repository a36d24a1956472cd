import { describe, expect, it } from 'vitest';
import { countCaveats } from '../../../agent/experiment/measure-slice.ts';
import type { Layer } from '../../../agent/lib/layer.ts';
import { raiseOnPaper, sections } from '../../support/dry-stack.ts';

const { stack } = await raiseOnPaper({ stack: [sections.media, sections.ring], guests: 2 });

const guest = (bytes: number, elapsedMs = 1000) => ({
  guest: 1,
  elapsedMs,
  ios: 1,
  bytes,
  errors: 0,
  meanLatencyNs: 1,
  useful: 1,
  objectiveNs: null,
});
const junction = (layer: Layer, bytesPerSecond: number) => ({
  ...{ layer, bytesPerSecond },
  ...{ guest: 1, iosPerSecond: 1, meanLatencyNs: 1 },
});

describe('the bytes that fio and the junctions count', () => {
  it.each<[string, readonly number[], readonly number[], readonly string[]]>([
    ['the same', [1000, 1000], [1000, 1000], []],
    ['within two per cent', [1000, 1000], [1019, 1019], []],
    ['further apart', [1000, 1000], [1050, 1050], ['fio and the junctions disagree by 4.8 % on the bytes moved']],
    ['further apart, the other way', [1050], [1000], ['fio and the junctions disagree by 4.8 % on the bytes moved']],
    ['apart in each guest, the same in sum', [1000, 2000], [2000, 1000], []],
    ['none at the junctions', [1000], [0], ['fio and the junctions disagree by 100.0 % on the bytes moved']],
    ['not to be had at the junctions', [1000], [], ['the junctions gave no counters to check fio by']],
    ['none at fio', [0], [1000], ['fio and the junctions disagree by 100.0 % on the bytes moved']],
    ['none at all', [0], [0], ['no I/O completed in this slice']],
  ])('are %s', (_, fio, junctions, caveats) => {
    const passed = junctions.map((bytes) => junction('ring', bytes));
    expect(
      countCaveats(
        fio.map((bytes) => guest(bytes)),
        passed,
        stack,
      ),
    ).toEqual(caveats);
  });

  it('are compared at the top of the stack alone, a second', () => {
    const passed = [junction('media', 9999), junction('ring', 1000)];
    expect(countCaveats([guest(500, 500)], passed, stack)).toEqual([]);
  });
});
