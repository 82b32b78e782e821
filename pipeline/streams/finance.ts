import { currencyRequired, day, dayRequired, moneyRequired, type Stream, text, textRequired } from './column.ts';

/** Exchange rates, costs and finance's own books. */
export const financeStreams = {
  fx_rate: {
    key: ['rate_date', 'base', 'quote'],
    columns: {
      rate_date: dayRequired,
      base: currencyRequired,
      quote: currencyRequired,
      rate: { type: 'rate', required: true },
      source: text,
    },
  },
  cost: {
    key: ['kind', 'sku', 'shop_id', 'order_name', 'cost_date'],
    columns: {
      // cogs | fulfilment | payment_fee | other
      kind: textRequired,
      sku: text,
      shop_id: text,
      order_name: text,
      cost_date: day,
      amount: moneyRequired,
      currency: currencyRequired,
    },
  },
  ledger_entry: {
    key: ['entry_id'],
    columns: {
      entry_id: textRequired,
      entry_date: dayRequired,
      account: textRequired,
      amount: moneyRequired,
      currency: currencyRequired,
      reference: text,
    },
  },
} as const satisfies Record<string, Stream>;
