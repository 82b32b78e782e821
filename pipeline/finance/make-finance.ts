import { createRelation, sqlSettings } from '../build.ts';
import type { Config } from '../config.ts';
import { priceRows } from '../price.ts';
import { sqlFile } from '../sql-files.ts';
import type { SqlSettings, Warehouse } from '../warehouse.ts';
import { allocateParts } from './allocate-parts.ts';
import { type Calendar, type Period, periodsBetween } from './calendar.ts';
import { makeBridge } from './make-bridge.ts';

export function calendarOf(config: Config): Calendar {
  return config.finance.calendar === 'month'
    ? { kind: 'month' }
    : { kind: '4-4-5', yearStarts: config.finance.year_starts };
}

/**
 * Makes the schema `finance`: what the ROI table and the reconciliation bridge add up, from the priced ledger, the credit and the
 * costs; `report.roi`, `report.reconciliation` and `report.reconciliation_line` read it. All of it anew at each run, but for what
 * stands by conversion (`creditedFinance`): that is built with the credit.
 */
export async function makeFinance(warehouse: Warehouse, config: Config): Promise<void> {
  const settings = { ...sqlSettings(config), ...ledgerRates(config) };
  const make = (name: string): Promise<void> => makeRelation(warehouse, name, settings);
  await make('sold_line');
  await make('part');
  await make('overhead');
  await priceParts(warehouse, config.reporting.currency);
  await allocateParts(warehouse);
  await make('spend_fact');
  await makePeriods(warehouse, config);
  await make('cost_fact');
  // a few sums of columns: nothing to be gained by writing them down
  await warehouse.run(`create or replace view finance.fact as ${sqlFile('finance/fact')}`);
  await make('roi_customer_total');
  await make('roi_type');
  await make('roi_customer');
  await make('roi_cell');
  await make('roi_total');
  await make('roi_fold');
  await make('cohort');
  await makeBridge(warehouse, config, make);
}

function ledgerRates(config: Config): SqlSettings {
  return { sales_rate: config.finance.ledger.sales_rate, refund_rate: config.finance.ledger.refund_rate };
}

async function makeRelation(warehouse: Warehouse, name: string, settings: SqlSettings): Promise<void> {
  await createRelation(warehouse, { name: `finance.${name}`, sql: sqlFile(`finance/${name}`), reads: [] }, settings);
}

/** Parts of orders at the rate of their order's day, so that a period that was closed does not move; overheads at their own. */
async function priceParts(warehouse: Warehouse, currency: string): Promise<void> {
  await warehouse.run(`
    create or replace temporary table part_to_price as
    select row_number() over (order by conversion_id, component, fact) as row_key, *
    from (
      select conversion_id, component, fact, fact_date, order_date, currency, cast(amount as decimal(18, 6)) as amount, order_date as priced_on
      from finance.part
      where conversion_id in (select conversion_id from staging.revenue_event)
      union all
      select null, component, fact, fact_date, fact_date, currency, amount, fact_date
      from finance.overhead
    )`);
  await priceRows(warehouse, 'temp.part_to_price', 'part_priced', currency);
  const priced = (where: string): string => `
    select part.conversion_id, part.component, part.fact, part.order_date, part.fact_date, priced.minor
    from temp.part_to_price as part
    inner join temp.part_priced as priced on priced.row_key = part.row_key
    where ${where}`;
  await warehouse.run(`create or replace table finance.priced_part as ${priced('part.conversion_id is not null')}`);
  await warehouse.run(
    `create or replace table finance.priced_overhead as select * exclude (conversion_id, order_date) from (${priced('part.conversion_id is null')})`,
  );
  await warehouse.run(`
    create or replace table finance.unpriced_part as
    select conversion_id, component, fact, currency, priced_on
    from temp.part_to_price
    where row_key not in (select row_key from temp.part_priced)`);
  await warehouse.run('drop table temp.part_to_price');
  await warehouse.run('drop table temp.part_priced');
}

/** Every period that anything of finance falls into. */
async function makePeriods(warehouse: Warehouse, config: Config): Promise<void> {
  const [range] = await warehouse.rows<{ first: string | null; last: string | null }>(`
    select min(day) as first, max(day) as last
    from (
      select unnest([min(conversion_date), max(conversion_date), min(event_date), max(event_date)]) as day from staging.revenue_event
      union all select unnest([min(fact_date), max(fact_date)]) from finance.priced_part
      union all select unnest([min(fact_date), max(fact_date)]) from finance.priced_overhead
      union all select unnest([min(moved_date), max(moved_date)]) from finance.sold_line
      union all select unnest([min(spend_date), max(spend_date)]) from staging.spend_event
      union all select unnest([min(metric_date), max(metric_date)]) from staging.metric_daily
      union all select unnest([min(entry_date), max(entry_date)]) from staging.ledger_entry
    )
    where day between date '1900-01-01' and date '2999-12-31'`);
  const periods: Period[] =
    range.first === null || range.last === null ? [] : periodsBetween(calendarOf(config), range.first, range.last);
  await warehouse.run(
    'create or replace table finance.period (period varchar, period_start date, period_end date, calendar varchar)',
  );
  await warehouse.run('create or replace table finance.period_day (day date, period varchar)');
  if (periods.length === 0) return;
  const values = periods.map(({ id, start, end }) => `('${id}', '${start}', '${end}', '${config.finance.calendar}')`);
  await warehouse.run(`insert into finance.period values ${values.join(', ')}`);
  // a fact finds its period by its day: an equal day costs a fifth of a day between two
  await warehouse.run(`
    insert into finance.period_day
    select cast(unnest(generate_series(period_start, period_end, interval 1 day)) as date) as day, period from finance.period`);
}
