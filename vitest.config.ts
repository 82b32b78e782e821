import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    globalSetup: 'test/fast-folder.ts',
    pool: 'forks',
    // files of one worker share its modules: no test mocks one, and loading them anew took a fifth of the time
    isolate: false,
    // every core: the default leaves one idle, which on two is half
    maxWorkers: '100%',
  },
});
