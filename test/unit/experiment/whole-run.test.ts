// Whole runs on a host in memory: what is planted in the stack's own settings is what the report names.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { plantedProfile, simRun, tidySimRuns } from '../../support/sim-host/run.ts';

afterEach(tidySimRuns);

const profileAt = (name: string): string => readFileSync(`profiles/${name}.yaml`, 'utf8');

describe('the verdict', () => {
  it.each([
    ['plant-media', 'media'],
    ['plant-network', 'network'],
    ['plant-blockstack', 'blockstack'],
    ['plant-ring', 'ring'],
  ])('of %s is the lever %s', async (name, layer) => {
    const { document, exit, host } = await simRun({ profile: profileAt(name), caps: false });
    expect(document.verdict).toMatchObject({ kind: 'lever', layer });
    expect(exit).toBe('ok');
    expect(host.outstanding()).toEqual([]);
  });

  it('is a tie where two layers take the same time', async () => {
    const profile = plantedProfile({ media: ', latency: 20ms', network: ', delay: 20ms' });
    const { document } = await simRun({ profile, caps: false });
    expect(document.verdict).toMatchObject({ kind: 'tie', layers: ['media', 'network'] });
  });

  it('is that two layers hide one another where each has a cap of nearly the same size', async () => {
    const profile = plantedProfile({
      ...{ depth: 16, media: ', latency: 20ms', stub: ', latency: 20ms' },
      ...{ network: ', queues: 1, queueSize: 16', ring: ', queueDepth: 4' },
    });
    const { document } = await simRun({ profile, caps: false });
    expect(document.verdict).toMatchObject({ kind: 'masked', layers: ['network', 'ring'] });
  });

  it('is none where the guests ask for less than the stack gives', async () => {
    const profile = plantedProfile({ media: ', latency: 1ms' });
    const { document } = await simRun({ profile, askedIops: 100, caps: false });
    expect(document.verdict).toMatchObject({ kind: 'none' });
  });

  it('is outside the stack where each guest stands at its own io.max', async () => {
    const { document } = await simRun({ profile: profileAt('healthy'), caps: false });
    expect(document.verdict).toMatchObject({ kind: 'outside', limit: 'io-max' });
  });

  it('is outside the stack where each guest stands at the rate of its own job', async () => {
    const fixtures = 'test/fixtures/profiles';
    const text = readFileSync(`${fixtures}/own-rate.yaml`, 'utf8');
    const profile = text.replace('own-rate.fio', resolve(fixtures, 'own-rate.fio')).replace('loop', 'tcm-loop');
    const { document } = await simRun({ profile, caps: false });
    const met = [{ value: 'rate_iops=80', by: 'job', guests: [1, 2, 3] }];
    expect(document.verdict, document.sentence).toMatchObject({ kind: 'outside', limit: 'rate-iops', met });
    expect(document.next).not.toContain('above the stack');
  });

  it('names no layer for goodput that drifts by itself', async () => {
    const profile = plantedProfile({ media: ', latency: 1ms' });
    const { document } = await simRun({ profile, askedIops: 100, drift: (ms) => 1 - ms / 1e6, caps: false });
    expect(['none', 'inconclusive']).toContain(document.verdict.kind);
  });

  it('is the same for the same seed', async () => {
    const once = async (seed: number) =>
      (await simRun({ profile: profileAt('plant-media'), caps: false, seed })).findings.slices.map(
        ({ arm, goodput }) => `${arm} ${goodput}`,
      );
    expect(await once(7)).toEqual(await once(7));
    expect(await once(7)).not.toEqual(await once(8));
  });
});

describe('what follows the verdict', () => {
  it('finds a cap of 64 in flight that the media hide', async () => {
    const { document, host } = await simRun({ profile: profileAt('demo') });
    const ring = document.caps?.rows.find(({ of }) => of === 'ring')?.limit;
    expect(ring).toMatchObject({ kind: 'cap', scope: 'host-wide' });
    const size = ring?.kind === 'cap' ? ring.size : undefined;
    expect(size?.low).toBeLessThan(64);
    expect(size?.high).toBeGreaterThan(64);
    expect(size?.estimate).toBeCloseTo(64, -1);
    expect(document.caps?.rows.filter(({ limit }) => limit.kind === 'cap').map(({ of }) => of)).toEqual([
      'stack',
      'ring',
    ]);
    expect(host.outstanding()).toEqual([]);
  });

  it('confirms what still holds at the end', async () => {
    const { document } = await simRun({ profile: profileAt('plant-ring') });
    expect(document.recheck).toMatchObject({ arm: 'stub-ring', outcome: 'holds' });
  });

  it('says so when what held the host back has gone by the end', async () => {
    const { document } = await simRun({
      profile: profileAt('plant-ring'),
      onTold: (what, { things: { files } }) => {
        if (!what.startsWith('checking again')) return;
        for (const path of files.keys()) if (path.endsWith('/device/queue_depth')) files.set(path, '64');
      },
    });
    expect(document.recheck).toMatchObject({ arm: 'stub-ring', outcome: 'gone', holds: false });
    expect(document.sentence).not.toMatch(/^ring holds this host back/);
  });

  it('finds that guests who share a narrow disk slow one another', async () => {
    const profile = plantedProfile({ media: ', latency: 20ms, depth: 8' });
    const { document, host } = await simRun({ profile, neighbours: true, caps: false });
    expect(document.interference).toMatchObject({ kind: 'measured' });
    const frozen = host.log.filter(({ step }) => step.kind === 'write' && step.why === 'who runs');
    expect(frozen.length).toBeGreaterThan(8);
    const slowdowns =
      document.interference?.kind === 'measured'
        ? document.interference.guests.map((one) => one.slowdown?.estimate)
        : [];
    expect(slowdowns).toHaveLength(4);
    for (const slowdown of slowdowns) expect(Math.round(slowdown ?? 0)).toBe(4);
  });
});

describe('a cold run', () => {
  it('raises the stack for each slice and comes to the same verdict', async () => {
    const { document, host } = await simRun({ profile: profileAt('plant-media'), cold: true });
    expect(document.verdict).toMatchObject({ kind: 'lever', layer: 'media' });
    const raised = host.log.filter(({ what, step }) => what === 'act' && step.kind === 'dm-create');
    const gone = host.log.filter(({ what, step }) => what === 'undo' && step.kind === 'dm-create');
    expect(raised.length).toBeGreaterThan(3 * document.slices);
    expect(gone).toHaveLength(raised.length);
    expect(host.log.some(({ step }) => step.kind === 'dm-swap')).toBe(false);
  });
});
