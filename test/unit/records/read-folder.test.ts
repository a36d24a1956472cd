import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { analyseFolder, reportFolder } from '../../../agent/cli/handlers/folder.ts';
import { readRunFolder } from '../../../agent/records/read-folder.ts';
import type { RunMeta } from '../../../agent/records/run-schema.ts';
import type { SliceRecord } from '../../../agent/records/slice.ts';
import { makeRunFolder, type RunFolder } from '../../../agent/records/run-folder.ts';
import { OutputError, ProfileError } from '../../../agent/lib/errors.ts';
import { makePlan } from '../../../agent/plan/plan.ts';
import { decodeProfile } from '../../../agent/profile/decode.ts';
import { profileOf, sections } from '../../support/dry-stack.ts';

const profile = decodeProfile(profileOf(Object.values(sections), 2), 'p.yaml');
const plan = makePlan(profile, { sectors: 2 ** 22, blockBytes: 512 }, { seed: 1, cold: false });
const startedAt = '2026-01-02T03:04:05.678Z';
const meta: RunMeta = { version: 1, run: 'abcdef', tool: '0.1.0', startedAt, caveats: [], host: { kernel: '6.12' } };

function slice(seq: number, changes: Partial<SliceRecord> = {}): SliceRecord {
  return {
    ...{ version: 1, seq, block: 0, arm: 'baseline', startedAt, switchMs: 1.5, goodput: 1000.25 },
    ...{ attainment: 0.9, latencyNs: { p50: 1200, p99: 5000 } },
    guests: [
      {
        ...{ guest: 1, elapsedMs: 3001, ios: 3000, bytes: 12288000, errors: 0, meanLatencyNs: 1234.5 },
        ...{ useful: 2700.5, objectiveNs: 2e6 },
      },
    ],
    junctions: [{ layer: 'ring', guest: 1, iosPerSecond: 1000, bytesPerSecond: 4096000, meanLatencyNs: 1200 }],
    measurements: { cpu: { busyPercent: 12.5, stealPercent: 0 } },
    caveats: [{ kind: 'recorded', text: 'a doubt' }],
    voided: null,
    ...changes,
  };
}

/** A few per mille, so that there is a residual. */
function seqNoise(i: number, block: number): number {
  return 0.002 * Math.sin(7 * i + 3 * block);
}

function verdictFound(): unknown {
  return (analysed() as { readonly analysis: unknown }).analysis;
}

function analysed(): unknown {
  let text = '';
  analyseFolder({ folder: folder.path, print: (printed) => (text = printed) });
  return JSON.parse(text);
}

let parent = '';
let folder: RunFolder;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'layerlift-test-'));
  folder = makeRunFolder(parent, 'run');
  folder.writeJson('plan.json', plan);
  folder.writeJson('host.json', meta);
});
afterEach(() => rmSync(parent, { recursive: true }));

