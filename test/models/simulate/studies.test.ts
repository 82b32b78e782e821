import { describe, expect, it } from 'vitest';
import { readPostingSchedule } from '../../../models/lift/design-posting.ts';
import { madeUpGeos } from '../../../models/simulate/geos.ts';
import { type Market, simulateMarket } from '../../../models/simulate/market.ts';
import { geoDayPanel } from '../../../models/simulate/panel.ts';
import { META_ADS } from '../../../models/simulate/plan.ts';
import { isPosting } from '../../../models/simulate/studies.ts';

const market = simulateMarket({ seed: 12, persons: 4000, days: 90, confounding: 0.8 });
const { geo, user } = market.context.studies;

describe('studies in a market', () => {
  it('keep held-out geos free of the campaign', () => {
    const { plan, population } = market.context;
    expect(geo?.isHeldOut.reduce((sum, flag) => sum + flag, 0)).toBe(14);
    const leaks = market.visits.filter(
      (visit) =>
        plan.items[visit.item]?.campaign === geo?.campaign && geo?.isHeldOut[population.geo[visit.person]] === 1,
    );
    expect(leaks).toEqual([]);
  });

  it('let the campaign leak into held-out geos as far as spillover says', () => {
    const seen = [0, 0.5, 1].map((spillover) => {
      const leaky = simulateMarket({ seed: 12, persons: 4000, days: 90, confounding: 0.8, spillover });
      const { plan, population, studies } = leaky.context;
      return leaky.visits.filter(
        (visit) =>
          plan.items[visit.item]?.campaign === studies.geo?.campaign &&
          visit.source === 'social' &&
          studies.geo?.isHeldOut[population.geo[visit.person]] === 1,
      ).length;
    });
    expect(seen[0]).toBe(0);
    expect(seen[1]).toBeGreaterThan(0.3 * seen[2]);
    expect(seen[1]).toBeLessThan(0.7 * seen[2]);
  });

  it('assign known persons to arms at the planned ratio, and show held-out persons none of the ads', () => {
    const { plan } = market.context;
    const arms = [0, 0, 0];
    user?.arm.forEach((arm) => {
      arms[arm]++;
    });
    const share = arms[2] / (arms[1] + arms[2]);
    const error = Math.sqrt((0.3 * 0.7) / (arms[1] + arms[2]));
    expect(Math.abs(share - 0.3)).toBeLessThan(4 * error);
    user?.arm.forEach((arm, person) => {
      if (arm !== 1) expect(market.firstStudyExposure[person]).toBeNaN();
    });
    const leaks = market.visits.filter(
      (visit) =>
        visit.channel === META_ADS &&
        plan.items[visit.item].campaign === user?.campaign &&
        user?.arm[visit.person] === 2,
    );
    expect(leaks).toEqual([]);
    expect(market.firstStudyExposure.filter((at) => !Number.isNaN(at)).length).toBeGreaterThan(100);
  });

  it('find the true effect by comparing randomised arms, where comparing exposed with unexposed misleads', () => {
    const large = simulateMarket({ seed: 2, persons: 30_000, days: 60, confounding: 1, effect: 3, holdoutUsers: 0.5 });
    const study = large.context.studies.user;
    if (!study) throw new Error('no user study');
    const bought = new Float64Array(large.context.dials.persons);
    for (const order of large.orders) {
      if (order.day >= study.start && !order.basket.isCancelled) bought[order.person]++;
    }
    const of = (keep: (person: number) => boolean) => {
      const values = Array.from(bought.keys())
        .filter(keep)
        .map((person) => bought[person]);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
      return { n: values.length, mean, squaredError: variance / values.length };
    };
    const treated = of((person) => study.arm[person] === 1);
    const held = of((person) => study.arm[person] === 2);
    const lift = treated.mean - held.mean;
    const error = Math.sqrt(treated.squaredError + held.squaredError);
    const told = large.truth.studies.find(({ kind }) => kind === 'user');
    const truth = (told?.incremental_orders ?? 0) / treated.n;
    expect(Math.abs(lift - truth)).toBeLessThan(3 * error);
    const isExposed = (person: number): boolean => !Number.isNaN(large.firstStudyExposure[person]);
    const exposed = of((person) => study.arm[person] === 1 && isExposed(person));
    const unexposed = of((person) => study.arm[person] === 1 && !isExposed(person));
    const truthOnExposed = (told?.incremental_orders ?? 0) / exposed.n;
    expect(exposed.mean - unexposed.mean).toBeGreaterThan(1.5 * truthOnExposed);
  });

  it('show the extra posts of a posting schedule only in the regions and blocks that are on', () => {
    const scheduled = simulateMarket({ seed: 4, persons: 3000, days: 56, postingBlockDays: 7, geos: madeUpGeos(10) });
    const study = scheduled.context.studies.posting;
    if (!study) throw new Error('no posting study');
    const { plan, population, dayStarts } = scheduled.context;
    const clicks = scheduled.visits.filter((visit) => plan.items[visit.item]?.campaign === study.campaign);
    expect(clicks.length).toBeGreaterThan(10);
    for (const visit of clicks) {
      const day = dayStarts.findLastIndex((start) => start <= visit.at);
      expect(isPosting(study, population.geo[visit.person], day)).toBe(true);
    }
    expect(truthOf(scheduled, 'posting')).toBeGreaterThan(0);
  });

  it('let a schedule of posts be read for what it truly brought, unless posts are remembered for longer than a block', () => {
    const read = (carryOver: number) => {
      const scheduled = simulateMarket({
        ...{ seed: 3, persons: 10_000, days: 84, postingBlockDays: 7, geos: madeUpGeos(20), carryOver },
        ...{ confounding: 1, effect: 8, shock: 0.15, holdoutGeos: 0 },
      });
      const study = scheduled.context.studies.posting;
      if (!study) throw new Error('no posting study');
      const { estimate } = readPostingSchedule(study.schedule, geoDayPanel(scheduled, 'orders'), { level: 0.95 });
      // the schedule is on in half of the region-days
      return { truth: truthOf(scheduled, 'posting') / (20 * 84 * 0.5), interval: estimate.interval };
    };
    const brief = read(0.1);
    expect(brief.interval?.lo).toBeGreaterThan(0);
    expect(brief.interval?.lo).toBeLessThan(brief.truth);
    expect(brief.interval?.hi).toBeGreaterThan(brief.truth);
    const lasting = read(1);
    expect(lasting.interval?.hi).toBeLessThan(lasting.truth);
  });

  it('leave a market without studies when nothing is held out', () => {
    const plain = simulateMarket({ seed: 4, persons: 200, days: 30, holdoutGeos: 0, holdoutUsers: 0 });
    expect(plain.context.studies).toEqual({ geo: null, user: null, posting: null });
    expect(plain.truth.studies).toEqual([]);
  });
});

function truthOf({ truth }: Market, kind: string): number {
  return truth.studies.find((study) => study.kind === kind)?.incremental_orders ?? Number.NaN;
}
