import { relative } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files of ten seconds and more, the longest first: one that begins last would keep the other workers waiting. */
const LONG = [
  'test/pipeline/build-incremental.test.ts',
  'test/package.test.ts',
  'test/browser/dashboard.test.ts',
  'test/robustness/processes.test.ts',
  'test/browser/people.test.ts',
  'test/pipeline/control/job-queue.test.ts',
  'test/api/jobs.test.ts',
  'test/pipeline/publish.test.ts',
  'test/api/server.test.ts',
  'test/pipeline/erasure/erase.test.ts',
  'test/readme.test.ts',
  'test/cli/commands.test.ts',
  'test/pipeline/roi-table.test.ts',
  'test/pipeline/fit-mix.test.ts',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const placeOf = ({ moduleId, project }: TestSpecification): number => {
      const place = LONG.indexOf(relative(project.config.root, moduleId));
      return place < 0 ? LONG.length : place;
    };
    return (await super.sort(files)).sort((a, b) => placeOf(a) - placeOf(b));
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    globalSetup: 'test/fast-folder.ts',
    sequence: { sequencer: LongestFirst },
    pool: 'forks',
    // files of one worker share its modules: no test mocks one, and loading them anew took a fifth of the time
    isolate: false,
    // every core: the default leaves one idle, which on two is half
    maxWorkers: '100%',
  },
});