describe('the folder of a run', () => {
  it('gives back every slice, the plan and the host as they were written', () => {
    const slices = [slice(0), slice(1, { arm: 'stub-media', caveats: [] }), slice(2, { arm: 'all-stub', block: 1 })];
    for (const one of slices) folder.appendSlice(one);
    expect(readRunFolder(folder.path)).toEqual({ plan, meta, slices, rechecked: [] });
  });

  it('of a version that knew no objectives is read: every I/O without error was useful', () => {
    const [guest] = slice(0).guests;
    // JSON leaves out what is undefined.
    const newer = { attainment: undefined, latencyNs: undefined };
    const old = { ...guest, errors: 10, useful: undefined, objectiveNs: undefined };
    writeFileSync(join(folder.path, 'slices.ndjson'), JSON.stringify({ ...slice(0), ...newer, guests: [old] }));
    const read = { ...guest, errors: 10, useful: 3000, objectiveNs: null };
    expect(readRunFolder(folder.path).slices).toEqual([
      { ...slice(0), attainment: null, latencyNs: null, guests: [read] },
    ]);
  });

  it('is readable by its owner only', () => {
    folder.appendSlice(slice(0));
    expect(statSync(folder.path).mode & 0o777).toBe(0o700);
    for (const name of ['plan.json', 'slices.ndjson'])
      expect(statSync(join(folder.path, name)).mode & 0o777).toBe(0o600);
  });

  it('that cannot be written says so, and how to name another place', () => {
    const file = join(parent, 'file');
    writeFileSync(file, '');
    expect(() => makeRunFolder(file, 'run')).toThrow(OutputError);
    expect(() => makeRunFolder(file, 'run')).toThrow(/ENOTDIR.*--runs/);
  });

  it('keeps what was measured before a crash: a torn last line is passed over', () => {
    folder.appendSlice(slice(0));
    folder.appendSlice(slice(1));
    const file = join(folder.path, 'slices.ndjson');
    writeFileSync(file, readFileSync(file, 'utf8').slice(0, -40));
    expect(readRunFolder(folder.path).slices).toEqual([slice(0)]);
  });

  it.each<[string, string]>([
    ['no JSON', '{"version":1,'],
    ['another version', JSON.stringify({ ...slice(1), version: 2 })],
    ['a goodput that is a word', JSON.stringify({ ...slice(1), goodput: '1000' })],
    ['a negative goodput', JSON.stringify(slice(1, { goodput: -1 }))],
    ['an unknown layer', JSON.stringify(slice(1)).replace('"ring"', '"cache"')],
    ['a list', '[]'],
  ])('with a line in its middle of %s is refused, naming the line', (_, line) => {
    folder.appendSlice(slice(0));
    const file = join(folder.path, 'slices.ndjson');
    appendFileSync(file, `${line}\n`);
    folder.appendSlice(slice(2));
    expect(() => readRunFolder(folder.path)).toThrow(ProfileError);
    expect(() => readRunFolder(folder.path)).toThrow(`${file}:2: cannot read this slice`);
  });

  it('with several mistakes names them all', () => {
    for (const one of [slice(0, { arm: 'stub-cache' }), slice(1), slice(2, { arm: 'only-nothing' })])
      folder.appendSlice(one);
    expect(() => readRunFolder(folder.path)).toThrow(
      /:1: the arm stub-cache is not in plan\.json.*\n.*:3: the arm only-nothing/,
    );
  });

  it.each<[string, string, string | undefined, RegExp]>([
    ['without a plan', 'plan.json', undefined, /is no folder of a run: it has no plan\.json/],
    ['with a plan cut off', 'plan.json', '{"version":1', /plan\.json: not valid JSON/],
    ['with a plan of another version', 'plan.json', JSON.stringify({ ...plan, version: 2 }), /plan\.json: version: /],
    [
      'with a plan without layers',
      'plan.json',
      JSON.stringify({ ...plan, design: { ...plan.design, layers: [] } }),
      /design\.layers/,
    ],
    [
      'with an arm of no stack',
      'plan.json',
      JSON.stringify({ ...plan, design: { ...plan.design, arms: ['baseline', 'stub-cache'] } }),
      /plan\.json: design\.arms\.1: "stub-cache" is no arm of media/,
    ],
    [
      'without a baseline',
      'plan.json',
      JSON.stringify({ ...plan, design: { ...plan.design, arms: ['stub-media', 'all-stub'] } }),
      /design\.arms: the baseline is missing/,
    ],
    [
      'with a plan without a part of its profile',
      'plan.json',
      JSON.stringify({ ...plan, profile: { ...plan.profile, experiment: undefined } }),
      /profile\.experiment/,
    ],
    [
      'with a host file without its start',
      'host.json',
      JSON.stringify({ ...meta, startedAt: 'yesterday' }),
      /host\.json: startedAt/,
    ],
  ])('%s is refused, naming the file', (_, name, text, message) => {
    folder.appendSlice(slice(0));
    if (text === undefined) rmSync(join(folder.path, name));
    else writeFileSync(join(folder.path, name), text);
    expect(() => readRunFolder(folder.path)).toThrow(ProfileError);
    expect(() => readRunFolder(folder.path)).toThrow(message);
  });

  const capsPlanned = {
    layers: ['ring'],
    media: false,
    guests: 2,
    delayNs: 1e7,
    maxDepth: 64,
    alpha: 0.05,
    budgetPoints: 9,
  };
  const caps = { version: 1, design: capsPlanned, observations: [], knobs: [] };
  const apart = { guests: 2, budgetSlices: 9, delta: 0.05, alpha: 0.05, looks: [2] };
  const leg = { layer: 'ring', to: 'stub', switchMs: 1, completions: { atMs: [], ios: [] } };

  it.each<[string, string, unknown, RegExp]>([
    [
      'caps of a layer',
      'caps.json',
      { ...caps, design: { ...capsPlanned, layers: ['network'] } },
      /layer network is not in/,
    ],
    [
      'caps of guests',
      'caps.json',
      { ...caps, design: { ...capsPlanned, guests: 3 } },
      /about 3 guests, plan\.json about 2/,
    ],
    [
      'neighbours',
      'neighbours.json',
      { version: 1, design: { ...apart, guests: 4 }, observations: [] },
      /about 4 guests/,
    ],
    [
      'a pilot',
      'pilot.json',
      { version: 1, spentMs: 1, legs: [{ ...leg, layer: 'network' }] },
      /layer network is not in/,
    ],
  ])('with %s that the plan does not have is refused, naming the file', (_, name, record, message) => {
    const two = decodeProfile(profileOf([sections.media, sections.ring], 2), 'p.yaml');
    folder.writeJson('plan.json', makePlan(two, { sectors: 2 ** 22, blockBytes: 512 }, { seed: 1, cold: false }));
    folder.appendSlice(slice(0));
    folder.writeJson(name, record);
    expect(() => readRunFolder(folder.path)).toThrow(ProfileError);
    expect(() => readRunFolder(folder.path)).toThrow(message);
    expect(() => readRunFolder(folder.path)).toThrow(`${join(folder.path, name)}: `);
  });

  it('is analysed with all that the run measured, and says nothing of a verdict where none was asked for', () => {
    for (const one of [slice(0), slice(1, { arm: 'all-stub' })]) folder.appendSlice(one);
    const aims = { verdict: false, caps: true, neighbours: true };
    folder.writeJson('plan.json', { ...plan, aims });
    folder.writeJson('caps.json', caps);
    folder.writeJson('neighbours.json', { version: 1, design: apart, observations: [] });
    folder.writeJson('pilot.json', { version: 1, spentMs: 1, legs: [leg] });
    expect(analysed()).toMatchObject({
      analysis: { verdict: { kind: 'not-asked' } },
      caps: { stack: { kind: 'unclear' } },
      interference: { kind: 'measured', slices: 0 },
      settle: { kind: 'settled', blind: ['ring'] },
    });
  });

  it('whose check at the end was disturbed throughout says so', async () => {
    for (let block = 0; block < 4; block++) {
      ['baseline', 'baseline', 'stub-media', 'stub-network', 'stub-blockstack', 'stub-ring', 'all-stub'].forEach(
        (arm, i) => {
          const lift = arm === 'stub-media' || arm === 'all-stub' ? 2 : 1;
          folder.appendSlice(slice(7 * block + i, { block, arm, goodput: 1000 * lift * (1 + seqNoise(i, block)) }));
        },
      );
    }
    const unheard = slice(0, { arm: 'stub-media', goodput: 0 });
    for (const voided of ['a disturbance', [{ kind: 'steal', percent: 60 }], null])
      folder.appendLine('recheck.ndjson', { ...unheard, voided });
    let text = '';
    await reportFolder({ folder: folder.path, format: 'text', print: (printed) => (text = printed) });
    expect(text).toMatch(/media holds this host back/);
    expect(text).toMatch(
      /the check at the end says nothing, as its slices were void: a disturbance; a hypervisor above\s+took 60 % of the CPU away; no I\/O completed/,
    );
  });

  it.each([
    [
      'too noisy to say',
      0.5,
      /the check at the end cannot say at its noise whether the lift is still there: stub-media now/,
    ],
    ['quiet', 0.001, /checked again at the end \(.*\), stub-media still helps: goodput rises/],
  ])('whose check at the end was %s keeps its verdict, and says which it is', async (_, noise, said) => {
    for (let block = 0; block < 4; block++) {
      ['baseline', 'baseline', 'stub-media', 'stub-network', 'stub-blockstack', 'stub-ring', 'all-stub'].forEach(
        (arm, i) => {
          const lift = arm === 'stub-media' || arm === 'all-stub' ? 2 : 1;
          folder.appendSlice(slice(7 * block + i, { block, arm, goodput: 1000 * lift * (1 + seqNoise(i, block)) }));
        },
      );
    }
    for (let block = 0; block < 3; block++)
      for (const arm of ['baseline', 'stub-media'])
        folder.appendLine('recheck.ndjson', {
          ...slice(0, { block, arm }),
          goodput: (arm === 'baseline' ? 1000 : 2000) * (1 + noise * (block - 1)),
        });
    let text = '';
    await reportFolder({ folder: folder.path, format: 'text', print: (printed) => (text = printed) });
    const line = text.replace(/\s+/g, ' ');
    expect(line).toMatch(/^media holds this host back/);
    expect(line).toMatch(said);
    if (noise > 0.1) expect(line).not.toContain('still helps');
    else expect(line).not.toContain('cannot say');
  });

  it('is analysed without the slices that are void, and an older folder that has no such mark with all', () => {
    const goodputs = { baseline: 1000, 'stub-media': 2000, 'all-stub': 2000 };
    const seen = [0, 1, 2].flatMap((block) =>
      Object.entries({ ...goodputs, again: 1000 }).map(([name, goodput], i) =>
        slice(4 * block + i, {
          block,
          arm: name === 'again' ? 'baseline' : name,
          goodput: goodput * (1 + seqNoise(i, block)),
        }),
      ),
    );
    for (const one of seen) folder.appendSlice(one);
    const before = verdictFound();
    const odd = slice(99, { block: 3, arm: 'stub-media', goodput: 1 });
    folder.appendLine('slices.ndjson', { ...odd, voided: 'a hypervisor above took it all' });
    expect(verdictFound()).toEqual(before);
    const file = join(folder.path, 'slices.ndjson');
    writeFileSync(
      file,
      readFileSync(file, 'utf8')
        .replace(/.*"seq":99.*\n/, '')
        .replaceAll(',"voided":null', ''),
    );
    expect(verdictFound()).toEqual(before);
  });

  it('of a host whose CPU was full with all stubs does not say "none"', async () => {
    const measurements = { cpu: { busyPercent: 99 }, guests: { idlestGuestPercent: 40 } };
    const singles = ['stub-media', 'stub-network', 'stub-blockstack', 'stub-ring'];
    const allButOnes = ['only-media', 'only-network', 'only-blockstack', 'only-ring'];
    for (let block = 0; block < 3; block++) {
      ['baseline', 'baseline', ...singles, ...allButOnes, 'all-stub'].forEach((arm, i) =>
        folder.appendSlice(slice(11 * block + i, { block, arm, measurements, goodput: 1000 + seqNoise(i, block) })),
      );
    }
    let text = '';
    await reportFolder({ folder: folder.path, format: 'text', print: (printed) => (text = printed) });
    expect(text).toMatch(/The limit lies outside the stack: with every layer stubbed, the CPU of the\s+host is full/);
    expect(analysed()).toMatchObject({ analysis: { verdict: { kind: 'outside', limit: 'cpu' } } });
  });

  it('of a run that ended without a word before its first slice says so', async () => {
    let text = '';
    await reportFolder({ folder: folder.path, format: 'text', print: (printed) => (text = printed) });
    expect(text.replace(/\s+/g, ' ')).toMatch(
      /^Cannot tell yet: the run was cut short: it has not ended in order: it still goes on, or was killed\. Next: repeat\./,
    );
    expect(analysed()).toMatchObject({ analysis: { verdict: { kind: 'inconclusive' } } });
  });
});
