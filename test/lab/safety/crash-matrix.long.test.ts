// Death at every kind of step in a run with all layers, at those that virtio rings and Xen's own ring bring in, on their
// kernels, and what crash-matrix.test.ts leaves out.

import { test } from 'vitest';
import { expectEachSurvived, expectSurvived, linesOfStock } from '../../support/crash-matrix.ts';

test('a death at the other half of the kinds of steps is survived', () => expectEachSurvived(linesOfStock('1/2')));

test('a death at every kind of step is survived where all layers stand', () => expectSurvived('crash.yaml --stride 6'));

test('deaths with a virtio ring are survived on Linux 6.12', () =>
  expectSurvived("crash-vduse.yaml --stride 2 --unaided 4 --only 'vduse|spawn|exec|dm-swap|write-out'", {
    kernel: '6.12',
  }));

test("deaths with Xen's own ring are survived", () =>
  expectSurvived("crash-xen.yaml --stride 2 --unaided 4 --only 'xen|module|dm-swap'", { xen: true }));

test('deaths with sessions of iSCSI are survived', () =>
  expectSurvived("crash-iscsi.yaml --stride 8 --unaided 4 --only 'iscsi|secret'"));

test('deaths with a device of NBD are survived', () =>
  expectSurvived("crash-nbd.yaml --stride 8 --unaided 4 --only 'nbd'"));
