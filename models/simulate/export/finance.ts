import { PRODUCTS } from '../basket.ts';
import { isoDay } from '../calendar.ts';
import { CHANNELS } from '../channels.ts';
import { hash32, seedOf, uniformAt } from '../hash.ts';
import type { Market, Order } from '../market.ts';
import { AD_ACCOUNTS } from './ad-rows.ts';
import { csvFile, money } from './text.ts';

/** Rates of every day: one `base` is worth `rate` `quote`. */
export function fxRatesCsv(market: Market): string {
  const { firstDay } = market.context.dials;
  return csvFile(
    ['rate_date', 'base', 'quote', 'rate', 'source'],
    Array.from(market.context.euroPerDollar, (rate, day) => [
      isoDay(firstDay + day),
      'USD',
      'EUR',
      rate.toFixed(4),
      'simulated',
    ]),
  );
}

/** Costs: goods by piece and SKU, fulfilment and payment fees by order. */
export function costsCsv(market: Market): string {
  const { firstDay } = market.context.dials;
  const rows: (string | number)[][] = PRODUCTS.map((product) => [
    'cogs',
    product.sku,
    '',
    isoDay(firstDay),
    money(product.cost),
    'EUR',
  ]);
  for (const order of market.orders) {
    if (order.basket.isCancelled) continue;
    const date = isoDay(firstDay + order.day);
    const { currency, total, source } = order.basket;
    if (source === 'web')
      rows.push(['fulfilment', '', order.name, date, order.shop === 'us' ? '8.40' : '5.10', currency]);
    rows.push(['payment_fee', '', order.name, date, money(total * 0.014 + 25), currency]);
  }
  return csvFile(['kind', 'sku', 'order_name', 'cost_date', 'amount', 'currency'], rows);
}

/** Orders that finance booked on the next day, left out, or that never went through the shop at all. */
export interface LedgerGaps {
  bookedLate: number;
  missing: number;
  wholesale: number;
}

/**
 * Finance's own books in EUR: per order goods, shipping and tax, per refund its money back, and what makes books and
 * shops differ: entries a day late, an order in 400 forgotten, a monthly wholesale invoice. Then the invoices of the ad
 * platforms.
 */
export function ledgerOf(market: Market): { rows: (string | number)[][]; gaps: LedgerGaps } {
  const { dials, euroPerDollar } = market.context;
  const seed = seedOf(dials.seed, 'ledger');
  const rows: (string | number)[][] = [];
  const gaps: LedgerGaps = { bookedLate: 0, missing: 0, wholesale: 0 };
  const book = (day: number, account: string, cents: number, reference: string): void => {
    if (Math.round(cents) === 0) return;
    rows.push([
      `GL-${String(rows.length + 1).padStart(7, '0')}`,
      isoDay(dials.firstDay + day),
      account,
      money(cents),
      'EUR',
      reference,
    ]);
  };
  const rateOf = (order: Order, day: number): number => (order.basket.currency === 'USD' ? euroPerDollar[day] : 1);
  market.orders.forEach((order, index) => {
    const { basket } = order;
    if (basket.isCancelled) return;
    const draw = uniformAt(seed, index, 0);
    if (draw < 1 / 400) {
      gaps.missing++;
      return;
    }
    const isLate = draw > 0.985 && order.day + 1 < dials.days;
    if (isLate) gaps.bookedLate++;
    const day = isLate ? order.day + 1 : order.day;
    const rate = rateOf(order, order.day);
    const shippingTax = basket.isTaxIncluded ? basket.tax - (basket.subtotal - basket.net) : 0;
    const total = Math.round(basket.total * rate);
    const shipping = Math.round((basket.shipping - shippingTax) * rate);
    const tax = Math.round(basket.tax * rate);
    book(day, 'goods', total - shipping - tax, order.name);
    book(day, 'shipping', shipping, order.name);
    book(day, 'tax', tax, order.name);
    if (basket.refund > 0) {
      book(basket.refundDay, 'refunds', -basket.refund * rateOf(order, basket.refundDay), order.name);
    }
  });
  for (let day = 29; day < dials.days; day += 30) {
    gaps.wholesale++;
    book(day, 'wholesale', 120000 + (hash32(seed, day, 1) % 200000), `INV-${isoDay(dials.firstDay + day)}`);
  }
  for (const { reference, billedOn, cents, currency } of adInvoices(market)) {
    rows.push([
      `GL-${String(rows.length + 1).padStart(7, '0')}`,
      billedOn,
      'advertising',
      money(cents),
      currency,
      reference,
    ]);
  }
  return { rows, gaps };
}

/** Every ad account bills a calendar month on the first day of the next one, in its own currency. */
function adInvoices(market: Market): { reference: string; billedOn: string; cents: number; currency: string }[] {
  const { dials, plan } = market.context;
  const invoices = new Map<string, { reference: string; billedOn: string; cents: number; currency: string }>();
  for (const row of market.spend) {
    const platform = CHANNELS[plan.items[row.item].channel].id.replace(/_ads$/, '');
    const account = AD_ACCOUNTS[platform === 'meta' && row.market === 1 ? 'meta_us' : platform];
    const month = isoDay(dials.firstDay + row.day).slice(0, 7);
    const reference = `${platform}:${account}:${month}`;
    const [year, number] = month.split('-').map(Number);
    const billedOn = new Date(Date.UTC(year, number, 1)).toISOString().slice(0, 10);
    const held = invoices.get(reference) ?? { reference, billedOn, cents: 0, currency: row.currency };
    held.cents += row.spend;
    invoices.set(reference, held);
  }
  return [...invoices.values()].sort((a, b) => (a.reference < b.reference ? -1 : 1));
}

export function ledgerCsv(market: Market): string {
  return csvFile(['entry_id', 'entry_date', 'account', 'amount', 'currency', 'reference'], ledgerOf(market).rows);
}
