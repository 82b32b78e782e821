import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillStudies } from '../pages/fill-studies.ts';
import { type Served, served } from '../served.ts';

let market: Served;
beforeAll(async () => {
  market = await served();
  await fillStudies(market.workspace.paths.current);
});
afterAll(() => market?.close());

async function read<T>(path: string): Promise<T> {
  const response = await market.ask(path);
  expect([path, response.status]).toEqual([path, 200]);
  return (await response.json()) as T;
}

describe('studies over HTTP', () => {
  it('are listed, registered ones first, those that wait with their reason', async () => {
    const { data } = await read<{ data: Record<string, unknown>[] }>('studies');
    expect(data.map((one) => [one.study_id, one.is_registered, one.grade])).toEqual([
      ['next_posts', true, 'X'],
      ['sun_geo', true, 'B'],
      ['campaign:spring', false, 'C'],
    ]);
    expect(data[0].reason).toContain('ends on 2026-08-20');
  });

  it('are told one by one as in the answer', async () => {
    const { headline } = await read<{ headline: { study_id: string } }>('answer');
    expect(await read('studies/sun_geo')).toEqual(headline);
    expect(await read('studies/campaign%3Aspring')).toMatchObject({ study_id: 'campaign:spring', grade: 'C' });
  });

  it('have their power, what tried to refute them, and their read-out', async () => {
    const power = await read<{ minimum_detectable_effect: number; data: { effect: number; power: number }[] }>(
      'studies/sun_geo/power',
    );
    expect([power.minimum_detectable_effect, power.data.length, power.data[0].effect]).toEqual([5200, 13, 0]);
    const health = await read<{ passed: number; run_gates: number; gates: { gate: string }[] }>(
      'studies/sun_geo/health',
    );
    expect([health.passed, health.run_gates]).toEqual([12, 12]);
    expect(health.gates.length).toBeGreaterThan(0);
    const results = await read<{
      estimates: { method: string; is_primary: boolean; value: number | null }[];
      series: { method: string | null; data: { is_treated: boolean }[] };
      draws: unknown[];
    }>('studies/sun_geo/results');
    expect(results.estimates[0]).toMatchObject({ method: 'sdid', is_primary: true, value: 4200 });
    expect(results.series.method).toBe('sdid');
    expect(results.series.data.some((day) => day.is_treated)).toBe(true);
    expect(results.draws).toHaveLength(21);
    const waiting = await read<{ series: { method: null; data: unknown[] } }>('studies/next_posts/results');
    expect(waiting.series).toEqual({ method: null, data: [] });
  });

  it('are cached by the run, and an unknown one is not found, with the nearest', async () => {
    const first = await market.ask('studies/sun_geo/results');
    const again = await market.ask('studies/sun_geo/results', {
      headers: { 'if-none-match': first.headers.get('etag')! },
    });
    expect(again.status).toBe(304);
    for (const path of [
      'studies/sun_goe',
      'studies/sun_goe/power',
      'studies/sun_goe/health',
      'studies/sun_goe/results',
    ]) {
      const response = await market.ask(path);
      expect([path, response.status]).toEqual([path, 404]);
      expect(((await response.json()) as { detail: string }).detail).toContain('did you mean sun_geo?');
    }
    expect((await market.ask('studies', { headers: { accept: 'text/csv' } })).status).toBe(406);
  });
});
