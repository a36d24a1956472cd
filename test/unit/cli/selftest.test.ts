// What `selftest` makes of each plant's outcome. On a kernel: test/lab/verdicts/plants.test.ts.

import { describe, expect, it } from 'vitest';
import { type PlantResult, selftest } from '../../../agent/cli/handlers/selftest.ts';
import type { ExitName } from '../../../agent/lib/exit-codes.ts';
import { layers } from '../../../agent/lib/layer.ts';

/** `results`: of the plant in the media, one after the other. The others are found at once. */
async function selftestWith(
  results: readonly PlantResult[],
): Promise<{ exit: ExitName; printed: string[]; tries: (readonly [string, number])[] }> {
  const tries: (readonly [string, number])[] = [];
  let printed = '';
  const left = [...results];
  const exit = await selftest({
    deadlineMs: 60_000,
    print: (text) => (printed += text),
    tryPlant: (layer, { seed }) => {
      tries.push([layer, seed]);
      const result = layer === 'media' ? left.shift() : undefined;
      return Promise.resolve(result ?? { word: 'ok', text: `${layer} holds this host back` });
    },
  });
  return { exit, printed: printed.trimEnd().split('\n'), tries };
}

const busy: PlantResult = { word: 'FAIL', text: 'Cannot tell yet', cannotTell: true };
const wrong: PlantResult = { word: 'FAIL', text: 'ring holds this host back' };

describe('selftest', () => {
  it('measures a plant once more, in another order, where the host was too noisy to tell', async () => {
    const { exit, printed, tries } = await selftestWith([busy]);
    expect(exit).toBe('ok');
    expect(printed).toHaveLength(layers.length + 1);
    expect(printed[layers.indexOf('media')]).toMatch(/^ok +media +media holds this host back/);
    expect(tries.filter(([layer]) => layer === 'media')).toEqual([
      ['media', 1],
      ['media', 2],
    ]);
    expect(tries).toHaveLength(layers.length + 1);
  });

  it('fails where the second look cannot tell either', async () => {
    const { exit, printed } = await selftestWith([busy, busy]);
    expect(exit).toBe('inconclusive');
    expect(printed.filter((line) => line.startsWith('FAIL'))).toHaveLength(1);
  });

  it('gives a wrong verdict no second chance', async () => {
    const { exit, tries } = await selftestWith([wrong]);
    expect(exit).toBe('inconclusive');
    expect(tries).toHaveLength(layers.length);
  });

  it('says what the host lacks for a plant', async () => {
    const { exit } = await selftestWith([{ word: 'n/a', text: 'no null_blk' }]);
    expect(exit).toBe('unavailable');
  });
});
