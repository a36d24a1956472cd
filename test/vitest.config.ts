import { defineConfig } from 'vitest/config';

const root = new URL('..', import.meta.url).pathname;

export default defineConfig({
  root,
  test: {
    reporters: ['default'],
    projects: [
      { test: { name: 'unit', root, include: ['test/unit/**/*.test.ts'] } },
      { test: { name: 'property', root, include: ['test/property/**/*.test.ts'], testTimeout: 120_000 } },
      {
        // One boot at a time: two would share two cores and spoil each other's figures.
        test: {
          name: 'integration',
          root,
          include: ['test/integration/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
