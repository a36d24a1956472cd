import { defineConfig } from 'vitest/config';

const root = new URL('..', import.meta.url).pathname;

/** A test boots a kernel. One at a time: two would share the cores, be no quicker, and spoil each other's figures. */
const onKernel = { testTimeout: 900_000, hookTimeout: 900_000, fileParallelism: false };

export default defineConfig({
  root,
  test: {
    reporters: ['default'],
    projects: [
      { test: { name: 'unit', root, include: ['test/unit/**/*.test.ts'], testTimeout: 60_000 } },
      { test: { name: 'property', root, include: ['test/property/**/*.test.ts'], testTimeout: 120_000 } },
      { test: { name: 'lab', root, include: ['test/lab/**/*.test.ts'], exclude: ['**/*.long.test.ts'], ...onKernel } },
      { test: { name: 'long', root, include: ['test/lab/**/*.long.test.ts'], ...onKernel } },
    ],
  },
});
