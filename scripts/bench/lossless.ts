// Is anything lost by switching? Guests write blocks that fio reads back and verifies, while junctions are switched at
// random: first all above the media, then the media too, each of which keeps its own data. In the end every block that a
// guest's device took must lie on the right medium, at its place, and nowhere else. Runs in the lab, as root.

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepare } from '../../agent/run/prepare.ts';
import type { Host } from '../../agent/host/host.ts';
import { baselineId, everyArm } from '../../agent/lib/arm.ts';
import { type Arm, layers } from '../../agent/lib/layer.ts';
import { sum } from '../../agent/lib/numbers.ts';
import { seededRandom } from '../../agent/lib/random.ts';
import { raiseRootCgroup, startLoad } from '../../agent/load/drive.ts';
import type { JobSection } from '../../agent/load/job.ts';
import { differing } from '../../agent/stack/junction.ts';
import { namesOf } from '../../agent/stack/names.ts';
import { raiseStack, type Stack } from '../../agent/stack/raise.ts';
import { onHost, print } from './figures.ts';
import { type Apart, startApart } from './guests-apart.ts';
import { Tally } from './tally.ts';
import { findingsOf, mustFlow, taken, type Written } from './written.ts';

const switches = Number(process.env['SWITCHES'] ?? 1000);
const mediaSwitches = Number(process.env['MEDIA_SWITCHES'] ?? 200);
const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
/** The longest pause between two switches; the shortest is none. */
const pauseMs = 60;
/** Between two switches of the media: a guest that was frozen needs a moment to have I/O in flight again. */
const mediaPauseMs = 300;
const reading: readonly JobSection[] = [
  {
    name: 'reader',
    options: [
      ['rw', 'randread'],
      ['bs', '4k'],
      ['iodepth', '8'],
      ['ioengine', 'libaio'],
    ],
  },
];
const random = seededRandom(seed);
const names = namesOf('10551e', 'a'.repeat(32));
const prepared = await prepare('test/fixtures/profiles/lossless.yaml', { seed: 1, cold: false, budgetMs: undefined });

let [made, lost, wrong] = [0, 0, 0];
print('seed', `${seed}`);
await onHost(names.run, async (host) => {
  await raiseRootCgroup(host, names);
  await host.scope(() => aboveTheMedia(host));
  await host.scope(() => ofTheMedia(host));
});
print('switches under verify / blocks lost or misled', `${made} / ${lost}`);
process.exitCode = wrong > 0 ? 1 : 0;

function raise(host: Host): Promise<Stack> {
  const start = { id: baselineId, stubbed: [] };
  return raiseStack(host, names, prepared.stack, { start, onlyStart: false });
}

function loadPlan() {
  return { guests: prepared.plan.profile.guests, sections: prepared.sections, seed, runtimeS: 3600 };
}

async function aboveTheMedia(host: Host): Promise<void> {
  const stack = await raise(host);
  const place = { lanes: stack.lanes, folder: mkdtempSync(join(tmpdir(), 'lossless-')) };
  const load = await startLoad(host, names, loadPlan(), place);
  const arms = everyArm(layers.filter((layer) => layer !== 'media'));
  const tally = new Tally();
  for (let i = 0; i < switches; i++) {
    await Promise.race([tally.switchTo(host, stack, otherThan(stack, arms)), load.died]);
    await Promise.race([host.sleep(random.below(pauseMs)), load.died]);
  }
  await mustFlow(host, stack);
  const before = await load.snapshots();
  await load.stop();
  made += tally.print('switches above the media');
  print('  errors that fio met', `${sum(before.map(({ errors }) => errors))}`);
  const guests = stack.lanes.map((_, i) => i);
  await judge(host, stack, { deployed: guests, stub: [] });
}

/**
 * Guest 1 writes only while the media are as deployed, guest 2 only to the stub: what they have in flight is through before
 * the media change, as it would go to the other otherwise. Guest 3 reads all the time, so every switch meets I/O in flight.
 */
async function ofTheMedia(host: Host): Promise<void> {
  const stack = await raise(host);
  const folder = mkdtempSync(join(tmpdir(), 'lossless-'));
  const plan = { ...loadPlan(), lanes: stack.lanes, folder };
  const guests = await startApart(host, names, plan, (guest) => (guest === 3 ? reading : prepared.sections));
  const writer = (stubbed: boolean): Apart => guests[stubbed ? 1 : 0] ?? fail('two guests are needed');
  const died = Promise.race(guests.map((guest) => guest.died));
  died.catch(() => undefined);
  const arms = everyArm(layers);
  const armsWith = (stubbed: boolean): readonly Arm[] =>
    arms.filter((arm) => arm.stubbed.includes('media') === stubbed);
  const tally = new Tally();
  const turnTo = async (stubbed: boolean): Promise<void> => {
    await tally.switchTo(host, stack, otherThan(stack, armsWith(stubbed)));
    await writer(stubbed).thaw();
  };
  let stubbed = true;
  await turnTo(stubbed);
  await guests[2]?.thaw();
  for (let i = 2; i < mediaSwitches; i++) {
    // The first time, fio must have come to its first I/O.
    if (i < 3) await mustFlow(host, stack, [stubbed ? 1 : 0]);
    await Promise.race([host.sleep(random.below(mediaPauseMs)), died]);
    await writer(stubbed).freeze();
    stubbed = !stubbed;
    await turnTo(stubbed);
  }
  await mustFlow(host, stack, [stubbed ? 1 : 0, 2]);
  await guests[2]?.stop();
  await writer(stubbed).stop();
  await turnTo(!stubbed);
  await mustFlow(host, stack, [stubbed ? 0 : 1]);
  await writer(!stubbed).stop();
  made += tally.print('switches of the media and of all above');
  await judge(host, stack, { deployed: [0], stub: [1] });
}

/** Compares what the guests' devices took with what lies on the media. `owners`: the guests that wrote to each medium. */
async function judge(host: Host, stack: Stack, owners: Written['owners']): Promise<void> {
  const written = await taken(host, { stack, cgroup: names.cgroup, owners });
  for (const { what, figure, isWrong, blocks } of await findingsOf(written)) {
    print(`  ${what}`, figure);
    if (isWrong) wrong++;
    lost += blocks;
  }
}

function otherThan(stack: Stack, arms: readonly Arm[]): Arm {
  const others = arms.filter((arm) => differing(stack.junctions, stack.setting, arm).length > 0);
  return others[random.below(others.length)] ?? fail('no other arm');
}

function fail(why: string): never {
  throw new Error(why);
}
