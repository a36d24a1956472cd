// The profiles of profiles/ and of the integration tests.

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dryHost } from '../../../agent/host/dry.ts';
import { parseArm } from '../../../agent/lib/arm.ts';
import { makePlan } from '../../../agent/plan/plan.ts';
import { configuredLayers } from '../../../agent/plan/stack-plan.ts';
import { decodeProfile } from '../../../agent/profile/decode.ts';
import { namesOf } from '../../../agent/stack/names.ts';
import { raiseStack } from '../../../agent/stack/raise.ts';

const casesFolder = new URL('../../../profiles/cases/', import.meta.url);
const folders = [
  new URL('../../../profiles/', import.meta.url),
  casesFolder,
  new URL('../../fixtures/profiles/', import.meta.url),
];
const profiles = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => [name, readFileSync(new URL(name, folder), 'utf8')] as const),
);
const geometry = { sectors: 2 ** 22, blockBytes: 512 };

describe.each(profiles)('the profile %s', (_, text) => {
  it('opens with the question that it answers', () => {
    expect(text).toMatch(/^# Question: [a-z].*\?/i);
    expect(decodeProfile(text, 'p.yaml').question).toMatch(/\?/);
  });

  it('is planned, and raised on paper, on a device of 2 GiB', async () => {
    const profile = decodeProfile(text, 'p.yaml');
    const plan = makePlan(profile, geometry, { seed: 1, cold: false });
    const start = parseArm('baseline', plan.design.layers);
    if (!start) throw new Error('no baseline');
    const host = dryHost();
    const stack = await raiseStack(
      host,
      namesOf('abcdef', 'a'.repeat(32)),
      { layers: configuredLayers(profile), geometry, guests: profile.guests.length, cpus: 2, writable: true },
      {
        start,
        onlyStart: false,
      },
    );
    expect(stack.lanes).toHaveLength(profile.guests.length);
    expect(stack.junctions.map(({ layer }) => layer)).toEqual(
      expect.arrayContaining(plan.design.layers.filter((layer) => layer !== 'media')),
    );
    expect(host.steps.filter(({ why }) => why.trim() === '')).toEqual([]);
  });
});

/** What a run of a case may measure at most, nanoseconds. */
const mostNs = 300e9;
const cases = readdirSync(casesFolder).filter((name) => name.endsWith('.yaml'));

describe.each(cases)('the case %s', (file) => {
  const text = readFileSync(new URL(file, casesFolder), 'utf8');
  const profile = decodeProfile(text, file);

  it('has the name of its file, a report and an expectation, and measures five minutes at most', () => {
    expect(`${profile.name}.yaml`).toBe(file);
    expect(profile.case?.report).toMatch(/^https:/);
    expect(profile.experiment.budget).toBeLessThanOrEqual(mostNs);
  });
});
