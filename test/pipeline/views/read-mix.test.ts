import { afterAll, beforeAll, expect, it } from 'vitest';
import { openResults, type Results } from '../../../pipeline/results.ts';
import { readMixStack } from '../../../pipeline/views/read-mix.ts';
import { fillMix } from '../../api/pages/fill-mix.ts';
import { type PublishedFolder, publishedFolder } from '../published.ts';

let folder: PublishedFolder;
let results: Results;
beforeAll(async () => {
  folder = publishedFolder();
  await folder.publish('run_a');
  await fillMix(folder.paths.current);
  results = await openResults(folder.paths);
});
afterAll(() => {
  results.close();
  folder.remove();
});

it('takes each week apart into what is no driver and each driver, with the interval of the model', async () => {
  const rows = await readMixStack(results);
  expect(rows).toHaveLength(20);
  expect(rows.slice(0, 2)).toEqual([
    { week: '2026-01-05', driver: null, amount: 740, lo: 690, hi: 790 },
    { week: '2026-01-05', driver: 'meta_ads', amount: 200, lo: 150, hi: 250 },
  ]);
});
