// What a profile's block stack would make of the media is asked before anything is raised, and refused with its place.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { ProfileError } from '../../../agent/lib/errors.ts';
import { configuredLayers } from '../../../agent/plan/stack-plan.ts';
import { decodeProfile } from '../../../agent/profile/decode.ts';
import { mustWrite, outlinesOf } from '../../../agent/run/outlines.ts';
import { prepare } from '../../../agent/run/prepare.ts';
import { profileOf } from '../../support/dry-stack.ts';

const folder = mkdtempSync(join(tmpdir(), 'layerlift-outlines-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const text = (blockstack: string, size = '256MiB', guests = 2): string =>
  profileOf(
    [`media: { deployed: { provider: model, size: ${size} } }`, `blockstack: { deployed: { ${blockstack} } }`],
    guests,
  );

async function prepared(profile: string) {
  const path = join(folder, 'p.yaml');
  writeFileSync(path, profile);
  return prepare(path, { seed: 1, cold: false, budgetMs: undefined });
}

const tooLong = (length: string): string =>
  `provider: dm, devices: [{ name: luks, table: '0 ${length} crypt aes-xts-plain64 00 0 {below} 32768' }]`;

it('a table that is too long is refused by its place, with the length to write', async () => {
  await expect(prepared(text(tooLong('{sectors}')))).rejects.toThrow(
    'stack.blockstack.deployed: luks: the target crypt wants sectors 32768 to 294912 of {below}, which has 262144: write {sectors-32768} as its length',
  );
  const { plan } = await prepared(text(tooLong('{sectors-32768}')));
  expect(plan.stackNotes).toBeUndefined();
});

it('what was replaced, and what is in memory, is in the plan', async () => {
  const { plan } = await prepared(text('provider: thin'));
  expect(plan.stackNotes?.map(({ kind }) => kind)).toEqual(['side', 'filled']);
});

it('an I/O must be whole blocks of a block stack whose blocks are larger', async () => {
  const small = text('provider: crypt, sectorSize: 4096').replace('workload: {}', 'workload: { bs: 512 }');
  await expect(prepared(small)).rejects.toThrow(
    'workload.bs: 512B is not a multiple of 4KiB, the block size of the blockstack',
  );
  await expect(prepared(small.replace('sectorSize: 4096', 'sectorSize: 512'))).resolves.toBeDefined();
});

it('a shared tree is as long as the media, one of a guest as its slice', () => {
  const layers = (scope: string) =>
    configuredLayers(
      decodeProfile(text(`provider: md, scope: ${scope}, level: raid0, legs: 16, chunk: 2MiB`), 'p.yaml'),
    );
  const problems = (scope: string): number =>
    outlinesOf(layers(scope), { sectors: 2 ** 16, blockBytes: 512 }, 2).flatMap(({ outline }) => outline.problems)
      .length;
  expect(problems('shared')).toBe(0);
  expect(problems('guest')).toBeGreaterThan(0);
});

it('a device that the load only reads is not filled', () => {
  const layers = (settings: string) => configuredLayers(decodeProfile(text(settings), 'p.yaml'));
  const outlines = (settings: string) => outlinesOf(layers(settings), { sectors: 2 ** 19, blockBytes: 512 }, 2);
  expect(() => {
    mustWrite('p.yaml', { outlines: outlines('provider: thin'), writable: false });
  }).toThrow(ProfileError);
  for (const [settings, writable] of [
    ['provider: thin, fill: 0', false],
    ['provider: crypt', false],
    ['provider: thin', true],
  ] as const)
    expect(() => {
      mustWrite('p.yaml', { outlines: outlines(settings), writable });
    }).not.toThrow();
});
