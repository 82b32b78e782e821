import { describe, expect, it } from 'vitest';
import { bootstrapDraws } from '../../../models/attribution/bootstrap.ts';
import type { ModelRequest } from '../../../models/attribution/registry.ts';
import { resampleUnits } from '../../../models/attribution/resample.ts';
import { pathsFromRows } from '../../../models/paths.ts';
import { bootstrapInWorkers } from '../../../pipeline/workers/bootstrap.ts';

const paths = pathsFromRows([
  { path: ['a', 'b', 'a'], conversions: 4, nonConversions: 30, revenue: 90 },
  { path: ['b'], conversions: 7, nonConversions: 60, revenue: 70 },
  { path: ['c', 'a'], conversions: 2, nonConversions: 25, revenue: 55 },
]);
const models: ModelRequest[] = [{ model: 'linear' }, { model: 'markov', order: 2 }, { model: 'shapley_rate' }];

describe('bootstrapInWorkers', () => {
  it('gives the replicates of a single thread, bit for bit, for any number of workers', async () => {
    const units = resampleUnits(paths);
    const expected = bootstrapDraws(units, models, 7, 41);
    for (const workers of [1, 2, 3]) {
      const draws = await bootstrapInWorkers(units, models, 7, 41, workers);
      expect(draws).toEqual(expected);
    }
  });

  it('works without threads where the work is small', async () => {
    const units = resampleUnits(paths);
    expect(await bootstrapInWorkers(units, models, 3, 20)).toEqual(bootstrapDraws(units, models, 3, 20));
  });

  it('hands an InputError of a worker to the caller, with its code', async () => {
    const bad: ModelRequest[] = [{ model: 'markov', order: 0 }];
    await expect(bootstrapInWorkers(resampleUnits(paths), bad, 1, 20, 2)).rejects.toMatchObject({
      name: 'InputError',
      code: 'bad_parameter',
    });
  });
});
