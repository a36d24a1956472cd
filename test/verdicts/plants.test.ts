// A bottleneck planted into one layer is named, and no other; where none is planted, none is named.

import { describe, expect, test } from 'vitest';
import { layers } from '../../agent/lib/layer.ts';
import { inLab, kernelFaults } from '../support/lab.ts';
import { runInLab, type LabRun } from '../support/run-in-lab.ts';

function expectLever({ status, report, stderr }: LabRun, layer: string): void {
  const seen = `${report.sentence}\n${stderr}`;
  expect(report.verdict.kind, seen).toBe('lever');
  expect(report.verdict, seen).toHaveProperty('layer', layer);
  expect(report.sentence).toContain(layer);
  expect(status).toBe(0);
}

describe('on Linux 6.1', () => {
  test('selftest names the plant in each layer, and leaves the host as found', async () => {
    const lab = await inLab(
      'inventory before; layerlift selftest; status=$?; inventory after; same before after; exit $status',
    );
    expect(lab.status, lab.stdout + lab.stderr).toBe(0);
    for (const layer of layers)
      expect(lab.stdout).toMatch(new RegExp(`^ok +${layer} +${layer} holds this host back`, 'm'));
    expect(lab.stderr).toBe('');
    expect(kernelFaults(lab.file('dmesg'))).toEqual([]);
    lab.dispose();
  });

  test('a healthy stack names no layer', async () => {
    const { report, status, stderr } = await runInLab('profiles/healthy.yaml');
    expect(report.verdict.kind, `${report.sentence}\n${stderr}`).toBe('none');
    expect(status).toBe(0);
  });

  test('a disk of the user, with encryption above it, is measured without one write reaching it', async () => {
    const { report, afterwards } = await runInLab('profiles/own-disk.yaml', {
      disks: ['256M:scratch'],
      args: '--budget 90s',
      before: `
head -c 268435456 /dev/urandom >/dev/vda; sync
sha256sum /dev/vda >/tmp/sum; awk '{ print $5, $7 }' /sys/block/vda/stat >/tmp/writes`,
      after: `sha256sum --check --quiet /tmp/sum && awk '{ print $5, $7 }' /sys/block/vda/stat | diff /tmp/writes - && echo untouched`,
    });
    expect(report.layers.map(({ layer }) => layer)).toEqual(['media', 'blockstack', 'ring']);
    expect(report.slices).toBeGreaterThan(5);
    expect(afterwards.trim()).toBe('untouched');
  });
});

describe('on Linux 6.12', () => {
  test('a virtio ring of four entries is named', async () => {
    expectLever(await runInLab('profiles/plant-ring-vduse.yaml', { kernel: '6.12' }), 'ring');
  });
});

describe('cold arms', () => {
  test('name the same layer as live switching does', async () => {
    const run = await runInLab('test/fixtures/profiles/cold.yaml', { args: '--cold' });
    expectLever(run, 'blockstack');
  });
});
