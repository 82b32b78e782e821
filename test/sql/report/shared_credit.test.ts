import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { random } from '../../../models/numeric/random.ts';
import { sqlFile } from '../../../pipeline/sql-files.ts';
import { Warehouse } from '../../../pipeline/warehouse.ts';

interface Fact {
  channel: string;
  campaign: string;
  person: number;
  credit: number;
  gross: number;
  refunds: number;
}
interface Spend {
  channel: string;
  campaign: string;
  spend: number;
}
interface Row {
  channel: string;
  campaign_id: string;
  is_suppressed: boolean;
  folded_rows: string;
  conversions: string;
  revenue_net: string;
  spend: string;
}

const K = 20;
let warehouse: Warehouse;
beforeAll(async () => {
  warehouse = await Warehouse.open(':memory:', { threads: 1 });
  await warehouse.run('create schema finance');
  await warehouse.run('create schema rules');
  await warehouse.run(`create table rules.campaign as select 'a0' as campaign_id, 'Spring' as name`);
});
afterAll(() => warehouse.close());

async function sharedOf(facts: readonly Fact[], spend: readonly Spend[] = [], k = K): Promise<Row[]> {
  const values = (rows: readonly string[], none: string): string => (rows.length > 0 ? rows.join(', ') : none);
  await warehouse.run(`create or replace table finance.fact as
    select 'revenue' as fact_kind, * from (values ${values(
      facts.map(
        (f) =>
          `('${f.channel}', '${f.campaign}', ${f.person}, ${f.credit}::bigint, ${f.gross}::bigint, ${f.refunds}::bigint)`,
      ),
      `('', '', 0, 0::bigint, 0::bigint, 0::bigint)`,
    )}) as t (channel, campaign_id, person, credit, gross, refunds)`);
  await warehouse.run(`create or replace table finance.spend_fact as
    select * from (values ${values(
      spend.map((s) => `('${s.channel}', '${s.campaign}', ${s.spend}::bigint)`),
      `('', '', 0::bigint)`,
    )}) as t (channel, campaign_id, spend_minor) where channel <> ''`);
  const rows = await warehouse.rows<Row>(sqlFile('report/shared_credit'), { shared_k: k, minor_unit: 0.01 });
  return rows.sort((a, b) => (`${a.channel}/${a.campaign_id}` < `${b.channel}/${b.campaign_id}` ? -1 : 1));
}

/** `count` persons from `first` on, each with one order of 10.00 in a channel and campaign. */
const people = (channel: string, campaign: string, first: number, count: number): Fact[] =>
  Array.from({ length: count }, (_, i) => ({
    channel,
    campaign,
    person: first + i,
    credit: 1e9,
    gross: 1000,
    refunds: 0,
  }));

