/** A number that can be asked for. Ids are a contract; ratios are always recomputed from their parts, never summed. */
export interface Metric {
  id: string;
  version: number;
  label: string;
  formula: string;
  unit: 'money' | 'count' | 'credit' | 'ratio';
  additive: 'sum' | 'ratio';
  /** which published table the parts come from */
  from: 'attribution' | 'spend' | 'margin' | 'both';
  /** for a sum: the SQL of the part */
  sql?: string;
  /** for a ratio: numerator and denominator, each a sum metric */
  ratio?: readonly [string, string];
  /** for a ratio: parts that must not be 0. A cost of nothing is no cost per order, it is no answer */
  needs?: readonly string[];
  /** for a ratio: said only above 0 of what it divides by */
  isPositive?: true;
  /** of all channels together: told by time alone */
  isBlended?: true;
  /** spend stands in it, which has no customers */
  hasSpend?: true;
  /** costs of goods stand in it: a run without them cannot tell it */
  hasCosts?: true;
  /** what stands where there is nothing to divide by */
  nullRule?: string;
}

const sum = (
  id: string,
  label: string,
  unit: Metric['unit'],
  from: 'attribution' | 'spend' | 'margin',
  sql: string,
  formula: string,
): Metric => ({
  id,
  version: 1,
  label,
  formula,
  unit,
  additive: 'sum',
  from,
  sql,
});

const ratio = (id: string, label: string, over: readonly [string, string], formula: string): Metric => ({
  id,
  version: 1,
  label,
  formula,
  unit: 'ratio',
  additive: 'ratio',
  from: 'both',
  ratio: over,
  needs: [over[1]],
  nullRule: 'null when the denominator is 0',
});

/** What was paid for one: told only where something was paid, so that unpaid channels do not look free of cost. */
const costRatio = (id: string, label: string, over: readonly [string, string], formula: string): Metric => ({
  ...ratio(id, label, over, formula),
  version: 2,
  needs: over,
  nullRule: 'null when the denominator or the spend is 0',
});

/** A part of profit, under the model that finance reports. */
const margin = (id: string, label: string, sql: string, formula: string, flags: Partial<Metric> = {}): Metric => ({
  ...sum(id, label, 'money', 'margin', sql, formula),
  ...flags,
});

const COSTS_OF_ORDERS = 'cogs + coalesce(fulfilment, 0) + coalesce(payment_fees, 0)';

