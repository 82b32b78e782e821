import { currencyExponent, divideHalfEven, parseDecimal } from '../../models/numeric/money.ts';
import type { Config } from '../config.ts';
import { quoteText, type Warehouse } from '../warehouse.ts';

interface SourceMonth {
  key: string;
  platform: string;
  month_end: string;
  currency: string;
  /** in its own currency, six decimals */
  spend: string;
  /** at the rate of each day, unrounded */
  rated: string;
  /** as published: every row rounded */
  minor: string;
}

interface InvoiceLine {
  key: string | null;
  entry_id: string;
  entry_date: string;
  account: string;
  currency: string;
  amount: string;
  minor: string | null;
  rate: string | null;
}

interface Fact {
  step: string;
  cause: string;
  account: string;
  subject: string;
  day: string;
  minor: bigint;
}

const RATE_SCALE = 10;

/**
 * Spend against invoices: `finance.spend_bridge_fact`. An invoice names the month that it bills as `<platform>:<account>:<YYYY-MM>`; it
 * is held against the exact sum of that month's rows, rounded once in the currency of the account.
 */
export async function makeSpendBridge(warehouse: Warehouse, config: Config): Promise<void> {
  await warehouse.run(
    'create or replace table finance.spend_bridge_fact (step varchar, cause varchar, account varchar, subject varchar, fact_date date, minor bigint)',
  );
  const invoices = await warehouse.rows<InvoiceLine>(
    `select
        case when regexp_full_match(lower(trim(line.reference)), '[^:]+:[^:]*:[0-9]{4}-[0-9]{2}') then lower(trim(line.reference)) end as key,
        line.entry_id, line.entry_date, line.account, line.currency, line.amount, line.minor,
        case when line.currency = $reporting_currency then 1 else rate.rate end as rate
     from finance.ledger_line as line
     left join staging.rate as rate
        on rate.currency = line.currency and line.entry_date >= rate.from_date and line.entry_date < rate.to_date
     where line.class = 'spend' and line.minor is not null
     order by line.entry_date, line.entry_id`,
    { reporting_currency: config.reporting.currency },
  );
  if (invoices.length === 0) return;
  const months = await warehouse.rows<SourceMonth>(
    `select
        lower(platform || ':' || coalesce(account_id, '') || ':' || strftime(spend_date, '%Y-%m')) as key,
        min(platform) as platform, max(last_day(spend_date)) as month_end, currency,
        cast(sum(spend) as decimal(28, 6)) as spend,
        cast(sum(spend * rate) as decimal(38, 16)) as rated,
        sum(spend_minor) as minor
     from staging.spend_event
     group by 1, currency
     order by 1, currency`,
  );
  const cuts = await warehouse.rows<{ key: string; platform: string; day: string; month_end: string; minor: string }>(
    `select lower(event.platform || ':' || coalesce(event.account_id, '') || ':' || strftime(event.spend_date, '%Y-%m')) as key,
        min(event.platform) as platform, event.spend_date as day, last_day(event.spend_date) as month_end, sum(event.spend_minor) as minor
     from staging.spend_event as event
     inner join finance.period as own on event.spend_date between own.period_start and own.period_end
     left join finance.period as due on last_day(event.spend_date) between due.period_start and due.period_end
     where own.period is distinct from due.period
     group by 1, event.spend_date
     order by 1, event.spend_date`,
  );
  const rateDays = await ratesOf(warehouse, months, invoices, config.reporting.currency);
  const facts = [
    ...spendFacts(invoices, months, rateDays, config.reporting.currency),
    // an invoice bills a calendar month; where periods are cut otherwise, its days go to the period that they are in
    ...cuts.flatMap((cut): Fact[] => [
      fact(
        'timing',
        'days of another period',
        cut.platform,
        `${cut.key} ${cut.day} out`,
        cut.month_end,
        -BigInt(cut.minor),
      ),
      fact('timing', 'days of another period', cut.platform, `${cut.key} ${cut.day} in`, cut.day, BigInt(cut.minor)),
    ]),
  ];
  const values = facts.map(
    (one) =>
      `(${[one.step, one.cause, one.account, one.subject].map((text) => `'${quoteText(text)}'`).join(', ')}, '${one.day}', ${one.minor})`,
  );
  for (let from = 0; from < values.length; from += 1000)
    await warehouse.run(`insert into finance.spend_bridge_fact values ${values.slice(from, from + 1000).join(', ')}`);
}

function fact(step: string, cause: string, account: string, subject: string, day: string, minor: bigint): Fact {
  return { step, cause, account, subject, day, minor };
}

