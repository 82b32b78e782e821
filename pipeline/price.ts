import { currencyExponent, divideHalfEven, formatDecimal, parseDecimal } from '../models/numeric/money.ts';
import type { Warehouse } from './warehouse.ts';

/** Rates hold for their day and, where a day has none (weekends, holidays), up to this many days on. */
const RATE_HOLDS_DAYS = 7;
const RATE_SCALE = 10;

/**
 * What one unit of each foreign currency was worth in the reporting currency, by day: `staging.rate` (currency, from_date,
 * to_date, rate, rate_date, via), to_date exclusive. Direct rates first; the inverse of a rate, or the way over a common base,
 * where only that was given. There is no rate of 1.0 for the unknown.
 */
export async function makeRates(warehouse: Warehouse, reportingCurrency: string): Promise<void> {
  const rows = await warehouse.rows<{ rate_date: string; base: string; quote: string; rate: string }>(
    'select rate_date, base, quote, rate from staging.fx_rate where base <> quote order by rate_date, base, quote',
  );
  const byDay = new Map<string, Map<string, bigint>>();
  for (const row of rows) {
    const day = byDay.get(row.rate_date) ?? new Map<string, bigint>();
    byDay.set(row.rate_date, day);
    day.set(`${row.base}>${row.quote}`, parseDecimal(row.rate, RATE_SCALE));
  }
  const out: { currency: string; date: string; rate: bigint; via: string }[] = [];
  for (const [date, given] of byDay) {
    for (const currency of currenciesOf(given)) {
      if (currency === reportingCurrency) continue;
      const found = rateOf(given, currency, reportingCurrency);
      if (found !== undefined) out.push({ currency, date, ...found });
    }
  }
  await warehouse.run(
    'create or replace temporary table rate_found (currency varchar, rate_date date, rate decimal(18, 10), via varchar)',
  );
  for (let from = 0; from < out.length; from += 1000) {
    const values = out
      .slice(from, from + 1000)
      .map((r) => `('${r.currency}', '${r.date}', ${formatDecimal(r.rate, RATE_SCALE)}, '${r.via}')`);
    await warehouse.run(`insert into temp.rate_found values ${values.join(', ')}`);
  }
  await warehouse.run(`
    create or replace table staging.rate as
    select
        currency,
        rate_date as from_date,
        least(
            coalesce(lead(rate_date) over (partition by currency order by rate_date), date '9999-12-31'),
            rate_date + ${RATE_HOLDS_DAYS}
        ) as to_date,
        rate,
        rate_date,
        via
    from temp.rate_found`);
  await warehouse.run('drop table temp.rate_found');
}

function currenciesOf(given: ReadonlyMap<string, bigint>): string[] {
  return [...new Set([...given.keys()].flatMap((pair) => pair.split('>')))].sort();
}

function rateOf(
  given: ReadonlyMap<string, bigint>,
  from: string,
  to: string,
): { rate: bigint; via: string } | undefined {
  const one = 10n ** BigInt(RATE_SCALE);
  const leg = (a: string, b: string): bigint | undefined => {
    const direct = given.get(`${a}>${b}`);
    if (direct !== undefined) return direct;
    const inverse = given.get(`${b}>${a}`);
    return inverse === undefined || inverse <= 0n ? undefined : divideHalfEven(one * one, inverse);
  };
  if (given.has(`${from}>${to}`)) return { rate: given.get(`${from}>${to}`)!, via: 'direct' };
  const inverse = leg(from, to);
  if (inverse !== undefined) return { rate: inverse, via: 'inverse' };
  for (const middle of currenciesOf(given)) {
    const first = leg(from, middle);
    const second = leg(middle, to);
    if (first !== undefined && second !== undefined) return { rate: divideHalfEven(first * second, one), via: middle };
  }
  return undefined;
}

/**
 * Prices rows in the reporting currency: minor units, half to even, at the rate of their day.
 *
 * Reads `source` (row_key bigint, currency, amount decimal(18, 6), priced_on date); writes `target` (row_key, minor bigint, rate,
 * rate_date). A row whose rate is missing is left out, for the caller to reject.
 */
export async function priceRows(
  warehouse: Warehouse,
  source: string,
  target: string,
  reportingCurrency: string,
): Promise<void> {
  const exponent = currencyExponent(reportingCurrency);
  const unit = 10 ** exponent;
  await warehouse.run(
    `create or replace temporary table ${target} (row_key bigint, minor bigint, rate decimal(18, 10), rate_date date)`,
  );
  // exact already: nothing to divide, nothing to round
  await warehouse.run(
    `insert into ${target}
     select row_key, cast(amount * ${unit} as bigint), 1, priced_on
     from ${source}
     where currency = $reporting_currency and amount * ${unit} = cast(amount * ${unit} as bigint)`,
    { reporting_currency: reportingCurrency },
  );
  const result = await warehouse.connection.stream(
    `select source.row_key, source.amount, coalesce(rate.rate, 1) as rate, coalesce(rate.rate_date, source.priced_on) as rate_date
     from ${source} as source
     left join staging.rate as rate
        on rate.currency = source.currency and source.priced_on >= rate.from_date and source.priced_on < rate.to_date
     where (rate.rate is not null and source.currency <> $reporting_currency)
        or (source.currency = $reporting_currency and source.amount * ${unit} <> cast(source.amount * ${unit} as bigint))
     order by source.row_key`,
    { reporting_currency: reportingCurrency },
  );
  const appender = await warehouse.connection.createAppender(target.replace('temp.', ''), 'main', 'temp');
  const divisor = 10n ** BigInt(6 + RATE_SCALE - exponent);
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) break;
    const [key, amount, rate, date] = [0, 1, 2, 3].map((i) => chunk.getColumnVector(i));
    for (let i = 0; i < chunk.rowCount; i++) {
      const value = (amount.getItem(i) as { value: bigint }).value;
      const factor = rate.getItem(i) as { value: bigint; scale: number };
      const scaled = factor.value * 10n ** BigInt(RATE_SCALE - factor.scale);
      appender.appendBigInt(key.getItem(i) as bigint);
      appender.appendBigInt(divideHalfEven(value * scaled, divisor));
      appender.appendValue(factor as never);
      appender.appendValue(date.getItem(i) as never);
      appender.endRow();
    }
  }
  appender.closeSync();
}
