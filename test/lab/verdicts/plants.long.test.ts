// Where nothing is planted no layer is named; a virtio ring; a disk of the user; cold arms.

import { describe, expect, test } from 'vitest';
import { runInLab, type LabRun } from '../../support/run-in-lab.ts';

function expectLever({ status, report, stderr }: LabRun, layer: string): void {
  const seen = `${report.sentence}\n${stderr}`;
  expect(report.verdict.kind, seen).toBe('lever');
  expect(report.verdict, seen).toHaveProperty('layer', layer);
  expect(report.sentence).toContain(layer);
  expect(status).toBe(0);
}

describe('on Linux 6.1', () => {
  test('a healthy stack names no layer, but the limit of the guests', async () => {
    const { report, status, stderr } = await runInLab('profiles/healthy.yaml');
    expect(report.verdict.kind, `${report.sentence}\n${stderr}`).toBe('outside');
    expect(report.verdict).toMatchObject({ limit: 'io-max' });
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

describe('the block layer of a monitor', () => {
  test('with a pool of four threads is told from its ring', async () => {
    expectLever(await runInLab('profiles/plant-ring-vmm.yaml', { kernel: '6.12' }), 'ring');
  });
});

describe('cold arms', () => {
  test('name the same layer as live switching does', async () => {
    const run = await runInLab('test/fixtures/profiles/cold.yaml', { args: '--cold' });
    expectLever(run, 'blockstack');
  });
});
