import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openResults, type Results } from '../../../pipeline/results.ts';
import { isTooLow, readBacktests, readCoverageTrials } from '../../../pipeline/views/read-calibration.ts';
import { fillMix } from '../../api/pages/fill-mix.ts';
import { fillStudies } from '../../api/pages/fill-studies.ts';
import { type PublishedFolder, publishedFolder } from '../published.ts';

describe('trials of stated intervals', () => {
  let folder: PublishedFolder;
  let results: Results;
  beforeAll(async () => {
    folder = publishedFolder();
    await folder.publish('run_a');
    await fillStudies(folder.paths.current);
    await fillMix(folder.paths.current);
    results = await openResults(folder.paths);
  });
  afterAll(() => {
    results.close();
    folder.remove();
  });

  it('count weeks that were kept back, and read the two gates that try a test where the truth is known', async () => {
    const trials = await readCoverageTrials(results);
    expect(trials.map(({ source, kind, stated, actual }) => [source, kind, stated, Number(actual.toFixed(2))])).toEqual(
      [
        ['Mix model', 'weeks kept back', 0.9, 0.5],
        ['sun_geo', 'nothing was done', 0.9, 0.89],
        ['sun_geo', 'an effect was planted', 0.9, 0.78],
      ],
    );
  });

  it('allow for chance by two binomial errors around what was stated, and never leave 0 to 1', async () => {
    const [mix, quiet, planted] = await readCoverageTrials(results);
    // 0.9 - 2 sqrt(0.09 / 2), 0.9 - 2 sqrt(0.09 / 200), 0.9 - 2 sqrt(0.09 / 50)
    expect([mix, quiet, planted].map(({ lo }) => Number(lo.toFixed(4)))).toEqual([0.4757, 0.8576, 0.8151]);
    expect([mix, quiet, planted].map(({ hi }) => Number(hi.toFixed(4)))).toEqual([1, 0.9424, 0.9849]);
    expect([mix, quiet, planted].map(isTooLow)).toEqual([false, false, true]);
  });

  it('tell which studies stayed quiet on earlier windows', async () => {
    expect((await readBacktests(results)).map(({ study, verdict }) => [study, verdict])).toEqual([
      ['campaign:spring', 'failed'],
      ['sun_geo', 'passed'],
    ]);
  });
});
