import { defineConfig } from 'vitest/config';

/** Takes the pictures of the documentation; it is no test, so that the tests leave the pictures as they are. */
export default defineConfig({
  test: {
    include: ['test/screenshots/*.shots.ts'],
    setupFiles: ['test/support/quiet-temporal.ts'],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 600_000,
  },
});
