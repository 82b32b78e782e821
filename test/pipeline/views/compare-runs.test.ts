import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../../pipeline/publish.ts';
import { compareRuns } from '../../../pipeline/views/compare-runs.ts';

const run = (more: Partial<Manifest>): Manifest =>
  ({
    run: 'run_b',
    version: '1.0.0',
    default_model: 'linear',
    models: ['linear'],
    seed: 1,
    currency: 'EUR',
    time_zone: 'UTC',
    k: 10,
    windows: { click_days: 30, view_days: 0, engagement_days: 7, campaign_days: 7 },
    rules_version: 'r',
    settings_hash: 's',
    period: { from: '2026-01-01', to: '2026-01-31' },
    inputs: [{ batch_id: 'one', source: 'shop', kind: 'k', rows: 3 }],
    ...more,
  }) as Manifest;

describe('what changed between runs', () => {
  it('is nothing where nothing did, and nothing to compare without an earlier one', () => {
    expect(compareRuns(run({ run: 'run_a' }), run({}))).toEqual({ previous: 'run_a', data: [], method: [] });
    expect(compareRuns(undefined, run({}))).toEqual({ previous: undefined, data: [], method: [] });
  });

  it('keeps data and method apart', () => {
    const now = run({
      version: '1.1.0',
      settings_hash: 't',
      windows: { click_days: 14, view_days: 0, engagement_days: 7, campaign_days: 7 },
      period: { from: '2026-01-01', to: '2026-02-28' },
      inputs: [
        { batch_id: 'two', source: 'shop', kind: 'k', rows: 4 },
        { batch_id: 'three', source: 'meta', kind: 'k', rows: 5 },
      ],
    });
    expect(compareRuns(run({ run: 'run_a' }), now)).toEqual({
      previous: 'run_a',
      data: [
        '2 files of meta, shop (9 rows) came in',
        '1 file of shop (3 rows) went out',
        'orders now cover 2026-01-01 to 2026-02-28, before 2026-01-01 to 2026-01-31',
      ],
      method: ['Liftproof is 1.1.0, was 1.0.0', 'click window in days is 14, was 30'],
    });
  });

  it('says that a setting changed where no named one did', () => {
    expect(compareRuns(run({}), run({ settings_hash: 't' })).method).toEqual(['a setting in liftproof.yaml changed']);
  });
});
