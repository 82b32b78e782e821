import { describe, expect, it } from 'vitest';
import { simulateMarket } from '../../../models/simulate/market.ts';
import { EXPOSURES, geoDayPanel, geoWeekPanel, nationalPanel } from '../../../models/simulate/panel.ts';

const market = simulateMarket({ seed: 9, persons: 1200, days: 61, boycott: 0.5, stockOuts: 1 });
const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);

describe('panels of a market', () => {
  const daily = geoDayPanel(market);

  it('are complete: every geo on every day, and nothing missing', () => {
    expect(daily.units).toHaveLength(24);
    expect(daily.periods).toHaveLength(61);
    expect([daily.periods[0], daily.periods[60]]).toEqual(['2026-05-01', '2026-06-30']);
    for (const name of [...EXPOSURES, 'orders', 'revenue', 'stock_out']) {
      expect(daily.covariates[name]).toHaveLength(24 * 61);
      expect(daily.covariates[name].some(Number.isNaN)).toBe(false);
    }
  });

  it('add up to the market: orders, revenue, spend, negative engagement', () => {
    expect(sum(daily.covariates.orders)).toBe(market.truth.orders);
    expect(sum(daily.outcome)).toBeCloseTo(market.truth.revenue, 1);
    const spend = EXPOSURES.filter((name) => name.endsWith('_spend')).reduce(
      (total, name) => total + sum(daily.covariates[name]),
      0,
    );
    expect(spend).toBeCloseTo(market.truth.spend, 1);
    expect(sum(daily.covariates.negative_engagements)).toBeGreaterThan(50);
    expect(sum(daily.covariates.stock_out)).toBe(48);
  });

  it('know no negative engagement before the boycott starts', () => {
    const before = daily.covariates.negative_engagements.filter((_, cell) => cell % 61 < market.context.boycottStart);
    expect(sum(before)).toBe(0);
  });

  it('show nothing of the studied campaign where it was held out', () => {
    const { geo } = market.context.studies;
    // TikTok ads run for two campaigns only; while the second is studied, held-out geos see none of them
    const held = daily.covariates.tiktok_ads_impressions.filter((_, cell) => {
      const day = cell % 61;
      return geo?.isHeldOut[Math.floor(cell / 61)] === 1 && day >= (geo?.start ?? 0);
    });
    expect(held.length).toBeGreaterThan(0);
    expect(sum(held)).toBe(0);
  });

  it('fold whole weeks, Monday to Sunday, and geos into a nation', () => {
    const weekly = geoWeekPanel(market);
    expect(weekly.periods[0]).toBe('2026-05-04');
    expect(weekly.periods).toHaveLength(8);
    const first = Array.from({ length: 7 }, (_, day) => daily.covariates.orders[3 + day]);
    expect(weekly.covariates.orders[0]).toBe(first.reduce((total, value) => total + value, 0));
    const nation = nationalPanel(weekly, 'orders');
    expect(nation.units).toEqual(['all']);
    expect(sum(nation.outcome)).toBe(sum(weekly.covariates.orders));
  });
});
