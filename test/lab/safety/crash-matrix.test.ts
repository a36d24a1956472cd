// Death at every kind of step, before it acts or after, and on the way back; then the host is as found. Of other kernels and
// rings a step that is theirs alone; the other half, and each kind of step in a run with all layers, in
// crash-matrix.long.test.ts. `npm run bench -- safety` tries all states of a run.

import { test } from 'vitest';
import { expectEachSurvived, expectSurvived, linesOfStock } from '../../support/crash-matrix.ts';

test('a death at every kind of step is survived on Linux 6.1', () => expectEachSurvived(linesOfStock('2/2')));

test('a death at the steps of a virtio ring is survived on Linux 6.12', () =>
  expectSurvived("crash-vduse.yaml --stride 0 --unaided 2 --part 2/2 --only 'vduse|write-out|exec'", {
    kernel: '6.12',
  }));

test("a death at the steps of Xen's own ring is survived", () =>
  expectSurvived("crash-xen.yaml --stride 0 --unaided 2 --part 2/2 --only 'xen'", { xen: true }));
