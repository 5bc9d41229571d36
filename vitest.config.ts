import { defineConfig } from 'vitest/config';

/** Unit tests run side by side; tests that share the machine's cores with real jobs run one file at a time. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/{core,config,client,activities,docs,local,worker}/**/*.test.ts'],
          exclude: ['**/*.real.test.ts'],
        },
      },
      {
        test: {
          name: 'real',
          include: ['test/**/*.real.test.ts', 'test/{e2e,chaos,workflows,replay}/**/*.test.ts'],
          setupFiles: ['test/support/quiet-temporal.ts'],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
