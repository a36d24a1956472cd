import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './support/longest-first.ts';

const root = new URL('..', import.meta.url).pathname;

/** A test boots a kernel, some several. */
const onKernel = { testTimeout: 1_300_000, hookTimeout: 1_300_000 };

/** Two kernels at a time would share the cores, and spoil each other's figures. */
const oneByOne = { ...onKernel, fileParallelism: false };

/** These ask for figures, or for a time in seconds. All others mostly wait, and two of them run at a time. */
const measuring = [
  ...['test/lab/verdicts/**/*.test.ts', 'test/lab/xen/attach.test.ts'],
  ...['impact', 'cut-short'].map((name) => `test/lab/safety/${name}.test.ts`),
];
const long = '**/*.long.test.ts';

export default defineConfig({
  root,
  test: {
    reporters: ['default'],
    // Vitest would leave one core idle.
    maxWorkers: availableParallelism(),
    sequence: { sequencer: LongestFirst },
    projects: [
      { test: { name: 'unit', root, include: ['test/unit/**/*.test.ts'], testTimeout: 60_000 } },
      { test: { name: 'property', root, include: ['test/property/**/*.test.ts'], testTimeout: 120_000 } },
      // For single files while one works; `scripts/test` takes the two that follow.
      { test: { name: 'lab', root, include: ['test/lab/**/*.test.ts'], exclude: [long], ...oneByOne } },
      {
        test: {
          ...{ name: 'lab-pairs', root, include: ['test/lab/**/*.test.ts'], exclude: [long, ...measuring] },
          ...{ ...onKernel, maxWorkers: 2, sequence: { groupOrder: 1 } },
        },
      },
      { test: { name: 'lab-alone', root, include: measuring, exclude: [long], ...oneByOne } },
      { test: { name: 'long', root, include: [`test/lab/${long}`], ...oneByOne } },
    ],
  },
});
