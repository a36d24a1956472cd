// Providers with other settings than their defaults, in whole runs that verify, cold ones too; and those of Xen.

import { describe, expect, test } from 'vitest';
import { inLab, kernelFaults, type LabResult } from '../../support/lab.ts';
import { expectProviders } from '../../support/providers-in-lab.ts';

const profiles = 'test/fixtures/profiles';

/** Runs each profile in one boot; `rc.NAME`, `diff.NAME` and `err.NAME` tell how it went. */
function runAll(names: readonly string[], options: Readonly<Record<string, string>> = {}): string {
  return names
    .map((name) => {
      const [file = name] = name.split(':');
      return `
inventory before
layerlift run ${profiles}/${file}.yaml --runs "$LAB_OUT/runs.${name}" -q ${options[name] ?? ''} >"$LAB_OUT/out.${name}" 2>"$LAB_OUT/err.${name}"
echo $? >"$LAB_OUT/rc.${name}"
inventory after
diff "$LAB_OUT/before" "$LAB_OUT/after" >"$LAB_OUT/diff.${name}"`;
    })
    .join('\n');
}

function expectCleanRun(lab: LabResult, name: string): void {
  const status = Number(lab.file(`rc.${name}`));
  // A verdict needs more slices than these short runs have: what counts here is that every I/O verified.
  expect([0, 20], `${name}: ${lab.file(`err.${name}`)}`).toContain(status);
  expect(lab.file(`diff.${name}`), `${name} left the host changed`).toBe('');
}

describe('providers on Linux 6.1', () => {
  const names = [
    'network-netns',
    'network-iscsi',
    'network-nbd',
    'blockstack-guest',
    'blockstack-shared',
    'ring-tcm-loop',
    'media-brd',
    'media-null-blk',
  ];

  test('each carries verified I/O while it is switched, and leaves the host as found', async () => {
    const cold = { 'media-brd': '--cold --budget 4m', 'media-null-blk': '--cold --budget 4m' };
    const lab = await inLab(runAll(names, cold));
    for (const name of names) expectCleanRun(lab, name);
    expect(kernelFaults(lab.file('dmesg'))).toEqual([]);
    lab.dispose();
  });

  test('a medium that does not keep its data is caught by the same verifying load', async () => {
    const lab = await inLab(runAll(['media-null-blk']));
    expect(lab.file('rc.media-null-blk').trim()).toBe('30');
    expect(lab.file('err.media-null-blk')).toContain('verify');
    expect(lab.file('diff.media-null-blk')).toBe('');
    lab.dispose();
  });
});

test.each(['stock', 'vduse'] as const)(
  'other settings of providers, and tables as dmsetup prints them: %s',
  (machine) => expectProviders(machine, 'others'),
);

test('the rings of Xen, in domain 0 and to a domain of its own, each switched under a load that verifies', () =>
  expectProviders('xen'));