export const METRICS: readonly Metric[] = [
  sum(
    'conversions',
    'Orders',
    'credit',
    'attribution',
    'sum(conversions)',
    'credited conversions; fractions of an order where several touches share it',
  ),
  sum(
    'revenue_gross',
    'Revenue, gross',
    'money',
    'attribution',
    'sum(revenue_gross)',
    'goods less discounts, before refunds; tax, shipping, tips and gift cards excluded',
  ),
  sum('refunds', 'Refunds', 'money', 'attribution', 'sum(refunds)', 'money returned, negative'),
  sum('revenue_net', 'Revenue, net', 'money', 'attribution', 'sum(revenue_net)', 'revenue_gross + refunds'),
  sum(
    'new_conversions',
    'New customers',
    'credit',
    'attribution',
    `sum(case when customer_type = 'new' then conversions else 0 end)`,
    'credited first orders',
  ),
  sum(
    'new_revenue_net',
    'Revenue of new customers',
    'money',
    'attribution',
    `sum(case when customer_type = 'new' then revenue_net else 0 end)`,
    'revenue_net of first orders',
  ),
  sum('spend', 'Spend', 'money', 'spend', 'sum(spend)', 'media spend at the rate of its day'),
  sum(
    'impressions',
    'Impressions',
    'count',
    'spend',
    'sum(impressions)',
    'paid impressions as the platforms report them',
  ),
  sum(
    'clicks',
    'Clicks',
    'count',
    'spend',
    'sum(clicks)',
    'paid link clicks, all clicks where the platform gives no others',
  ),
  ratio('roas', 'ROAS', ['revenue_net', 'spend'], 'attributed revenue_net / spend'),
  ratio('nroas', 'New-customer ROAS', ['new_revenue_net', 'spend'], 'attributed revenue_net of new customers / spend'),
  costRatio('cpa', 'Cost per order', ['spend', 'conversions'], 'spend / credited conversions'),
  costRatio('cac_blended', 'Cost per new customer', ['spend', 'new_conversions'], 'spend / credited new customers'),
  costRatio('acos', 'Spend / revenue', ['spend', 'revenue_net'], 'spend / attributed revenue_net'),
  ratio('aov', 'Revenue per order', ['revenue_net', 'conversions'], 'revenue_net / credited conversions'),
  {
    ...ratio('mer', 'MER', ['revenue_net', 'spend'], 'all revenue_net / all spend; of a channel it is roas'),
    isBlended: true,
  },
  {
    ...ratio('amer', 'New-customer MER', ['new_revenue_net', 'spend'], 'all revenue_net of new customers / all spend'),
    isBlended: true,
  },
  sum(
    'paid_new_conversions',
    'New customers of paid channels',
    'credit',
    'attribution',
    `sum(case when customer_type = 'new' and (channel like 'Paid %' or channel in ('Display', 'Cross-network')) then conversions else 0 end)`,
    'credited first orders of paid channels',
  ),
  costRatio(
    'ncac',
    'Paid cost per new customer',
    ['spend', 'paid_new_conversions'],
    'spend / new customers credited to paid channels',
  ),
  margin('revenue_net_incl_tax', 'Revenue, net, with tax', 'sum(revenue_net + tax)', 'revenue_net + tax'),
  margin(
    'revenue_net_incl_shipping',
    'Revenue, net, with shipping',
    'sum(revenue_net + shipping)',
    'revenue_net + shipping',
  ),
  margin('tax', 'Tax', 'sum(tax)', 'tax charged less tax given back'),
  margin('shipping', 'Shipping', 'sum(shipping)', 'shipping charged less shipping given back'),
  margin('cogs', 'Cost of goods', 'sum(cogs)', 'cost of pieces sold less pieces put back', { hasCosts: true }),
  margin(
    'fulfilment',
    'Fulfilment',
    'sum(coalesce(fulfilment, 0))',
    'fulfilment; what was never told counts as nothing',
    {
      hasSpend: true,
    },
  ),
  margin(
    'payment_fees',
    'Payment fees',
    'sum(coalesce(payment_fees, 0))',
    'payment fees; what was never told counts as nothing',
    {
      hasSpend: true,
    },
  ),
  margin('spend_total', 'Spend with fees', 'sum(spend_total)', 'media spend + fees + other spend', { hasSpend: true }),
  margin(
    'gross_profit',
    'Gross profit',
    `sum(revenue_net - (${COSTS_OF_ORDERS}))`,
    'revenue_net - cogs - fulfilment - payment_fees',
    { hasCosts: true, hasSpend: true },
  ),
  margin(
    'pafas',
    'Profit after ad spend',
    `sum(revenue_net - (${COSTS_OF_ORDERS}) - spend_total)`,
    'revenue_net - cogs - fulfilment - payment_fees - spend_total',
    { hasCosts: true, hasSpend: true },
  ),
  ratio('poas', 'POAS', ['gross_profit', 'spend_total'], 'gross_profit / spend_total'),
  {
    ...ratio(
      'breakeven_roas',
      'Break-even ROAS',
      ['revenue_net', 'gross_profit'],
      'revenue_net / gross_profit: 1 / contribution margin',
    ),
    isPositive: true,
    nullRule: 'null when gross_profit is not above 0',
  },
];

/** What a number can be broken down by. `spend` says whether spend knows it. */
export interface Dimension {
  id: string;
  label: string;
  attribution: string;
  /** null where spend cannot be told apart by it */
  spend: string | null;
  /** null where the parts of profit cannot */
  margin: string | null;
}

export const DIMENSIONS: readonly Dimension[] = [
  { id: 'channel', label: 'Channel', attribution: 'channel', spend: 'channel', margin: 'channel' },
  {
    id: 'campaign',
    label: 'Campaign',
    attribution: 'campaign_id',
    spend: `case when campaign_id = '(untagged)' then '(none)' else campaign_id end`,
    margin: 'campaign_id',
  },
  { id: 'channel_ga4', label: 'GA4 channel', attribution: 'channel_ga4', spend: null, margin: null },
  {
    id: 'platform',
    label: 'Platform',
    attribution: 'platform',
    spend: `case when platform = 'meta' then '(none)' else platform end`,
    margin: null,
  },
  { id: 'customer_type', label: 'Customer', attribution: 'customer_type', spend: null, margin: 'customer_type' },
  { id: 'matched_by', label: 'Matched by', attribution: 'matched_by', spend: null, margin: null },
  { id: 'conversion_kind', label: 'Conversion', attribution: 'conversion_kind', spend: null, margin: null },
  { id: 'time:day', label: 'Day', attribution: 'report_date', spend: 'report_date', margin: 'report_date' },
  {
    id: 'time:week',
    label: 'Week from',
    attribution: `cast(date_trunc('week', report_date) as date)`,
    spend: `cast(date_trunc('week', report_date) as date)`,
    margin: `cast(date_trunc('week', report_date) as date)`,
  },
  {
    id: 'time:month',
    label: 'Month from',
    attribution: `cast(date_trunc('month', report_date) as date)`,
    spend: `cast(date_trunc('month', report_date) as date)`,
    margin: `cast(date_trunc('month', report_date) as date)`,
  },
];

export function metricOf(id: string): Metric | undefined {
  return METRICS.find((metric) => metric.id === id);
}

export function dimensionOf(id: string): Dimension | undefined {
  return DIMENSIONS.find((dimension) => dimension.id === id);
}
