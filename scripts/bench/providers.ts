// Raises providers one pair of forms after another, drives guests that verify what they read through them, switches under
// that load, and sees by the sectors of both lanes that I/O follows. A row each: `ok`, or what was wrong. Runs in the lab.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { preflight } from '../../agent/run/preflight.ts';
import { prepare, type Setup } from '../../agent/run/prepare.ts';
import type { Host } from '../../agent/host/host.ts';
import { nameArm } from '../../agent/lib/arm.ts';
import { reasonOf } from '../../agent/lib/errors.ts';
import type { Arm, Role } from '../../agent/lib/layer.ts';
import { sum } from '../../agent/lib/numbers.ts';
import { raiseRootCgroup, startLoad } from '../../agent/load/drive.ts';
import type { JobSection } from '../../agent/load/job.ts';
import { readJunctions, sectorsBetween, startCounting } from '../../agent/measure/junctions.ts';
import { astray, readLanes } from '../../agent/measure/lanes.ts';
import { switchTo } from '../../agent/stack/junction.ts';
import { namesOf } from '../../agent/stack/names.ts';
import { raiseStack, type Stack } from '../../agent/stack/raise.ts';
import { type ProviderCase, providerCases } from '../../test/support/provider-cases.ts';
import { onHost } from './figures.ts';

const machine = process.argv[2] ?? 'stock';
/** Of the cases of that machine, those whose name it fits. */
const only = new RegExp(process.argv[3] ?? '');
/** `usual` or `others`: those alone, see `isUsual`. */
const part = process.argv[4];
const [settleMs, measureMs] = [150, 500];
const switches = 4;
/** Of what passed the junctions, at least, through the form that was asked for; and at most through another. */
const [most, little] = [0.5, 0.2];

const shape = (...more: readonly (readonly [string, string])[]): readonly JobSection[] => [
  { name: 'guest', options: [['bs', '4k'], ['iodepth', '4'], ['ioengine', 'libaio'], ...more] },
];
const verify = [
  ['verify', 'crc32c'],
  ['verify_fatal', '1'],
] as const;
const writing = shape(['rw', 'randwrite'], ...verify, ['verify_backlog', '256']);
// A pass ends once every block was verified: slow enough for all switches.
const verifying = shape(['rw', 'randread'], ...verify, ['rate_iops', '300']);
const reading = shape(['rw', 'randread']);

/** Between two cases nothing happens: what one has left is what the next finds. */
let found = inventory();
for (const [i, one] of providerCases()
  .filter((each) => each.machine === machine && only.test(each.name) && part !== (each.isUsual ? 'others' : 'usual'))
  .entries())
  await show(one, namesOf(`fab0${i.toString(16).padStart(2, '0')}`, 'a'.repeat(32)));
if (machine === 'stock' && only.source === '(?:)' && part !== 'others') await control();

async function show(one: ProviderCase, names: ReturnType<typeof namesOf>): Promise<void> {
  const started = performance.now();
  let outcome = '';
  try {
    const prepared = await preparedFrom(one.profile);
    await onHost(names.run, async (host) => {
      await raiseRootCgroup(host, names);
      // What fails here must not keep the host from those that follow.
      outcome = await carry({ host, names, prepared }, one).then((flows) => `ok ${flows}`, reasonOf);
    });
  } catch (failure) {
    outcome = reasonOf(failure);
  }
  const before = found;
  found = inventory();
  if (before !== found) outcome = `the host is not as found; ${outcome}`;
  row(one.name, outcome, started);
}

/** Media that keep nothing, under the same load: unless it is caught, no row above says anything. */
async function control(): Promise<void> {
  const started = performance.now();
  const names = namesOf('fab0ff', 'a'.repeat(32));
  const prepared = await preparedFrom(
    'version: 1\nname: control\nguests: 1\nworkload: { rw: randwrite }\nstack: { media: { deployed: { provider: model } } }\n',
  );
  let outcome = 'a medium that loses all was not noticed';
  await onHost(names.run, async (host) => {
    await raiseRootCgroup(host, names);
    const stack = await raise({ host, names, prepared });
    const load = await startOn({ host, names, prepared }, stack, writing);
    await Promise.race([host.sleep(20_000), load.died]).catch((failure: unknown) => {
      outcome = /verify/.test(reasonOf(failure)) ? 'ok' : reasonOf(failure);
    });
  });
  row('control: data that is lost', outcome, started);
}

interface Place {
  readonly host: Host;
  readonly names: ReturnType<typeof namesOf>;
  readonly prepared: Setup;
}

async function carry(place: Place, one: ProviderCase): Promise<string> {
  const { host } = place;
  const stack = await raise(place);
  const { layers } = place.prepared.plan.design;
  const arms = { deployed: nameArm([], layers), stub: nameArm([one.layer], layers) };
  if (one.load === 'filled') {
    for (const role of ['stub', 'deployed'] as const) {
      await switchTo(host, stack, arms[role]);
      fill(place, stack, { layer: one.layer, role });
    }
  }
  if (one.load === 'kept') for (const { device } of stack.lanes) fillDevice(device);
  const keeps = one.load === 'deployed' || one.load === 'kept';
  if (keeps) await during(place, { stack, load: verifying }, () => host.sleep(one.load === 'kept' ? 1_000 : 3_000));
  const load = { writes: writing, filled: verifying, deployed: reading, kept: reading, reads: reading }[one.load];
  const flows: string[] = [];
  await during(place, { stack, load }, async () => {
    for (let i = 0; i <= switches; i++) {
      const role = i % 2 === 0 ? 'deployed' : 'stub';
      await switchTo(host, stack, arms[role]);
      await host.sleep(settleMs);
      flows.push(await flowOf(host, stack, { arm: arms[role], role, layer: one.layer }));
    }
  });
  if (one.load === 'kept') {
    await switchTo(host, stack, arms.deployed);
    await during(place, { stack, load: verifying }, () => host.sleep(1_000));
  }
  return flows.join(' ');
}

