import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MixExperiment } from '../../models/mix/index.ts';
import { buildWhole } from '../../pipeline/build.ts';
import { parseConfig } from '../../pipeline/config.ts';
import { makeMixRelations } from '../../pipeline/fit-mix.ts';
import { readMixPanel } from '../../pipeline/mix-panel.ts';
import { mixExperiments } from '../../pipeline/mix-studies.ts';
import { type TestWorkspace, testWorkspace } from '../helpers.ts';
import { ingestRows } from './mix-market.ts';

const day = (n: number): string => new Date(Date.UTC(2026, 0, 5 + n)).toISOString().slice(0, 10);
const exported = `${day(28)}T06:00:00Z`;

const HEAD = `workspace: acme
reporting: { time_zone: UTC, currency: EUR }
privacy: { k: 5 }
geo_map: [{ country: FR, geo: south }, { country: DE, geo: north }]
campaigns: [{ id: spring }, { id: summer }]
`;
const DRIVERS = `drivers: [{ name: ads, kind: paid, platform: meta }, { name: posts, kind: organic, measure: posts }, { name: angry, kind: negative }]`;

/**
 * Four weeks by hand. Orders: three quarters in the south. Every Monday and every Thursday 10 of spring and 4 of summer are spent, which
 * name no country, and 2 of summer in Germany. A post on Instagram each Monday; on Tuesday of the second week, two angry mentions in France.
 */
async function fill(workspace: TestWorkspace): Promise<void> {
  const orders: Record<string, string>[] = [];
  const money: Record<string, string>[] = [];
  const spend: Record<string, string>[] = [];
  const posts: Record<string, string>[] = [];
  for (let week = 0; week < 4; week++) {
    for (let i = 0; i < 8; i++) {
      const base = { shop_id: 's', source_order_id: `${week}-${i}`, currency: 'EUR' };
      const at = `${day(7 * week)}T10:00:00Z`;
      orders.push({ ...base, system: 'plain', created_at: at, total: '10.00', country: i < 6 ? 'FR' : 'DE' });
      money.push({ ...base, money_event_id: base.source_order_id, kind: 'sale', occurred_at: at, amount: '10.00' });
    }
    for (const [campaign, amount, country] of [
      ['spring', '10', ''],
      ['summer', '4', ''],
      ['summer', '2', 'DE'],
    ]) {
      for (const at of [7 * week, 7 * week + 3])
        spend.push({
          ...{
            platform: 'meta',
            account_id: 'a',
            level: 'campaign',
            entity_id: campaign + country,
            campaign_name: campaign,
          },
          ...{ spend_date: day(at), currency: 'EUR', spend: amount, country },
        });
    }
    posts.push({ platform: 'instagram', post_id: `p${week}`, published_at: `${day(7 * week)}T09:00:00Z` });
  }
  const angry = ['1', '2'].map((id) => ({
    ...{
      platform: 'x',
      engagement_id: id,
      kind: 'reply',
      polarity: '-1',
      occurred_at: `${day(8)}T12:00:00Z`,
      country: 'FR',
    },
  }));
  for (const [stream, rows] of Object.entries({
    orders,
    money_event: money,
    spend_daily: spend,
    post: posts,
    engagement_event: angry,
  }))
    await ingestRows(workspace, stream, rows, exported);
}

