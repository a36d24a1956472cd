import { expect, it } from 'vitest';
import { dryHost } from '../../../agent/host/dry.ts';
import type { Host } from '../../../agent/host/host.ts';
import { chargeRings } from '../../../agent/load/charge-rings.ts';
import { runCaveatWords } from '../../../agent/report/words/run-caveat.ts';

const guests = [1, 2].map((number) => ({
  ...{ number, cgroup: `/c/g${number}`, limits: {}, deviceNumber: '253:7', readOnly: true, jobFile: '', job: '' },
  ringThreads: `${number}.xvda-`,
}));

const moving = (...counts: readonly string[]): Host => {
  const left = [...counts];
  return { ...dryHost(), apply: () => Promise.resolve(left.shift() ?? '') };
};

it.each([
  ['all have moved', moving('2', '1'), [/^the work of each ring is charged to its guest/]],
  ['some stay where they are', moving('2', '0'), [/^the work of the ring of guest 2 is charged to nobody/]],
  ['the move is only noted', dryHost(), []],
] as const)('what is said of the threads of rings where %s', async (_, host, said) => {
  const charge = await chargeRings(host, guests);
  expect(charge ? [runCaveatWords(charge)] : []).toEqual(said.map((text) => expect.stringMatching(text) as string));
});
