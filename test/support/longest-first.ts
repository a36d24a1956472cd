// The order of test files: the longest first, so that the last worker does not end long after the others.

import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Seconds on two cores under emulation, of the files that take longest. In a fresh clone nobody has measured them yet. */
const seconds: Readonly<Record<string, number>> = {
  'lab/safety/crash-matrix.test.ts': 450,
  'lab/safety/distribution.test.ts': 450,
  'lab/safety/deaths.test.ts': 330,
  'lab/providers/providers.test.ts': 400,
  'lab/safety/recover.test.ts': 280,
  'lab/xen/xen.test.ts': 230,
  'lab/safety/refusals.test.ts': 220,
  'lab/safety/device-guard.test.ts': 210,
  'lab/verdicts/plants.test.ts': 131,
  'lab/safety/lossless.test.ts': 128,
  'lab/safety/cut-short.test.ts': 123,
  'lab/safety/privilege.test.ts': 120,
  'lab/safety/inventory.test.ts': 60,
  'lab/verdicts/own-limits.test.ts': 59,
  'lab/discover/discover.test.ts': 58,
  'property/analysis/operating.test.ts': 44,
  'property/analysis/caps.test.ts': 16,
  'property/analysis/neighbours.test.ts': 15,
  'unit/run/cut-short.test.ts': 12,
  'property/hostile.test.ts': 11,
};

const place = ({ moduleId }: TestSpecification): number => seconds[moduleId.split('/test/').at(-1) ?? ''] ?? 0;

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort((a, b) => place(b) - place(a));
  }
}
