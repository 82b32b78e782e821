import { describe, expect, it } from 'vitest';
import { testWorkspace } from '../../helpers.ts';
import { ingestRows, marketRows } from '../../pipeline/market.ts';
import { buildUnder } from '../plain.ts';

const K = 5;
const CONFIG = `workspace: market
reporting: { time_zone: Europe/Paris, currency: EUR }
models: { default: linear, run: [linear], replicates: 0 }
privacy: { k: ${K} }
`;

interface Fact {
  basis: string;
  period: string;
  row: string;
  type: string;
  person: string;
}

const FACTS = `
  select dated.basis, period.period, concat_ws(' | ', dated.channel, dated.platform, dated.campaign_id) as row,
      type.told_type as type, cast(dated.person as varchar) as person
  from (
      select 'order_date' as basis, order_date as day, * from finance.fact
      union all
      select 'event_date' as basis, event_date as day, * from finance.fact
  ) as dated
  inner join finance.period as period on dated.day between period.period_start and period.period_end
  inner join finance.roi_type as type
      on type.basis = dated.basis and type.period = period.period and type.customer_type = dated.customer_type`;
const SHOWN = `
  select basis, period, row_type, concat_ws(' | ', channel, platform, campaign_id) as row, customer_type as type,
      new_customers is not null as tells_new
  from report.roi`;

describe('the ROI table', () => {
  it.each([1, 2, 4])(
    'tells of no group of fewer than k persons, neither by a row nor by what the rows leave of a total: seed %i',
    async (seed) => {
      const workspace = await testWorkspace(CONFIG);
      try {
        await ingestRows(workspace, marketRows(seed, 45), 'a');
        await buildUnder(workspace, CONFIG);
        const facts = await workspace.warehouse.rows<Fact>(FACTS);
        const shown = await workspace.warehouse.rows<Record<string, string>>(SHOWN);
        const count = (of: readonly Fact[]): number => new Set(of.map((fact) => fact.person)).size;
        const small = (of: readonly Fact[]): boolean => count(of) > 0 && count(of) < K;
        const periods = new Set(shown.map((row) => `${row.basis} ${row.period}`));
        let splits = 0;
        for (const period of periods) {
          const rows = shown.filter((row) => `${row.basis} ${row.period}` === period);
          const own = facts.filter((fact) => `${fact.basis} ${fact.period}` === period);
          // too few for any table in all
          if (small(own)) continue;
          for (const type of new Set(rows.map((row) => row.type))) {
            const ofType = own.filter((fact) => type === 'all' || fact.type === type);
            const told = new Set(
              rows
                .filter((row) => row.type === type && row.row_type !== 'suppressed' && row.row_type !== 'total')
                .map((row) => row.row),
            );
            for (const row of told) {
              const cell = ofType.filter((fact) => fact.row === row);
              // baseline and unattributed always stand: the bridge names them
              const isNamed = type === 'all' && /^(Direct|\(unattributed\))/.test(row);
              expect([period, type, row, !isNamed && small(cell)]).toEqual([period, type, row, false]);
            }
            const rest = ofType.filter((fact) => !told.has(fact.row));
            if (told.size > 0) expect([period, type, small(rest)]).toEqual([period, type, false]);
            if (type !== 'all') splits++;
          }
          // who is new is told of a row only where its split is, or where all of it is of one type
          for (const row of rows.filter(
            (one) => one.type === 'all' && one.row_type === 'channel' && one.tells_new === 'true',
          ))
            for (const type of ['new', 'returning', 'unknown'])
              expect(small(own.filter((fact) => fact.row === row.row && fact.type === type))).toBe(false);
        }
        expect(splits).toBeGreaterThan(0);
      } finally {
        workspace.close();
      }
    },
  );
});
