import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildWhole } from '../../pipeline/build.ts';
import { type Config, parseConfig } from '../../pipeline/config.ts';
import { makeMixRelations } from '../../pipeline/fit-mix.ts';
import { type MixPanel, readMixPanel } from '../../pipeline/mix-panel.ts';
import { sqlFile, sqlFiles } from '../../pipeline/sql-files.ts';
import { parameterNames } from '../../pipeline/warehouse.ts';
import { type TestWorkspace, testWorkspace } from '../helpers.ts';
import { ingestRows } from './mix-market.ts';

const configOf = (mix: string, more = ''): Config =>
  parseConfig(
    `workspace: acme\nreporting: { time_zone: Europe/Paris, currency: EUR }\nprivacy: { k: 5 }\n${more}mix: ${mix}\n`,
    'test',
  );

const monday = (week: number): string => new Date(Date.UTC(2026, 0, 5 + 7 * week)).toISOString().slice(0, 10);

describe('the weekly panel', () => {
  let workspace: TestWorkspace;
  beforeEach(async () => {
    workspace = await testWorkspace(
      'workspace: acme\nreporting: { time_zone: Europe/Paris, currency: EUR }\nprivacy: { k: 5 }\n',
    );
  });
  afterEach(() => workspace.close());

  /** Orders of ten euros: how many in each week. */
  async function sell(
    counts: readonly number[],
    exported: string,
    from = 0,
    country = 'FR',
    hour = '10',
  ): Promise<void> {
    const orders: Record<string, string>[] = [];
    const money: Record<string, string>[] = [];
    counts.forEach((count, week) => {
      for (let i = 0; i < count; i++) {
        const base = { shop_id: 's', source_order_id: `${country}-${from + week}-${i}`, currency: 'EUR' };
        const at = `${monday(from + week)}T${hour}:00:00Z`;
        orders.push({ ...base, system: 'plain', created_at: at, total: '10.00', country });
        money.push({
          ...base,
          money_event_id: `${base.source_order_id}:sale`,
          kind: 'sale',
          occurred_at: at,
          amount: '10.00',
        });
      }
    });
    await ingestRows(workspace, 'orders', orders, exported);
    await ingestRows(workspace, 'money_event', money, exported);
  }

  /** Spend by week; a null is a week without a row. */
  async function spend(
    values: readonly (number | null)[],
    exported: string,
    { from = 0, platform = 'meta', country = '', campaign = 'c' } = {},
  ): Promise<void> {
    const rows = values.flatMap((value, week) =>
      value === null
        ? []
        : [
            {
              platform,
              account_id: 'a',
              level: 'campaign',
              entity_id: `${campaign}${country}`,
              campaign_name: campaign,
              spend_date: monday(from + week),
              currency: 'EUR',
              spend: value.toFixed(2),
              country,
            },
          ],
    );
    await ingestRows(workspace, 'spend_daily', rows, exported);
  }

  async function panelOf(config: Config): Promise<MixPanel> {
    await buildWhole(workspace.warehouse, config);
    const { drivers } = await makeMixRelations(workspace.warehouse, config, config.mix!);
    return readMixPanel(workspace.warehouse, config.mix!, drivers);
  }

  it('writes a zero where nothing ran, and begins and ends with whole weeks', async () => {
    await sell([1, 2, 3, 0, 5], `${monday(5)}T06:00:00Z`);
    await spend([70, null, null, 7], `${monday(5)}T06:00:00Z`);
    const { panel, notes } = await panelOf(configOf('{ drivers: [{ name: meta, kind: paid }] }'));
    expect(panel.units).toEqual(['all']);
    expect(panel.periods).toEqual([0, 1, 2, 3, 4].map(monday));
    expect([...panel.outcome]).toEqual([10, 20, 30, 0, 50]);
    expect([...panel.covariates.meta]).toEqual([70, 0, 0, 7, 0]);
    expect(notes).toEqual([]);
    const counted = await panelOf(configOf('{ outcome: conversions, drivers: [{ name: meta, kind: paid }] }'));
    expect([...counted.panel.outcome]).toEqual([1, 2, 3, 0, 5]);
  });

  it('is made of relations that have the keys and the parameters of their headers', async () => {
    await sell([1, 2, 3], `${monday(3)}T06:00:00Z`);
    await spend([1, 2, 3], `${monday(3)}T06:00:00Z`);
    await panelOf(configOf('{ drivers: [{ name: meta, kind: paid }] }'));
    const { warehouse } = workspace;
    for (const name of sqlFiles('panel').filter((file) => file.startsWith('mix_'))) {
      const sql = sqlFile(`panel/${name}`);
      const key = /^-- key: +(.*)$/m.exec(sql)![1];
      const duplicates = `select 1 from panel.${name} group by ${key} having count(*) > 1`;
      expect(await warehouse.count(`select count(*) from panel.${name}`), name).toBeGreaterThan(0);
      expect(await warehouse.count(`select count(*) from (${duplicates})`), name).toBe(0);
      const header = sql.slice(0, sql.search(/^(?!--)/m));
      const params = header.includes('params:') ? header.slice(header.indexOf('params:')) : '';
      const named = new Set([...params.matchAll(/\$([a-z_]+)/g)].map((found) => found[1]));
      expect([...named].sort(), name).toEqual([...parameterNames(sql)].sort());
    }
  });

  it('counts a day in the zone of the reports', async () => {
    // eleven at night in London on a Sunday is a Monday in Paris
    await sell([1, 1, 1], `${monday(4)}T06:00:00Z`);
    await ingestRows(
      workspace,
      'engagement_event',
      [0, 1].map((i) => ({
        platform: 'x',
        engagement_id: `${i}`,
        kind: 'reply',
        polarity: '-1',
        stance: i === 0 ? 'boycott' : '',
        occurred_at: `2026-01-11T23:30:0${i}Z`,
      })),
      `${monday(4)}T06:00:00Z`,
    );
    const { panel } = await panelOf(
      configOf('{ drivers: [{ name: all, kind: negative }, { name: boycott, kind: negative, stance: boycott }] }'),
    );
    expect([...panel.covariates.all]).toEqual([0, 2, 0, 0].slice(0, panel.periods.length));
    expect([...panel.covariates.boycott].slice(0, 3)).toEqual([0, 1, 0]);
  });

  it('refuses weeks of a driver that no load tells of, and takes them for zeros where that is declared', async () => {
    await sell([1, 1, 1, 1, 1, 1], `${monday(6)}T06:00:00Z`);
    await spend([5, 5], `${monday(2)}T06:00:00Z`);
    await spend([5], `${monday(6)}T06:00:00Z`, { from: 5 });
    const driver = (more: string): Config => configOf(`{ drivers: [{ name: ads, kind: paid${more} }] }`);
    await expect(panelOf(driver(''))).rejects.toThrow(
      `mix: weeks that no load tells of: ads (meta): 4 weeks from ${monday(1)} to ${monday(4)}. Load those exports`,
    );
    const { panel } = await panelOf(driver(', missing_weeks: zero'));
    expect([...panel.covariates.ads]).toEqual([5, 5, 0, 0, 0, 5]);
  });

  it('leaves off the last weeks that a source was not loaded for yet, and says so', async () => {
    await sell([1, 1, 1, 1, 1, 1], `${monday(6)}T06:00:00Z`);
    await spend([5, 5, 5, 5], `${monday(4)}T06:00:00Z`);
    const { panel, notes } = await panelOf(configOf('{ drivers: [{ name: ads, kind: paid }] }'));
    expect(panel.periods).toEqual([0, 1, 2, 3].map(monday));
    expect(notes.map(({ message }) => message)).toEqual([
      `the last 2 weeks are left off, from ${monday(4)}: not loaded yet for ads`,
    ]);
  });

  it('leaves weeks without a load of orders out of the fit, and says so', async () => {
    await sell([1, 1], `${monday(2)}T06:00:00Z`);
    await sell([1, 1], `${monday(6)}T06:00:00Z`, 4);
    await spend([1, 2, 3, 4, 5, 6], `${monday(6)}T06:00:00Z`);
    const { panel, notes } = await panelOf(configOf('{ drivers: [{ name: ads, kind: paid }] }'));
    expect([...panel.outcome]).toEqual([10, Number.NaN, Number.NaN, Number.NaN, 10, 10]);
    expect([...panel.covariates.ads]).toEqual([1, 2, 3, 4, 5, 6]);
    expect(notes.map(({ code }) => code)).toEqual(['outcome_gap']);
  });

  it('ends with the last week of orders, however late their export was made, and without the weeks that one shop was not loaded for', async () => {
    await sell([1, 1, 1, 1, 1], `${monday(30)}T06:00:00Z`);
    await spend([1, 2, 3, 4, 5], `${monday(30)}T06:00:00Z`);
    const config = configOf('{ drivers: [{ name: ads, kind: paid }] }');
    expect((await panelOf(config)).panel.periods).toEqual([0, 1, 2, 3, 4].map(monday));
    await ingestRows(
      workspace,
      'orders',
      [0, 1].map((week) => ({
        shop_id: 'other',
        source_order_id: `${week}`,
        system: 'plain',
        created_at: `${monday(week)}T10:00:00Z`,
        currency: 'EUR',
        total: '7.00',
      })),
      `${monday(2)}T06:00:00Z`,
    );
    const { panel, notes } = await panelOf(config);
    expect([...panel.outcome].slice(2)).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect(notes.map(({ message }) => message)).toEqual([
      `3 weeks without a load of orders (${monday(2)}, ${monday(3)}, ${monday(4)}) are left out of the fit`,
    ]);
  });

  it('keeps spend before the first order as history', async () => {
    await sell([1, 1, 1], `${monday(6)}T06:00:00Z`, 3);
    await spend([1, 2, 3, 4, 5, 6], `${monday(6)}T06:00:00Z`);
    const { panel } = await panelOf(configOf('{ drivers: [{ name: ads, kind: paid }] }'));
    expect([...panel.outcome]).toEqual([Number.NaN, Number.NaN, Number.NaN, 10, 10, 10]);
    expect([...panel.covariates.ads]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('is by geo where that is asked: what names no country is spread by size, what lies elsewhere is left out and told', async () => {
    const exported = `${monday(3)}T06:00:00Z`;
    await sell([6, 6, 6], exported, 0, 'FR');
    await sell([2, 2, 2], exported, 0, 'DE');
    await sell([2, 2, 2], exported, 0, 'US');
    await spend([40, 0, 0], exported);
    await spend([0, 8, 0], exported, { country: 'DE', campaign: 'd' });
    await spend([0, 0, 9], exported, { country: 'US', campaign: 'u' });
    const map = 'geo_map: [{ country: FR, geo: south }, { country: DE, geo: north }]\n';
    const { panel, notes } = await panelOf(configOf('{ by_geo: true, drivers: [{ name: ads, kind: paid }] }', map));
    expect(panel.units).toEqual(['north', 'south']);
    expect([...panel.outcome]).toEqual([20, 20, 20, 60, 60, 60]);
    expect([...panel.covariates.ads]).toEqual([10, 8, 0, 30, 0, 0]);
    expect(notes.map(({ message }) => message)).toEqual([
      '20.0 % of revenue_net falls into no geo of geo_map and is not explained',
    ]);
  });

  it('averages a metric that is a level, and tells apart what a driver chooses', async () => {
    const exported = `${monday(3)}T06:00:00Z`;
    await sell([1, 1, 1], exported);
    await spend([1, 2, 3], exported, { platform: 'meta' });
    await spend([10, 20, 30], exported, { platform: 'google' });
    const degrees = [0, 1, 2].flatMap((week) =>
      [3, 5].map((value, i) => ({
        platform: 'weather',
        entity_type: 'account',
        entity_id: `station${i}`,
        metric: 'degrees',
        grain: 'day',
        from_date: monday(week),
        to_date: monday(week),
        value: String(value + week),
        additivity: 'snapshot',
      })),
    );
    await ingestRows(workspace, 'metric_observation', degrees, exported);
    const { panel } = await panelOf(
      configOf(`
  drivers:
    - { name: search, kind: paid, channel: Paid Search }
    - { name: both, kind: paid, platform: [google, meta] }
    - { name: warmth, kind: control, platform: weather, measure: degrees, aggregate: mean }`),
    );
    expect([...panel.covariates.search]).toEqual([10, 20, 30]);
    expect([...panel.covariates.both]).toEqual([11, 22, 33]);
    expect([...panel.covariates.warmth]).toEqual([4, 5, 6]);
  });

  it('refuses a driver that names what is not there, with the nearest that is', async () => {
    await sell([1, 1, 1], `${monday(3)}T06:00:00Z`);
    await spend([1, 2, 3], `${monday(3)}T06:00:00Z`);
    const { warehouse } = workspace;
    const first = configOf('{}');
    await buildWhole(warehouse, first);
    for (const [choice, message] of [
      ['platform: metta', 'mix: driver ads: no spend of platform metta; did you mean meta?'],
      ['channel: Paid Soccer', 'no spend of channel Paid Soccer; did you mean Paid Social?'],
      ['campaign: sprin', 'mix: driver ads: campaign sprin is not in campaigns; add it there'],
      ['measure: impressions', 'mix: driver ads: no row of the window has impressions'],
    ]) {
      const config = configOf(`{ drivers: [{ name: ads, kind: paid, ${choice} }] }`);
      await expect(makeMixRelations(warehouse, config, config.mix!)).rejects.toThrow(message);
    }
    // three weeks are too few to make a driver of by itself
    await expect(makeMixRelations(warehouse, first, first.mix!)).rejects.toThrow(
      /no spend or engagement in 8 weeks or more/,
    );
  });
});