describe('credit for readers outside', () => {
  it('sums small channels in one row, and takes the next smallest with them while that row is small', async () => {
    const rows = await sharedOf(
      [...people('Email', 'x', 0, 5), ...people('Paid Social', 'x', 100, 25), ...people('Paid Search', 'x', 200, 30)],
      [
        { channel: 'Email', campaign: 'x', spend: 700 },
        { channel: 'Affiliates', campaign: 'y', spend: 300 },
      ],
    );
    expect(
      rows.map((row) => [row.channel, row.campaign_id, row.folded_rows, Number(row.conversions), row.spend]),
    ).toEqual([
      ['(suppressed)', '(suppressed)', '2', 30, '7.000'],
      ['Affiliates', 'y', '1', 0, '3.000'],
      ['Paid Search', 'x', '1', 30, '0.000'],
    ]);
  });

  it('sums small campaigns within their channel, so that a channel less its other campaigns names nobody', async () => {
    const rows = await sharedOf([
      ...people('Paid Social', 'a0', 0, 40),
      ...people('Paid Social', 'b', 100, 30),
      ...people('Paid Social', 'c', 200, 3),
    ]);
    expect(rows.map((row) => [row.campaign_id, row.folded_rows, row.revenue_net])).toEqual([
      ['(suppressed)', '2', '330.000'],
      ['a0', '1', '400.000'],
    ]);
  });

  it('counts a person of many orders once, and one who is credited with nothing not at all', async () => {
    const many = Array.from({ length: 60 }, (_, i) => ({ ...people('Email', 'x', i % 19, 1)[0] }));
    const nothing = people('Email', 'x', 500, 30).map((fact) => ({ ...fact, credit: 0, gross: 0 }));
    expect(
      (await sharedOf([...many, ...nothing, ...people('Direct', 'x', 900, 50)])).map((row) => row.channel),
    ).toEqual(['(suppressed)']);
  });

  it('says nothing of a run with too few persons in all', async () => {
    expect(await sharedOf(people('Email', 'x', 0, K - 1), [{ channel: 'Email', campaign: 'x', spend: 1 }])).toEqual([]);
    expect(await sharedOf(people('Email', 'x', 0, K))).toHaveLength(1);
  });

  it('adds up to the cent, and no row, nor any difference of rows, tells of fewer than k persons', async () => {
    for (let seed = 1; seed <= 25; seed++) {
      const draw = random(seed, 'shared');
      const facts: Fact[] = [];
      for (let c = 0; c < 5; c++)
        for (let g = 0; g < 4; g++)
          for (let i = draw.integer(1 + draw.integer(40)); i > 0; i--)
            facts.push({
              channel: `c${c}`,
              campaign: `${'abcd'[g]}${c}`,
              person: draw.integer(120),
              credit: 1e9 * draw.integer(2),
              gross: draw.integer(5000),
              refunds: -draw.integer(100),
            });
      const rows = await sharedOf(facts);
      const standing = facts.filter((f) => {
        const same = facts.filter((o) => o.channel === f.channel && o.campaign === f.campaign && o.person === f.person);
        const sum = (of: (o: Fact) => number): number => same.reduce((all, o) => all + of(o), 0);
        return sum((o) => o.credit) !== 0 || sum((o) => o.gross) !== 0 || sum((o) => o.refunds) !== 0;
      });
      const behind = (isIn: (f: Fact) => boolean): number => new Set(standing.filter(isIn).map((f) => f.person)).size;
      if (behind(() => true) < K) {
        expect(rows).toEqual([]);
        continue;
      }
      expect(new Set(rows.map((row) => `${row.channel}/${row.campaign_id}`)).size).toBe(rows.length);
      const cents = (list: readonly Row[]): number =>
        list.reduce((sum, row) => sum + Math.round(Number(row.revenue_net) * 100), 0);
      const wanted = (isIn: (f: Fact) => boolean): number =>
        facts.filter(isIn).reduce((sum, f) => sum + f.gross + f.refunds, 0);
      expect(cents(rows)).toBe(wanted(() => true));
      const shown = new Set(rows.map((row) => row.channel));
      const own = new Set(rows.filter((row) => !row.is_suppressed).map((row) => `${row.channel} ${row.campaign_id}`));
      // the persons behind a row are those behind what was folded into it
      const behindRow = (row: Row): number =>
        behind((f) =>
          row.channel === '(suppressed)'
            ? !shown.has(f.channel)
            : f.channel === row.channel &&
              (row.is_suppressed ? !own.has(`${f.channel} ${f.campaign}`) : f.campaign === row.campaign_id),
        );
      for (const row of rows)
        expect([seed, row.channel, row.campaign_id, behindRow(row) >= K]).toEqual([
          seed,
          row.channel,
          row.campaign_id,
          true,
        ]);
      for (const channel of shown) {
        if (channel === '(suppressed)') continue;
        expect(cents(rows.filter((row) => row.channel === channel))).toBe(wanted((f) => f.channel === channel));
        expect(behind((f) => f.channel === channel)).toBeGreaterThanOrEqual(K);
      }
    }
  });
});
