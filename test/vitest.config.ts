import { defineConfig } from 'vitest/config';

const root = new URL('..', import.meta.url).pathname;

/** A test boots a kernel, which takes its time. */
const onKernel = { testTimeout: 600_000, hookTimeout: 600_000 };

export default defineConfig({
  root,
  test: {
    reporters: ['default'],
    projects: [
      { test: { name: 'unit', root, include: ['test/unit/**/*.test.ts'] } },
      { test: { name: 'property', root, include: ['test/property/**/*.test.ts'], testTimeout: 120_000 } },
      { test: { name: 'integration', root, include: ['test/integration/**/*.test.ts'], ...onKernel, maxWorkers: 2 } },
      // One boot at a time: two would share the cores and spoil each other's figures.
      {
        test: { name: 'verdicts', root, include: ['test/verdicts/**/*.test.ts'], ...onKernel, fileParallelism: false },
      },
    ],
  },
});
