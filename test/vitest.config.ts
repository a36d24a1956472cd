import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './support/longest-first.ts';

const root = new URL('..', import.meta.url).pathname;

/** A test boots a kernel, some several. */
const onKernel = { testTimeout: 2_430_000, hookTimeout: 2_430_000 };

/** Another kernel beside these would take what they ask of the CPUs, or of the clock: their stubs run as fast as the CPUs let them. */
const oneByOne = { ...onKernel, fileParallelism: false };
const alone = ['verdicts/plants', 'xen/attach', 'safety/impact'].map((name) => `test/lab/${name}.test.ts`);

/** Two of these leave a core each: they wait for delays that are planted, and nothing else may run beside them. */
const figures = ['test/lab/verdicts/**/*.test.ts', 'test/lab/safety/cut-short.test.ts'];
const long = '**/*.long.test.ts';

// What needs no kernel shares its modules: to load them anew for each file is half of the time. What state they keep is looked
// at after each file.
export default defineConfig({
  root,
  test: {
    reporters: ['default'],
    // Vitest would leave one core idle.
    maxWorkers: availableParallelism(),
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          ...{ name: 'unit', root, include: ['test/unit/**/*.test.ts'], testTimeout: 60_000 },
          ...{ isolate: false, setupFiles: ['test/support/nothing-hangs.ts'] },
        },
      },
      {
        test: { name: 'property', root, include: ['test/property/**/*.test.ts'], testTimeout: 120_000, isolate: false },
      },
      // For single files while one works; `scripts/test` takes the two that follow.
      { test: { name: 'lab', root, include: ['test/lab/**/*.test.ts'], exclude: [long], ...oneByOne } },
      {
        test: {
          ...{ name: 'lab-pairs', root, include: ['test/lab/**/*.test.ts'], exclude: [long, ...figures, ...alone] },
          ...{ ...onKernel, maxWorkers: 2, sequence: { groupOrder: 1 } },
        },
      },
      {
        test: {
          ...{ name: 'lab-figures', root, include: figures, exclude: [long, ...alone] },
          ...{ ...onKernel, maxWorkers: 2, sequence: { groupOrder: 2 } },
        },
      },
      { test: { name: 'lab-alone', root, include: alone, exclude: [long], ...oneByOne } },
      { test: { name: 'long', root, include: [`test/lab/${long}`], ...oneByOne } },
    ],
  },
});
