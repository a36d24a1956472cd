// Whole runs of guests in groups, on a host in memory.

import { afterEach, describe, expect, it } from 'vitest';
import { render } from '../../../agent/report/formats/registry.ts';
import { simRun, tidySimRuns } from '../../support/sim-host/run.ts';

afterEach(tidySimRuns);

const profileOf = (guests: readonly string[], stack: readonly string[]): string =>
  [
    ...['version: 1', 'name: groups', 'guests:', ...guests.map((group) => `  - ${group}`)],
    ...['experiment: { budget: 280s }', 'stack:', ...stack.map((layer) => `  ${layer}`), ''],
  ].join('\n');

const slowMedia = 'media: { deployed: { provider: model, size: 2GiB, latency: 5ms } }';

describe('two groups of which one alone is deeper than its ring', () => {
  const profile = profileOf(
    ['{ name: deep, count: 2, iodepth: 32, ioWeight: 300 }', '{ name: shallow, count: 2, iodepth: 2, ioWeight: 50 }'],
    [
      slowMedia.replace('latency: 5ms', 'latency: 5ms, depth: 1024'),
      'ring: { deployed: { provider: tcm-loop, queueDepth: 4 }}',
    ],
  ).replace('experiment:', 'workload: { rw: randread, bs: 4k }\nexperiment:');

  it('name the ring where its stub lifts the one group, and show that the other gains nothing', async () => {
    const { document } = await simRun({ profile, caps: false });
    const [deep, shallow] = document.groups ?? [];
    expect([deep, shallow]).toMatchObject([
      { group: 'deep', guests: 2 },
      { group: 'shallow', guests: 2 },
    ]);
    // Each has 4 and 2 in flight over 5 ms, by Little's law.
    expect(deep?.goodput).toBeCloseTo(1600, -2);
    expect(shallow?.goodput).toBeCloseTo(800, -2);
    const ring = document.layers.find(({ layer }) => layer === 'ring');
    expect(ring?.lift?.estimate, document.sentence).toBeCloseTo((12_800 + 800) / 2400, 0);
    expect(document.guests.map(({ group }) => group)).toEqual(['deep', 'deep', 'shallow', 'shallow']);
    const text = render('text', document);
    expect(text).toMatch(/What each group of guests gets/);
    expect(text).toMatch(/\b1 \(deep\)/);
    expect(text).toMatch(/\b4 \(shallow\)/);
  });

  it('have weights of their own in cgroups that go at the end', async () => {
    const { host } = await simRun({ profile, caps: false });
    const weights = host.log.flatMap(({ what, step }) =>
      what === 'act' && step.kind === 'write' && step.path.endsWith('/io.weight')
        ? [`${step.path.split('/').at(-2) ?? ''}=${step.value}`]
        : [],
    );
    expect(weights).toEqual(['g1=300', 'g2=300', 'g3=50', 'g4=50']);
    const made = host.log.filter(({ what, step }) => what === 'act' && step.kind === 'cgroup');
    const gone = host.log.filter(({ what, step }) => what === 'undo' && step.kind === 'cgroup');
    expect(gone).toHaveLength(made.length);
    expect(host.outstanding()).toEqual([]);
  });
});

describe('an open loop beside a closed one', () => {
  const profile = profileOf(
    [
      '{ name: db, count: 2, workload: { iodepth: 4 } }',
      '{ name: web, count: 2, workload: { rate: 300, iodepth: 64 } }',
    ],
    [
      slowMedia.replace('latency: 5ms', 'latency: 5ms, depth: 1024'),
      'network: { deployed: { provider: nvme-tcp-netns, delay: 1ms } }',
    ],
  );

  it('is left out of the lifts where its rate is met, and the report says so', async () => {
    const { document } = await simRun({ profile, caps: false });
    expect(document.verdict, document.sentence).toMatchObject({ kind: 'lever', layer: 'media' });
    // The closed loop goes from 6 ms to 1 ms: six times, and not the third of it that the constant rate beside it would make of it.
    expect(document.layers.find(({ layer }) => layer === 'media')?.lift?.estimate).toBeGreaterThan(5.5);
    expect(document.caveats.run).toContain(
      'guests 3 and 4 ask for 300 I/Os a second each and get them as deployed; a guest whose rate is met cannot be lifted: goodput and lifts are those of guests 1 and 2',
    );
    expect(document.caveats.run.join()).not.toContain('their own rate');
    expect(document.guests.map(({ offered }) => offered)).toEqual([undefined, undefined, 300, 300]);
    expect(render('text', document)).toMatch(/3 \(web\) +299 +300 +100 %/);
  });

  it('that nothing else runs beside is outside the stack once its rate is met', async () => {
    const alone = profile.replace(/ {2}- \{ name: db.*\n/, '');
    const { document } = await simRun({ profile: alone, caps: false });
    expect(document.verdict).toMatchObject({ kind: 'outside', limit: 'rate-iops' });
    expect(document.sentence).toContain('ask for no more than their own rate (rate=300 each) and get it');
    expect(document.next).toContain('`rate` of the workload in the profile');
  });

  it.each([3, 20, 120])('of %i at random is so too, though slices differ by chance', async (rate) => {
    const alone = profile
      .replace(/ {2}- \{ name: db.*\n/, '')
      .replace('rate: 300', `rw: randrw, rwmixread: 70, rate: ${rate}, arrivals: poisson`);
    const { document } = await simRun({ profile: alone, caps: false });
    expect(document.verdict, document.sentence).toMatchObject({ kind: 'outside', limit: 'rate-iops' });
    expect(document.sentence).toContain(`ask for no more than their own rate (rate=${rate} each) and get it`);
  });

  it('at random that the stack does not serve is not taken as served', async () => {
    const starved = profile
      .replace(/ {2}- \{ name: db.*\n/, '')
      .replace('rate: 300, iodepth: 64', 'rate: 200, arrivals: poisson, iodepth: 1');
    const { document } = await simRun({ profile: starved, caps: false });
    // One in flight over 6 ms is 167 a second of the 200 that are offered; without 1 ms of them it is all.
    expect(document.verdict, document.sentence).toMatchObject({ kind: 'tie', layers: ['media', 'network'] });
  });

  it('lifts as far as its rate where the stack does not serve it', async () => {
    const starved = profile.replace(/ {2}- \{ name: db.*\n/, '').replace('iodepth: 64', 'iodepth: 1');
    const { document } = await simRun({ profile: starved, caps: false });
    expect(document.verdict).toMatchObject({ kind: 'lever', layer: 'media' });
    // One in flight over 6 ms is 167 a second of the 300 that are offered.
    expect(document.layers.find(({ layer }) => layer === 'media')?.lift?.estimate).toBeCloseTo(1.8, 1);
  });
});

it('measures the neighbours of mixed groups without an efficiency', async () => {
  const profile = profileOf(['{ name: a, count: 2, iodepth: 8 }', '{ name: b, count: 1, iodepth: 2 }'], [slowMedia]);
  const { document } = await simRun({ profile, neighbours: true, caps: false });
  expect(document.interference).toMatchObject({ kind: 'measured' });
  if (document.interference?.kind !== 'measured') return;
  expect(document.interference.scaling.map(({ efficiency }) => efficiency)).toEqual([null, null, null]);
  expect(render('text', document)).toMatch(/3 \(b\)/);
});
