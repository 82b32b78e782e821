import { describe, expect, it } from 'vitest';
import { GRANTED } from '../../../models/simulate/demand.ts';
import { journeysOf, pathRowsOf, pathsOf, timedJourneysOf } from '../../../models/simulate/journeys.ts';
import { simulateMarket } from '../../../models/simulate/market.ts';

const market = simulateMarket({ seed: 14, persons: 2500, days: 60, confounding: 0.7 });

describe('journeys of a market', () => {
  const complete = journeysOf(market, { view: 'complete' });
  const observed = journeysOf(market);

  it('count every order once, with its revenue', () => {
    for (const journeys of [complete, observed]) {
      const converted = journeys.filter((journey) => journey.converted);
      expect(converted).toHaveLength(market.truth.orders);
      const revenue = converted.reduce((sum, journey) => sum + journey.revenue, 0);
      expect(revenue).toBeCloseTo(market.truth.revenue, 1);
    }
  });

  it('use each visit of the lookback once, in order of time, and none of persons who did not consent when observed', () => {
    const steps = (journeys: typeof complete): number => journeys.reduce((sum, { path }) => sum + path.length, 0);
    expect(steps(journeysOf(market, { view: 'complete', lookbackDays: 60 }))).toBe(market.visits.length);
    expect(steps(complete)).toBeLessThan(market.visits.length);
    for (const { ageDays } of complete) {
      expect(ageDays).toEqual([...ageDays].sort((a, b) => b - a));
      for (const age of ageDays) expect(age > 0 && age <= 30).toBe(true);
    }
    const { consent } = market.context.population;
    for (const { path, person } of observed) if (consent[person] !== GRANTED) expect(path).toEqual([]);
  });

  it('lose the names of lost links when observed', () => {
    const clicks = market.visits.filter((visit) => visit.source === 'social');
    const lost = clicks.filter((visit) => visit.isLost).length / clicks.length;
    expect(lost).toBeGreaterThan(0.15);
    const named = (journeys: typeof complete): number =>
      journeys.reduce((sum, { path }) => sum + path.filter((step) => step === 'instagram').length, 0);
    expect(named(observed)).toBeLessThan(0.7 * named(complete));
  });

  it('become paths with counts whose totals are those of the journeys', () => {
    const rows = pathRowsOf(market);
    expect(new Set(rows.map(({ path }) => path.join('>'))).size).toBe(rows.length);
    const paths = pathsOf(market);
    expect(paths.conversions.reduce((sum, count) => sum + count, 0)).toBe(market.truth.orders);
    expect(paths.channels).toContain('instagram');
    const unpaid = pathsOf(market, { unpaid: false });
    expect(unpaid.channels).not.toContain('direct');
    expect(unpaid.channels).not.toContain('email');
  });

  it('keep the age of each step for models that read time', () => {
    const timed = timedJourneysOf(market, { view: 'complete' });
    expect(timed.offsets.at(-1)).toBe(timed.channel.length);
    expect(timed.ageDays.length).toBe(timed.channel.length);
    expect(timed.converted.reduce((sum, flag) => sum + flag, 0)).toBe(market.truth.orders);
    const last = complete.length - 1;
    const own = Array.from(timed.channel.slice(timed.offsets[last]), (step) => timed.channels[step]);
    expect(own).toEqual(complete[last].path);
  });

  it('overstate social channels more the more demand decides who is reached', () => {
    const ratio = (confounding: number): number => {
      const world = simulateMarket({ seed: 21, persons: 6000, days: 60, confounding });
      const credit = journeysOf(world, { view: 'complete', unpaid: false }).filter(
        ({ path, converted }) => converted && path.at(-1) === 'meta_ads',
      ).length;
      const truth = world.truth.channels.find(({ id }) => id === 'meta_ads')?.incremental_orders ?? 0;
      return credit / truth;
    };
    expect(ratio(1)).toBeGreaterThan(1.5 * ratio(0));
  });
});