/** Throws where fio finds a block that is not what was written, or dies. */
async function during(
  place: Place,
  { stack, load: sections }: { stack: Stack; load: readonly JobSection[] },
  body: () => Promise<unknown>,
): Promise<void> {
  await place.host.scope(async () => {
    const load = await startOn(place, stack, sections);
    await Promise.race([body(), load.died]);
    const snapshots = await load.snapshots();
    const [ios, errors] = [sum(snapshots.map((each) => each.ios)), sum(snapshots.map((each) => each.errors))];
    if (!(ios > 0) || errors > 0) throw new Error(`the guests completed ${ios} I/Os, with ${errors} errors`);
    await load.stop();
  });
}

function startOn({ host, names, prepared }: Place, { lanes }: Stack, sections: readonly JobSection[]) {
  const folder = mkdtempSync(join(tmpdir(), 'providers-'));
  const plan = { guests: prepared.plan.profile.guests, sections, seed: 1, runtimeS: 600 };
  return startLoad(host, names, plan, { lanes, folder });
}

async function raise({ host, names, prepared }: Place): Promise<Stack> {
  const stack = await raiseStack(host, names, prepared.stack, { start: nameArm([], []), onlyStart: false });
  await startCounting(host, stack.junctions);
  return stack;
}

/** What moved in one arm, in sectors. Throws where it did not go the way that the arm asks for. */
async function flowOf(
  host: Host,
  stack: Stack,
  { arm, role, layer }: { arm: Arm; role: Role; layer: ProviderCase['layer'] },
): Promise<string> {
  const { junctions } = stack;
  const read = async () => ({
    counters: await readJunctions(host, junctions),
    lanes: await readLanes(host, junctions),
  });
  const from = await read();
  await host.sleep(measureMs);
  const to = await read();
  const passed = sectorsBetween(from.counters, to.counters);
  const lost = astray(junctions, arm, { from: from.lanes, to: to.lanes, passed });
  const moved = (device: string): number => (to.lanes.get(device) ?? 0) - (from.lanes.get(device) ?? 0);
  const own = junctions.filter((junction) => junction.layer === layer);
  const through = sum(own.map(({ guest }) => passed(layer, guest) ?? NaN));
  const wanted = sum(own.map(({ lanes }) => moved(lanes[role].device)));
  const other = sum(own.map(({ lanes }) => (isApart(lanes, role, layer) ? moved(lanes[otherThan(role)].device) : 0)));
  const text = `${role} ${wanted} of ${through}, ${other} through the other;`;
  if (lost.length > 0) throw new Error(`${lost.join('; ')} (${text})`);
  // brd counts nothing on Linux 6.1: then the other form must stand still.
  const isThere = wanted === 0 || wanted >= most * through;
  if (through > 0 && isThere && other <= little * through) return text;
  throw new Error(`I/O went another way: ${text}`);
}

/** Whether the other form's lane should stand still: it may be the wanted one's, or lie beneath it. */
function isApart(lanes: Stack['junctions'][number]['lanes'], role: Role, layer: ProviderCase['layer']): boolean {
  if (lanes.deployed.device === lanes.stub.device) return false;
  return layer !== 'blockstack' || role === 'stub';
}

function otherThan(role: Role): Role {
  return role === 'stub' ? 'deployed' : 'stub';
}

/** Blocks with fio's own checksums in them. What is only read was filled by whoever made it; a stub beside it is filled apart. */
function fill({ prepared }: Place, stack: Stack, { layer, role }: { layer: ProviderCase['layer']; role: Role }): void {
  const { writable } = prepared.stack;
  if (!writable && role === 'deployed') return;
  const lane = writable ? stack.lanes[0] : stack.junctions.find((one) => one.layer === layer)?.lanes[role];
  fillDevice(lane?.device ?? '');
}

function fillDevice(device: string): void {
  execFileSync('fio', [
    ...['--name=fill', `--filename=${device}`, '--rw=write', '--bs=4k', '--iodepth=32', '--direct=1'],
    ...['--ioengine=libaio', '--verify=crc32c', '--do_verify=0', '--output=/dev/null'],
  ]);
}

async function preparedFrom(profile: string): Promise<Setup> {
  const path = join(mkdtempSync(join(tmpdir(), 'providers-')), 'profile.yaml');
  writeFileSync(path, profile);
  const prepared = await prepare(path, { seed: 1, cold: false, budgetMs: undefined });
  await preflight(prepared.stack);
  return prepared;
}

function inventory(): string {
  return execFileSync('test/support/inventory.sh', { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

function row(what: string, outcome: string, started: number): void {
  process.stdout.write(`${what} | ${outcome} | ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
}
