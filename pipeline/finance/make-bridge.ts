import { currencyExponent } from '../../models/numeric/money.ts';
import type { Config } from '../config.ts';
import { priceRows } from '../price.ts';
import { quoteText, type Warehouse } from '../warehouse.ts';
import { KNOWN_ACCOUNTS } from './finance-config.ts';
import { makeSpendBridge } from './make-spend-bridge.ts';

/**
 * Makes the facts of the bridge from the books of finance to what was attributed: `finance.bridge_fact`. An order's entries are
 * compared with what its own money events make of them, at the rate that the books use.
 *
 * @param make  makes the relation `sql/finance/<name>.sql`
 */
export async function makeBridge(
  warehouse: Warehouse,
  config: Config,
  make: (name: string) => Promise<void>,
): Promise<void> {
  if (await isIdle(warehouse)) return;
  const currency = config.reporting.currency;
  await nameAccounts(warehouse, config);
  await priceEntries(warehouse, currency);
  await make('ledger_line');
  await make('booked_line');
  await make('booked_event');
  await priceEvents(warehouse, currency);
  await make('expected_event');
  await makeSpendBridge(warehouse, config);
  await make('bridge_fact');
}

/** No books, and none before: the empty relations stand. */
async function isIdle(warehouse: Warehouse): Promise<boolean> {
  if ((await warehouse.count('select count(*) from staging.ledger_entry')) > 0) return false;
  const made = await warehouse.count(
    `select count(*) from duckdb_tables() where schema_name = 'finance' and table_name = 'bridge_fact'`,
  );
  return made > 0 && (await warehouse.count('select count(*) from finance.bridge_fact')) === 0;
}

async function nameAccounts(warehouse: Warehouse, config: Config): Promise<void> {
  const own = Object.entries(config.finance.ledger.accounts).map(([name, kind]) => [name.trim().toLowerCase(), kind]);
  const accounts = { ...KNOWN_ACCOUNTS, ...Object.fromEntries(own) };
  const values = Object.entries(accounts).map(([name, kind]) => `('${quoteText(name)}', '${kind}')`);
  await warehouse.run(
    `create or replace table finance.ledger_account as select * from (values ${values.join(', ')}) as named (account, class)`,
  );
}

async function priceEntries(warehouse: Warehouse, currency: string): Promise<void> {
  await warehouse.run(`
    create or replace temporary table entry_to_price as
    select row_number() over (order by entry_id) as row_key, entry_id, currency, amount, entry_date as priced_on
    from staging.ledger_entry`);
  await priceRows(warehouse, 'temp.entry_to_price', 'entry_priced', currency);
  await warehouse.run(`
    create or replace table finance.ledger_priced as
    select entry.entry_id, priced.minor
    from temp.entry_to_price as entry
    inner join temp.entry_priced as priced on priced.row_key = entry.row_key`);
  await warehouse.run('drop table temp.entry_to_price');
  await warehouse.run('drop table temp.entry_priced');
}

/** Parts of booked events at two rates: that of the books, and that of the order; the order's where the books' day has none. */
async function priceEvents(warehouse: Warehouse, currency: string): Promise<void> {
  const net = `case
      when not booked.is_native then 0
      when booked.class = 'revenue' then ledger.amount - ledger.tax - coalesce(booked.shipping_amount, ledger.shipping_net) - ledger.tip - ledger.gift_card
      when booked.class = 'refund_net' then ledger.amount - ledger.tax - ledger.shipping_net - ledger.tip - ledger.gift_card
      else ledger.amount
    end`;
  await warehouse.run(`
    create or replace temporary table event_to_price as
    with parts as (
      select booked.conversion_id, booked.money_event_id, booked.conversion_date, booked.rate_date, ledger.currency,
        unnest(['amount', 'tax', 'shipping', 'other', 'net', 'booked', 'split']) as part,
        unnest([ledger.amount, ledger.tax, ledger.shipping_net, ledger.tip + ledger.gift_card,
          ${await wholeUnits(warehouse, net)}, case when booked.is_native then booked.booked_amount else 0 end,
          coalesce(booked.shipping_amount - ledger.shipping_net, 0)]) as amount
      from finance.booked_event as booked
      inner join staging.ledger_part as ledger
        on ledger.conversion_id = booked.conversion_id
        and ledger.money_event_id = booked.money_event_id
    ),
    rated as (
      select * exclude (rate_date), 'order' as rate_of, conversion_date as priced_on from parts where amount <> 0
      union all
      select * exclude (rate_date), 'books' as rate_of, rate_date as priced_on from parts where amount <> 0
    )
    select row_number() over (order by conversion_id, money_event_id, part, rate_of) as row_key, conversion_id, money_event_id, part, rate_of, currency,
      cast(amount as decimal(18, 6)) as amount, priced_on
    from rated`);
  await priceRows(warehouse, 'temp.event_to_price', 'event_priced', currency);
  await warehouse.run(`
    create or replace table finance.event_price as
    select event.conversion_id, event.money_event_id, event.part, event.rate_of,
      coalesce(priced.minor, max(priced.minor) over (partition by event.conversion_id, event.money_event_id, event.part)) as minor
    from temp.event_to_price as event
    left join temp.event_priced as priced on priced.row_key = event.row_key`);
  await warehouse.run('drop table temp.event_to_price');
  await warehouse.run('drop table temp.event_priced');
}

/** An amount as the books of its currency can state it: whole minor units. */
async function wholeUnits(warehouse: Warehouse, amount: string): Promise<string> {
  const rows = await warehouse.rows<{ currency: string }>(
    'select distinct currency from finance.booked_event where is_native order by currency',
  );
  const scales = rows.map(
    ({ currency }) =>
      `when '${quoteText(currency)}' then cast(cast(${amount} as decimal(18, ${currencyExponent(currency)})) as decimal(18, 6))`,
  );
  return scales.length === 0 ? '0' : `case ledger.currency ${scales.join(' ')} else 0 end`;
}
