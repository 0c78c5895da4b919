import { defineConfig } from 'vitest/config';
import { LongestFirst } from './src/testing/longest-first.ts';

/** Two workers: the tests share the machine with the database they test against. */
const WORKERS = 2;

export default defineConfig({
  test: {
    maxWorkers: WORKERS,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{src,integrations,packages/*/src}/**/*.unit.test.{ts,tsx}'],
          setupFiles: ['src/testing/console.ts'],
          // Only against what hangs: on a busy machine a hundred random cases can take seconds.
          testTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'int',
          include: ['{src,chaos,integrations,packages/*/src}/**/*.int.test.{ts,tsx}'],
          setupFiles: ['src/testing/console.ts'],
          globalSetup: ['src/testing/postgres.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
