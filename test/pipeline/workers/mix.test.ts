import { describe, expect, test } from 'vitest';
import { fitMix, prepareMix } from '../../../models/mix/fit.ts';
import { simulateMarket } from '../../../models/mix/simulated-market.ts';
import { type MixProgress, sampleInWorkers } from '../../../pipeline/workers/mix.ts';

const market = simulateMarket({ seed: 1, weeks: 60, paid: 2 });
const spec = { drivers: market.drivers };
const options = { seed: 5, chains: 3, draws: 60, warmup: 40 };

describe('sampling in worker threads', () => {
  test('one worker or three give the draws of a single thread, bit for bit', async () => {
    const alone = fitMix(market.panel, spec, options);
    const prepared = prepareMix(market.panel, spec, options);
    for (const workers of [1, 3]) {
      const spread = await sampleInWorkers(prepared, { workers });
      expect(spread.chains.map((chain) => chain.draws)).toEqual(alone.chains.map((chain) => chain.draws));
      expect(spread.result).toEqual(alone.result);
    }
  });

  test('progress ends at the whole and an abort ends the chains', async () => {
    const seen: MixProgress[] = [];
    const prepared = prepareMix(market.panel, spec, options);
    await sampleInWorkers(prepared, { workers: 2, onProgress: (progress) => seen.push(progress) });
    expect(seen.at(-1)).toMatchObject({ done: 300, total: 300 });
    const stopped = await sampleInWorkers(prepared, { workers: 2, signal: AbortSignal.abort() });
    expect(stopped.result.status).toBe('stopped');
    expect(stopped.result.drivers).toEqual([]);
  });
});
