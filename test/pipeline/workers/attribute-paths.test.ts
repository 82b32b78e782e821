import { expect, it } from 'vitest';
import { attributePaths } from '../../../models/attribution/attribute-paths.ts';
import { pathsFromRows } from '../../../models/paths.ts';
import { attributePathsInWorkers } from '../../../pipeline/workers/attribute-paths.ts';

const paths = pathsFromRows([
  { path: ['a', 'b', 'a'], conversions: 14, nonConversions: 30, revenue: 90 },
  { path: ['b'], conversions: 27, nonConversions: 60, revenue: 70 },
]);

it('gives what each model gives by itself', async () => {
  const options = { order: 2, seed: 3, replicates: 40 };
  const results = await attributePathsInWorkers(paths, ['markov', 'position_based', 'shapley_ordered'], options, 2);
  expect(results).toEqual([
    attributePaths(paths, { ...options, model: 'markov' }),
    attributePaths(paths, { ...options, model: 'position_based' }),
    attributePaths(paths, { ...options, model: 'shapley_ordered' }),
  ]);
});

it('gives no intervals for zero replicates', async () => {
  const [result] = await attributePathsInWorkers(paths, ['linear'], { replicates: 0 });
  expect(result.channels[0].interval).toBeUndefined();
  expect(result.diagnostics.interval).toBeNull();
});