describe('a study as an experiment of the mix', () => {
  let workspace: TestWorkspace;
  beforeAll(async () => {
    workspace = await testWorkspace(HEAD);
    await fill(workspace);
    await buildWhole(workspace.warehouse, parseConfig(HEAD, 'test'));
  });
  afterAll(() => workspace.close());

  interface Study {
    claim: string;
    driver: string | null;
    geos?: string;
    from: number;
    to: number;
  }

  /** What the model compares with, by driver. */
  async function counterfactual(
    study: Study,
    mix = '',
  ): Promise<{ experiment: MixExperiment | undefined; paths: Record<string, number[]>; notes: string[] }> {
    const { warehouse } = workspace;
    const config = parseConfig(`${HEAD}mix: { ${DRIVERS}${mix} }\n`, 'test');
    const text = (value: string | null | undefined): string =>
      value === null || value === undefined ? 'null' : `'${value}'`;
    await warehouse.run('delete from result.lift_study');
    await warehouse.run(
      `insert into result.lift_study (study_id, claim, is_registered, outcome, unit, driver, geos, start_date, end_date, value, standard_error, grade)
       values ('s', '${study.claim}', true, 'revenue_net', 'EUR', ${text(study.driver)}, ${text(study.geos)}, date '${day(study.from)}', date '${day(study.to)}', 100, 10, 'A')`,
    );
    const { drivers } = await makeMixRelations(warehouse, config, config.mix!);
    const made = await readMixPanel(warehouse, config.mix!, drivers);
    const { experiments, notes } = await mixExperiments(warehouse, config, config.mix!, drivers, made);
    const paths = Object.entries(experiments[0]?.counterfactual ?? {}).map(([name, path]) => [name, [...path]]);
    return { experiment: experiments[0], paths: Object.fromEntries(paths), notes: notes.map(({ message }) => message) };
  }

  it('takes off what its campaign ran on its days, and nothing else', async () => {
    // Wednesday of the second week to Sunday of the third: one Thursday, one Monday, one Thursday
    const { experiment, paths } = await counterfactual({ claim: 'spend_sales', driver: 'spring', from: 9, to: 20 });
    expect(experiment).toMatchObject({
      start: day(7),
      end: day(14),
      estimate: 100,
      standardError: 10,
      estimand: 'outcome',
      grade: 'A',
    });
    expect(paths).toEqual({ ads: [32 - 10, 32 - 20] });
  });

  it('concerns the drivers of its claim, and all of the campaigns and channels that it names', async () => {
    const both = await counterfactual({ claim: 'spend_sales', driver: 'spring,summer', from: 7, to: 13 });
    expect(both.paths).toEqual({ ads: [0] });
    const posting = await counterfactual({ claim: 'posting_sales', driver: 'Organic Social', from: 7, to: 13 });
    expect(posting.paths).toEqual({ posts: [0] });
    const none = await counterfactual({ claim: 'posting_sales', driver: 'spring', from: 7, to: 13 });
    expect(none.notes).toEqual([
      `study s does not calibrate the mix: no driver has anything of spring from ${day(7)} to ${day(13)}`,
    ]);
  });

  it('is of all negative signals when a boycott names no channel', async () => {
    const { paths } = await counterfactual({ claim: 'boycott_sales', driver: null, from: 7, to: 20 });
    expect(paths).toEqual({ angry: [0, 0] });
  });

  it('of some geos takes from the whole market what ran there: a campaign whole, a channel by share of orders', async () => {
    const campaign = await counterfactual({ claim: 'spend_sales', driver: 'summer', geos: 'north', from: 7, to: 13 });
    expect(campaign.paths).toEqual({ ads: [32 - 8 - 4] });
    const channel = await counterfactual({
      claim: 'spend_sales',
      driver: 'Paid Social',
      geos: 'south',
      from: 7,
      to: 13,
    });
    // three quarters of the 28 that name no country; what ran in Germany stays
    expect(channel.paths.ads[0]).toBeCloseTo(32 - 0.75 * 28, 9);
  });

  it('of some geos is placed in them where the mix is by geo', async () => {
    const by = ', by_geo: true';
    const south = await counterfactual(
      { claim: 'spend_sales', driver: 'Paid Social', geos: 'south', from: 7, to: 13 },
      by,
    );
    expect(south.experiment!.geos).toEqual(['south']);
    expect(south.paths).toEqual({ ads: [0] });
    const north = await counterfactual({ claim: 'spend_sales', driver: 'summer', geos: 'north', from: 7, to: 13 }, by);
    // a quarter of 28, and the 4 of Germany, less 4 of Germany and 8 of summer that only the north saw: not below nothing
    expect(north.paths).toEqual({ ads: [0] });
    const west = await counterfactual({ claim: 'spend_sales', driver: 'summer', geos: 'west', from: 7, to: 13 }, by);
    expect(west.notes).toEqual(['study s does not calibrate the mix: it treated west, which is no geo of the mix']);
  });

  it('that reaches beyond the weeks of the mix is not used', async () => {
    const { notes } = await counterfactual({ claim: 'spend_sales', driver: 'spring', from: 21, to: 40 });
    expect(notes[0]).toMatch(/its window, .* lies beyond the weeks of the mix \(2026-01-05 to 2026-01-26\)/);
  });
});
