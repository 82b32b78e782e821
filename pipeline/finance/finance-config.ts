import { z } from 'zod';

/**
 * What entries of an account of the ledger are:
 *
 * - `revenue`        goods less discounts, without tax and shipping
 * - `revenue_gross`  the same with tax and shipping inside
 * - `refund`         money given back, tax and shipping inside
 * - `refund_net`     money given back for goods only
 * - `shipping`       shipping, without tax
 * - `out_of_scope`   revenue that no shop of the workspace makes (wholesale)
 * - `spend`          invoices of ad platforms
 * - `other`          no matter of this bridge (tax, cash, ...)
 */
export const LEDGER_CLASSES = [
  'revenue',
  'revenue_gross',
  'refund',
  'refund_net',
  'shipping',
  'out_of_scope',
  'spend',
  'other',
] as const;
export type LedgerClass = (typeof LEDGER_CLASSES)[number];

/** Names that speak for themselves; `finance.ledger.accounts` adds to them and overrules them. */
export const KNOWN_ACCOUNTS: Readonly<Record<string, LedgerClass>> = {
  goods: 'revenue',
  sales: 'revenue',
  revenue: 'revenue',
  discounts: 'revenue',
  refunds: 'refund',
  shipping: 'shipping',
  tax: 'other',
  vat: 'other',
  wholesale: 'out_of_scope',
  advertising: 'spend',
};

const dayText = z.union([z.string(), z.date()]).transform((value, context) => {
  const text = value instanceof Date ? value.toISOString().slice(0, 10) : value;
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(Date.parse(text)))
    context.addIssue({ code: 'custom', message: 'a day such as 2026-02-01' });
  return text;
});

export const financeSchema = z
  .strictObject({
    /** `4-4-5`: quarters of 4, 4 and 5 weeks; years of 52 weeks, now and then 53 */
    calendar: z.enum(['month', '4-4-5']).default('month'),
    /** of a 4-4-5 calendar: first day of any of its years; later years begin on the same weekday nearest to that date */
    year_starts: dayText.default('2026-01-05'),
    /** whose credit finance reports; `models.default` when that is a rule model, else position_based */
    model: z
      .enum(['first_touch', 'last_touch', 'last_non_direct', 'linear', 'position_based', 'time_decay'])
      .optional(),
    ledger: z
      .strictObject({
        accounts: z.record(z.string(), z.enum(LEDGER_CLASSES)).default({}),
        /** rate by which the ledger books sales, and refunds, of orders in a foreign currency */
        sales_rate: z.enum(['order_date', 'entry_date']).default('order_date'),
        refund_rate: z.enum(['order_date', 'entry_date']).default('entry_date'),
      })
      .prefault({}),
  })
  .prefault({});
