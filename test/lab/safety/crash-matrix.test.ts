// Death at every kind of step, before it acts and after, and on the way back; then the host is as found. Of other kernels and
// rings the steps that are theirs alone; more of them, the way back, and each kind of step in a run with all layers, in
// crash-matrix.long.test.ts. `npm run bench -- safety` tries all states of a run.

import { test } from 'vitest';
import { expectEachSurvived, expectSurvived, matricesOfStock } from '../../support/crash-matrix.ts';

test('a death at every kind of step is survived on Linux 6.1', () =>
  expectEachSurvived(matricesOfStock.map(({ profile, only, more }) => `${profile}.yaml ${more} --only '${only}'`)));

test('a death at the steps of a virtio ring is survived on Linux 6.12', () =>
  expectSurvived("crash-vduse.yaml --stride 0 --unaided 3 --only 'vduse|write-out|exec'", {
    kernel: '6.12',
  }));

test("a death at the steps of Xen's own ring is survived", () =>
  expectSurvived("crash-xen.yaml --stride 0 --unaided 3 --only 'xen'", { xen: true }));
