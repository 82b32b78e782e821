import type { TableColumn } from '../table.ts';

export interface RoiColumn {
  id: string;
  group: 'keys' | 'basis' | 'money' | 'currency' | 'counts' | 'ratios' | 'evidence' | 'trace';
  kind: 'text' | 'day' | 'money' | 'amount' | 'rate' | 'ratio' | 'credit' | 'count' | 'share';
  label: string;
  formula: string;
  /** version of the formula; a change of numbers is a new version */
  version: number;
}

const of =
  (group: RoiColumn['group']) =>
  (id: string, kind: RoiColumn['kind'], label: string, formula: string, version = 1): RoiColumn => ({
    id,
    group,
    kind,
    label,
    formula,
    version,
  });
const keys = of('keys');
const basis = of('basis');
const money = of('money');
const currency = of('currency');
const counts = of('counts');
const ratios = of('ratios');
const evidence = of('evidence');
const trace = of('trace');

/** Every column of the ROI table, in its order, with the formula that finance is told. */
export const ROI_COLUMNS: readonly RoiColumn[] = [
  keys('workspace', 'text', 'Workspace', 'name of the client'),
  keys('period', 'text', 'Period', 'month such as 2026-07, or period of a 4-4-5 year such as 2026-P07'),
  keys('period_start', 'day', 'From', 'first day of the period, in the reporting time zone'),
  keys('period_end', 'day', 'To', 'last day of the period, included'),
  keys(
    'period_state',
    'text',
    'State',
    'open, soft_closed, locked or reopened; open where no control store says otherwise',
  ),
  keys('calendar', 'text', 'Calendar', 'month or 4-4-5'),
  keys('entity', 'text', 'Entity', 'the workspace: one client is one entity'),
  keys('channel', 'text', 'Channel', 'our channel of the touch, or of the spend'),
  keys('platform', 'text', 'Platform', 'who is paid for a paid channel; elsewhere where the visit came from'),
  keys('campaign_id', 'text', 'Campaign', 'id from campaigns in liftproof.yaml; (none) without one'),
  keys('campaign_name', 'text', 'Campaign name', 'its name'),
  keys(
    'customer_type',
    'text',
    'Customer',
    'all; below it new, returning and unknown (of no known person), as far as orders go: spend is on all only. Rows of one type add up to its total; those of the types add up to all, but for costs of no order',
  ),
  keys(
    'row_type',
    'text',
    'Row',
    'channel; baseline (credited to direct visits); unattributed; suppressed (rows of fewer than k persons, summed; of a type of customer: rows whose split is); prior_period_adjustment; rounding; total',
  ),
  basis('model_id', 'text', 'Model', 'rule of credit: finance.model of liftproof.yaml'),
  basis('model_version', 'text', 'Model version', 'version of liftproof that credited'),
  basis('window', 'text', 'Window', 'days before the order in which a click / view / engagement may earn credit'),
  basis('basis', 'text', 'Basis', 'order_date: every event on the day of its order; event_date: on its own day'),
  basis('refund_basis', 'text', 'Refund basis', 'order_date or refund_date, as the basis says'),
  basis('revenue_definition', 'text', 'Revenue', 'what revenue_net is'),
  basis('currency', 'text', 'Currency', 'reporting currency of every money column'),
  basis('run_id', 'text', 'Run', 'published run that the row was made from'),
  basis(
    'version',
    'count',
    'Version',
    'number of its lock: 1 at the first; before it is locked, the number that it will have',
  ),
  basis(
    'line_id',
    'text',
    'Line',
    'first 16 hex digits of SHA-256 over the keys and the basis: the same line in every version and under every model',
  ),
  money(
    'gross_sales',
    'money',
    'Gross sales',
    'goods sold before discounts, without tax, shipping, tips and gift cards',
  ),
  money('discounts', 'money', 'Discounts', 'discounts without the tax inside them; negative'),
  money(
    'refunds',
    'money',
    'Refunds',
    'everything after the sale: refunds, chargebacks, edits, cancellations; negative',
  ),
  money('tax', 'money', 'Tax', 'tax charged less tax given back; no part of revenue'),
  money('shipping', 'money', 'Shipping', 'shipping charged less shipping given back, without tax; no part of revenue'),
  money('revenue_net', 'money', 'Net revenue', 'gross_sales + discounts + refunds'),
  money(
    'cogs',
    'money',
    'Cost of goods',
    'pieces x cost of one on the day of the order, less pieces put back on the shelf; empty when no cost of goods was ever told',
  ),
  money('fulfilment', 'money', 'Fulfilment', 'fulfilment of the orders; empty when none was ever told'),
  money('payment_fees', 'money', 'Payment fees', 'payment fees of the orders; empty when none was ever told'),
  money(
    'gross_profit',
    'money',
    'Gross profit',
    'revenue_net - cogs - fulfilment - payment_fees; what was never told counts as nothing and stands in health; empty without cogs',
  ),
  money('spend_media', 'money', 'Media spend', 'spend as the platforms report it, at the rate of its day'),
  money('spend_fees', 'money', 'Fees', 'costs of kind spend_fee'),
  money('spend_other', 'money', 'Other spend', 'costs of kind other'),
  money('spend_total', 'money', 'Spend', 'spend_media + spend_fees + spend_other'),
  money('contribution_after_spend', 'money', 'Contribution after spend', 'gross_profit - spend_total'),
  money(
    'incremental_revenue',
    'money',
    'Incremental revenue',
    'what a study measured for this campaign or channel in a window inside the period; empty without one',
  ),
  money('incremental_revenue_lo', 'money', 'low', 'lower bound of its interval'),
  money('incremental_revenue_hi', 'money', 'high', 'upper bound of its interval'),
  money(
    'incremental_profit',
    'money',
    'Incremental profit',
    'incremental_revenue x gross_profit / revenue_net - spend of the study; empty without cogs',
  ),
  money('incremental_profit_lo', 'money', 'low', 'the same from the lower bound'),
  money('incremental_profit_hi', 'money', 'high', 'the same from the upper bound'),
  currency(
    'orig_currency',
    'text',
    'Original currency',
    'currency of the spend, where it is one and not the reporting one',
  ),
  currency('orig_amount', 'amount', 'Original amount', 'media spend in that currency'),
  currency('fx_rate', 'rate', 'Rate', 'rate of the day where the row has one rate, else spend_media / orig_amount'),
  currency('fx_date', 'day', 'Rate of', 'day of the rate, where the row has one'),
  currency(
    'fx_source',
    'text',
    'Rate source',
    'who told the rates (source of the file of rates, else its id), and how they were made where the pair itself was not told',
  ),
  counts('orders', 'credit', 'Orders', 'credited orders; fractions where several touches share one'),
  counts('units', 'credit', 'Units', 'credited pieces sold less pieces put back'),
  counts(
    'new_customers',
    'credit',
    'New customers',
    'credited first orders; empty where too few persons are new, or are not',
  ),
  counts(
    'returning_customers',
    'credit',
    'Returning customers',
    "credited orders of known customers; empty as new_customers is. Orders whose buyer's type is unknown are in neither",
  ),
  counts('engagements', 'count', 'Engagements', 'reactions, comments, shares and saves on posts in the period'),
  counts('clicks', 'count', 'Clicks', 'paid clicks as the platforms report them'),
  counts('impressions', 'count', 'Impressions', 'paid impressions as the platforms report them'),
  ratios('roas', 'ratio', 'ROAS', 'revenue_net / spend_total'),
  ratios('nroas', 'ratio', 'New-customer ROAS', 'revenue_net of the row of new customers / spend_total'),
  ratios('iroas', 'ratio', 'iROAS', 'incremental revenue / spend of the study'),
  ratios('iroas_lo', 'ratio', 'low', 'lower bound'),
  ratios('iroas_hi', 'ratio', 'high', 'upper bound'),
  ratios('mer', 'ratio', 'MER', 'all revenue_net / all spend_total; on the total only'),
  ratios('poas', 'ratio', 'POAS', 'gross_profit / spend_total'),
  ratios(
    'ncac',
    'ratio',
    'Cost per new customer',
    'spend_total / new_customers; on the total spend_media / new customers credited to paid channels; empty where nothing was spent',
    2,
  ),
  ratios(
    'payback_days',
    'count',
    'Payback days',
    'days since their first order after which what new customers of the period brought, at the margin of the row, pays spend_total; empty while it does not',
  ),
  ratios(
    'ltv_30',
    'money',
    'LTV 30',
    'net revenue of new customers within 30 days of their first order / new_customers; empty until the whole period is 30 days old',
  ),
  ratios(
    'ltv_60',
    'money',
    'LTV 60',
    'net revenue of new customers within 60 days of their first order / new_customers; empty until the whole period is 60 days old',
  ),
  ratios(
    'ltv_90',
    'money',
    'LTV 90',
    'net revenue of new customers within 90 days of their first order / new_customers; empty until the whole period is 90 days old',
  ),
  ratios(
    'ltv_365',
    'money',
    'LTV 365',
    'net revenue of new customers within 365 days of their first order / new_customers; empty until the whole period is 365 days old',
  ),
  ratios('ltv_cac', 'ratio', 'LTV / CAC', 'ltv_90 / ncac', 2),
  ratios(
    'incrementality_factor',
    'ratio',
    'Incrementality factor',
    'iROAS / return that the platforms claim for the same spend',
  ),
  evidence('interval_level', 'share', 'Level', 'level of the intervals of the row'),
  evidence('interval_kind', 'text', 'Interval', 'confidence or credible; empty without an interval'),
  evidence('evidence_grade', 'text', 'Evidence', 'A randomised to E association; credit alone is E'),
  evidence('p_positive', 'share', 'P(> 0)', 'probability that the incremental effect is above zero'),
  evidence('health', 'text', 'Health', 'what to know before using the row'),
  trace('source_batch_count', 'count', 'Files', 'files that the run was made from'),
  trace('prior_version_value', 'money', 'Prior value', 'revenue_net of this line in the version before'),
  trace('restatement_delta', 'money', 'Restated by', 'revenue_net less prior_version_value'),
  trace('restatement_reason', 'text', 'Reason', 'reason codes of the restatement; see the sheet Restatements'),
  trace('adjusts_period', 'text', 'Adjusts', 'period that a prior_period_adjustment belongs to'),
];

type NumberKind = Exclude<RoiColumn['kind'], 'text' | 'day'>;

/** Digits and unit of each kind of number. */
const NUMBERS: Record<NumberKind, (currency: string, exponent: number) => { scale: number; unit: string }> = {
  money: (currency, exponent) => ({ scale: exponent, unit: currency }),
  amount: () => ({ scale: 6, unit: 'money' }),
  rate: () => ({ scale: 8, unit: 'ratio' }),
  ratio: () => ({ scale: 4, unit: 'ratio' }),
  credit: () => ({ scale: 9, unit: 'credit' }),
  count: () => ({ scale: 0, unit: 'count' }),
  share: () => ({ scale: 4, unit: 'ratio' }),
};

/** The columns as a table has them, at the exponent of its currency. */
export function roiTableColumns(currencyCode: string, exponent: number): TableColumn[] {
  return ROI_COLUMNS.map((column) => {
    const { id, label, formula, version } = column;
    if (column.kind === 'text' || column.kind === 'day') return { id, label, formula, version, type: column.kind };
    const { scale, unit } = NUMBERS[column.kind](currencyCode, exponent);
    return { id, label, formula, version, type: 'decimal', scale, unit };
  });
}
