// A knob that a run names is turned on a host in memory: what was predicted is what it gains, and it is put back.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { turnOfRun } from '../../../agent/run/turn-of-run.ts';
import { plantedProfile, type SimRun, simRun, tidySimRuns } from '../../support/sim-host/run.ts';

afterEach(tidySimRuns);

/** A run, and then a trial of what it names. */
async function tryIt({ profile, to, ...host }: SimRun & { readonly to?: string }) {
  const before = await simRun({ profile, ...host });
  const tries = turnOfRun(before.folder, '/nowhere', to);
  const cold = tries.turn.how.kind === 'anew';
  const trial = await simRun({ profile: readFileSync(tries.profile, 'utf8'), ...host, tries, cold, seed: 5 });
  return { before, turn: tries.turn, trial };
}

/** Real over predicted. */
function ratioOf({ trial }: Awaited<ReturnType<typeof tryIt>>): number {
  const { tried } = trial.document;
  return (tried?.gain?.estimate ?? NaN) / (tried?.predicted.estimate ?? NaN);
}

const profileAt = (name: string): string => readFileSync(`profiles/${name}.yaml`, 'utf8');

describe('a knob that a run names', () => {
  it.each<[string, SimRun & { readonly to?: string }, object, number]>([
    [
      'of an adapter, as in the founding case',
      { profile: profileAt('demo') },
      { from: '64', to: '128', how: { kind: 'anew' } },
      2,
    ],
    [
      'of each disk, under the load',
      { profile: plantedProfile({ media: ', latency: 20ms', ring: ', queueDepth: 2' }) },
      { from: '2', to: '8', how: { kind: 'live' } },
      4,
    ],
    [
      'of each disk, not as far as the guests ask',
      { profile: plantedProfile({ depth: 16, media: ', latency: 20ms', ring: ', queueDepth: 4' }), to: '6' },
      { from: '4', to: '6', how: { kind: 'live' } },
      1.5,
    ],
    [
      'of an adapter, where a path beneath lets through little more',
      {
        profile: plantedProfile({
          depth: 16,
          media: ', latency: 20ms',
          ring: ', canQueue: 16',
          network: ', queues: 1, queueSize: 24',
        }),
      },
      { from: '16', to: '64', how: { kind: 'anew' } },
      1.5,
    ],
  ])('%s gains what was predicted', { timeout: 180_000 }, async (_, run, turn, gain) => {
    const tried = await tryIt(run);
    const { trial } = tried;
    expect(tried.turn).toMatchObject(turn);
    expect(ratioOf(tried)).toBeGreaterThan(1 / 1.15);
    expect(ratioOf(tried)).toBeLessThan(1.15);
    expect(trial.document.tried?.gain?.estimate).toBeCloseTo(gain, 0);
    expect(trial.document.tried).toMatchObject({ outcome: 'as-predicted' });
    expect(trial.exit).toBe('ok');
    expect(trial.host.outstanding()).toEqual([]);
  });
});

describe('a trial', () => {
  const eachDisk = plantedProfile({ media: ', latency: 20ms', ring: ', queueDepth: 2' });

  it('says so where the knob does nothing, as something else holds as much back', async () => {
    const { trial } = await tryIt({ profile: eachDisk, ringHides: 2 });
    expect(trial.document.tried).toMatchObject({ outcome: 'nothing' });
    expect(trial.document.sentence).toContain('does nothing');
    expect(trial.document.next).toContain('leave it');
    expect(trial.exit).toBe('ok');
  });

  it('turns the disks of its own stack and no other, and has all of them as they were at the end', async () => {
    const { trial } = await tryIt({ profile: eachDisk });
    const written = trial.host.log.flatMap(({ what, step }) =>
      what === 'act' && step.kind === 'write' && step.path.endsWith('/device/queue_depth') ? [step] : [],
    );
    const turned = written.filter(({ value }) => value === '8');
    expect(new Set(turned.map(({ path }) => path))).toEqual(
      new Set(['a', 'b', 'c', 'd'].map((letter) => `/sys/block/sd${letter}/device/queue_depth`)),
    );
    // Whoever dies now finds in the journal what was there before.
    expect(turned.every(({ restore }) => restore === 'prior')).toBe(true);
    expect(trial.host.outstanding()).toEqual([]);
  });

  it('ends where the disk has another value than the run saw, and turns nothing', async () => {
    const before = await simRun({ profile: eachDisk });
    const tries = turnOfRun(before.folder, '/nowhere', undefined);
    const changed = readFileSync(tries.profile, 'utf8').replace('queueDepth: 2', 'queueDepth: 3');
    const { failure, host, exit } = await simRun({ profile: changed, tries });
    expect(failure?.message).toContain('/sys/block/sda/device/queue_depth is 3, and was 2 in the run');
    expect(host.log.some(({ step }) => step.kind === 'write' && step.value === '8')).toBe(false);
    expect(host.outstanding()).toEqual([]);
    expect(exit).not.toBe('ok');
  });

  it('is refused, with the reason, before anything is touched', async () => {
    const { folder } = await simRun({ profile: eachDisk });
    const refused =
      (to?: string, at = folder) =>
      (): unknown =>
        turnOfRun(at, '/nowhere', to);
    expect(refused('0')).toThrow(/queue_depth of ring cannot be 0: expected a whole number from 1 to 1024/);
    expect(refused('5000')).toThrow(/from 1 to 1024/);
    expect(refused('a lot')).toThrow(/cannot be a lot/);
    expect(refused('2')).toThrow(/is 2 already/);
    expect(refused(undefined, '/nowhere/run')).toThrow(/there is no run/);

    // A folder from elsewhere is no way to have root write into any other file.
    const knobs = join(folder, 'caps.json');
    const recorded = readFileSync(knobs, 'utf8');
    writeFileSync(knobs, recorded.replaceAll('"device/queue_depth"', '"../../../etc/motd"'));
    expect(readFileSync(knobs, 'utf8')).not.toBe(recorded);
    expect(refused()).toThrow(/caps\.json/);

    // An earlier version did not record how a setting is turned; of another kind of device nobody knows.
    const older = JSON.parse(recorded) as { knobs: { change: { turn?: unknown } }[] } satisfies object;
    for (const { change } of older.knobs) delete change.turn;
    writeFileSync(knobs, JSON.stringify(older));
    const plan = join(folder, 'plan.json');
    writeFileSync(
      plan,
      readFileSync(plan, 'utf8')
        .replaceAll('"queueDepth":2', '"queueDepth":null')
        .replaceAll('"queueDepth": 2', '"queueDepth": null'),
    );
    expect(refused()).toThrow(/recorded by a version that did not say how/);
  });

  it('is refused of a run that names no setting, and of a trial', async () => {
    const slow = await simRun({ profile: plantedProfile({ media: ', latency: 20ms' }), caps: false });
    expect(() => turnOfRun(slow.folder, '/nowhere', undefined)).toThrow(/names no setting to turn/);
    const { trial } = await tryIt({ profile: eachDisk });
    expect(() => turnOfRun(trial.folder, '/nowhere', undefined)).toThrow(/is a trial itself/);
  });
});
