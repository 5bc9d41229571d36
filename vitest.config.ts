import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Tests of real servers and real jobs, and those of them that kill, or that take the stack's usual ports. */
const REAL = ['test/**/*.real.test.ts', 'test/{e2e,chaos,workflows,replay}/**/*.test.ts'];
const ALONE = ['test/chaos/**/*.test.ts', 'test/e2e/demo.test.ts', 'test/local/stack/stack.real.test.ts'];

const withServers = {
  setupFiles: ['test/support/quiet-temporal.ts'],
  testTimeout: 120_000,
  hookTimeout: 300_000,
};

/** Three groups one after the other. In `real` each file has a stack of its own, with jobs that want a core. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/{core,config,client,activities,docs,local,worker}/**/*.test.ts'],
          exclude: ['**/*.real.test.ts'],
          // Some start a process or two, which on a machine that is busy takes its time.
          testTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...withServers,
          name: 'real',
          include: REAL,
          exclude: ALONE,
          maxWorkers: Math.min(4, availableParallelism()),
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: { ...withServers, name: 'alone', include: ALONE, fileParallelism: false, sequence: { groupOrder: 2 } },
      },
    ],
  },
});