/** Rate of the account's currency on the day of the invoice, by `currency day`. */
async function ratesOf(
  warehouse: Warehouse,
  months: readonly SourceMonth[],
  invoices: readonly InvoiceLine[],
  reporting: string,
): Promise<Map<string, bigint>> {
  const rates = new Map<string, bigint>();
  const days = [...new Set(invoices.map((line) => line.entry_date))];
  for (const currency of new Set(months.map((month) => month.currency))) {
    if (currency === reporting) {
      for (const day of days) rates.set(`${currency} ${day}`, 10n ** BigInt(RATE_SCALE));
      continue;
    }
    const rows = await warehouse.rows<{ day: string; rate: string }>(
      `select day.day, rate.rate
       from (select distinct entry_date as day from finance.ledger_line where class = 'spend') as day
       inner join staging.rate as rate on rate.currency = $currency and day.day >= rate.from_date and day.day < rate.to_date`,
      { currency },
    );
    for (const row of rows) rates.set(`${currency} ${row.day}`, parseDecimal(row.rate, RATE_SCALE));
  }
  return rates;
}

function spendFacts(
  invoices: readonly InvoiceLine[],
  months: readonly SourceMonth[],
  rates: ReadonlyMap<string, bigint>,
  reporting: string,
): Fact[] {
  const exponent = currencyExponent(reporting);
  const facts: Fact[] = [];
  for (const line of invoices)
    facts.push(fact('ledger', 'spend', line.account, line.entry_id, line.entry_date, BigInt(line.minor!)));
  const billed = groupedBy(
    invoices.filter((line) => line.key !== null && months.some((month) => month.key === line.key)),
    (line) => line.key!,
  );
  for (const line of invoices) {
    if (line.key !== null && billed.has(line.key)) continue;
    const cause =
      line.key === null ? 'reference is not platform:account:YYYY-MM' : 'no spend of that account and month';
    facts.push(fact('missing_in_source', cause, line.account, line.entry_id, line.entry_date, -BigInt(line.minor!)));
  }
  const sources = groupedBy(months, (month) => month.key);
  for (const [key, list] of sources) {
    const lines = billed.get(key);
    const [{ platform, month_end: due }] = list;
    const published = list.reduce((sum, month) => sum + BigInt(month.minor), 0n);
    if (lines === undefined) {
      facts.push(fact('missing_in_ledger', 'no invoice', platform, key, due, published));
      continue;
    }
    for (const line of lines) {
      if (line.entry_date.slice(0, 7) === due.slice(0, 7)) continue;
      const cause = `invoice ${line.entry_date.slice(0, 7)}, ads ${due.slice(0, 7)}`;
      facts.push(fact('timing', cause, line.account, `${line.entry_id} out`, line.entry_date, -BigInt(line.minor!)));
      facts.push(fact('timing', cause, line.account, `${line.entry_id} in`, due, BigInt(line.minor!)));
    }
    facts.push(...monthFacts(key, list, lines, rates, exponent));
  }
  return facts.filter((one) => one.minor !== 0n || one.step === 'ledger' || one.step === 'unexplained');
}

function groupedBy<Row>(rows: readonly Row[], key: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const list = groups.get(key(row));
    if (list === undefined) groups.set(key(row), [row]);
    else list.push(row);
  }
  return groups;
}

/** What lies between the invoices of a month and its rows: rates, rounding, and whatever is not right. */
function monthFacts(
  key: string,
  list: readonly SourceMonth[],
  lines: readonly InvoiceLine[],
  rates: ReadonlyMap<string, bigint>,
  exponent: number,
): Fact[] {
  const [{ platform, month_end: due }] = list;
  const booked = lines.reduce((sum, line) => sum + BigInt(line.minor!), 0n);
  const day = lines[0].entry_date;
  let expected = 0n;
  let rated = 0n;
  let published = 0n;
  for (const month of list) {
    const rate = rates.get(`${month.currency} ${day}`);
    if (rate === undefined)
      return [fact('unexplained', `no exchange rate for ${month.currency} on ${day}`, platform, key, due, 0n)];
    expected += atRate(invoiceAmount(month), rate, exponent);
    rated += divideHalfEven(parseDecimal(month.rated, 16), 10n ** BigInt(16 - exponent));
    published += BigInt(month.minor);
  }
  const facts = [
    fact('fx', 'rate of another day', platform, key, due, rated - expected),
    fact('fx', 'rounding', platform, key, due, published - rated),
  ];
  // several entries of one invoice in its own currency, each rounded when it was booked
  const [{ currency }] = list;
  const isOwn = list.length === 1 && lines.every((line) => line.currency === currency && line.entry_date === day);
  const together = isOwn
    ? atRate(
        lines.reduce((sum, line) => sum + parseDecimal(line.amount, 6), 0n),
        rates.get(`${currency} ${day}`)!,
        exponent,
      )
    : booked;
  facts.push(fact('fx', 'rounding of entries', platform, key, due, together - booked));
  if (expected !== together)
    facts.push(
      fact('unexplained', 'the invoice is not what the platform says', platform, key, due, expected - together),
    );
  return facts;
}

/** The month as an invoice states it: the exact sum, rounded once in the currency of the account; millionths. */
function invoiceAmount(month: SourceMonth): bigint {
  const scale = 6 - currencyExponent(month.currency);
  const unit = 10n ** BigInt(scale);
  return divideHalfEven(parseDecimal(month.spend, 6), unit) * unit;
}

function atRate(millionths: bigint, rate: bigint, exponent: number): bigint {
  return divideHalfEven(millionths * rate, 10n ** BigInt(6 + RATE_SCALE - exponent));
}
