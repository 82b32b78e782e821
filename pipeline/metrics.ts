/** A number that can be asked for. Ids are a contract; ratios are always recomputed from their parts, never summed. */
export interface Metric {
  id: string;
  version: number;
  label: string;
  formula: string;
  unit: 'money' | 'count' | 'credit' | 'ratio';
  additive: 'sum' | 'ratio';
  /** which published table the parts come from */
  from: 'attribution' | 'spend' | 'both';
  /** for a sum: the SQL of the part */
  sql?: string;
  /** for a ratio: numerator and denominator, each a sum metric */
  ratio?: readonly [string, string];
  /** for a ratio: parts that must not be 0. A cost of nothing is no cost per order, it is no answer */
  needs?: readonly string[];
  /** what stands where there is nothing to divide by */
  nullRule?: string;
}

const sum = (
  id: string,
  label: string,
  unit: Metric['unit'],
  from: 'attribution' | 'spend',
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
];

/** What a number can be broken down by. `spend` says whether spend knows it. */
export interface Dimension {
  id: string;
  label: string;
  attribution: string;
  /** null where spend cannot be told apart by it */
  spend: string | null;
}

export const DIMENSIONS: readonly Dimension[] = [
  { id: 'channel', label: 'Channel', attribution: 'channel', spend: 'channel' },
  {
    id: 'campaign',
    label: 'Campaign',
    attribution: 'campaign_id',
    spend: `case when campaign_id = '(untagged)' then '(none)' else campaign_id end`,
  },
  { id: 'channel_ga4', label: 'GA4 channel', attribution: 'channel_ga4', spend: null },
  {
    id: 'platform',
    label: 'Platform',
    attribution: 'platform',
    spend: `case when platform = 'meta' then '(none)' else platform end`,
  },
  { id: 'customer_type', label: 'Customer', attribution: 'customer_type', spend: null },
  { id: 'matched_by', label: 'Matched by', attribution: 'matched_by', spend: null },
  { id: 'conversion_kind', label: 'Conversion', attribution: 'conversion_kind', spend: null },
  { id: 'time:day', label: 'Day', attribution: 'report_date', spend: 'report_date' },
  {
    id: 'time:week',
    label: 'Week from',
    attribution: `cast(date_trunc('week', report_date) as date)`,
    spend: `cast(date_trunc('week', report_date) as date)`,
  },
  {
    id: 'time:month',
    label: 'Month from',
    attribution: `cast(date_trunc('month', report_date) as date)`,
    spend: `cast(date_trunc('month', report_date) as date)`,
  },
];

export function metricOf(id: string): Metric | undefined {
  return METRICS.find((metric) => metric.id === id);
}

export function dimensionOf(id: string): Dimension | undefined {
  return DIMENSIONS.find((dimension) => dimension.id === id);
}
