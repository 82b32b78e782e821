import { InputError } from '../models/errors.ts';
import { currencyExponent, divideHalfEven, formatDecimal, parseDecimal } from '../models/numeric/money.ts';
import { attachStudies, type StudyRow } from './finance/attach-studies.ts';
import { ROI_COLUMNS, roiTableColumns } from './finance/roi-columns.ts';
import { customerTypesOf, lineId, type RoiLine } from './finance/roi-line.ts';
import { withRounding } from './finance/round-roi.ts';
import type { Manifest } from './publish.ts';
import type { Results } from './results.ts';
import { publishedCell, type Table } from './table.ts';

export interface RoiOptions {
  /** `2026-07`, or `2026-P07` */
  period: string;
  basis?: 'order_date' | 'event_date';
  /** as the control store has it; `open` and 0 without one */
  state?: string;
  version?: number;
  /** lines of the version before, by line id, for what was restated */
  prior?: ReadonlyMap<string, { revenue_net: string | null; reason: string | null }>;
  /** rows about earlier, locked periods that this one takes up */
  adjustments?: readonly RoiLine[];
}

/** A row of `roi.parquet`; runs of before rows were split by customer have no `customer_type`. */
type Published = Record<string, string | null>;

const RATIO_SCALE = 4;
const CUSTOMER_TYPES = ['all', 'new', 'returning', 'unknown'];
const ORDER = ['channel', 'baseline', 'unattributed', 'suppressed', 'prior_period_adjustment', 'rounding', 'total'];

/**
 * The ROI table of one period from a published run: parts add up to the total to the minor unit, ratios are made from unrounded
 * parts, half to even, and are empty where they would divide by nothing.
 *
 * @throws InputError `not_found` when the run has nothing of that period, `not_published` when the run is older than finance
 */
export async function roiTable(results: Results, options: RoiOptions): Promise<{ lines: RoiLine[]; table: Table }> {
  const { manifest } = results;
  const basis = options.basis ?? 'order_date';
  if (!manifest.files.some((file) => file.name === 'roi.parquet'))
    throw new InputError('not_published', `${manifest.run} has no ROI table; run "liftproof run" again`);
  const rows = await results.rows<Published>('select * from roi where period = $period and basis = $basis', {
    period: options.period,
    basis,
  });
  if (rows.length === 0) throw new InputError('not_found', await unknownPeriod(results, options.period));
  const made = rows.map((row) => lineOf(row, manifest, basis, options));
  const told = customerTypesOf(made);
  // a split that this period does not have cannot take anything up
  const adjustments = (options.adjustments ?? []).filter((line) => told.has(line.customer_type));
  const lines = withRounding([...made, ...adjustments], manifest);
  attachStudies(lines, await studiesOf(results), currencyExponent(manifest.currency));
  lines.sort(byKeys);
  // each cell at the digits of its column, whoever made it
  for (const column of roiTableColumns(manifest.currency, manifest.currency_exponent))
    for (const line of lines) line[column.id] = publishedCell(line[column.id] ?? null, column);
  return { lines, table: roiAsTable(lines, manifest, options.period) };
}

/** Lines as a table, in the order of `ROI_COLUMNS`. */
export function roiAsTable(lines: readonly RoiLine[], manifest: Manifest, period: string): Table {
  const columns = roiTableColumns(manifest.currency, manifest.currency_exponent);
  return {
    columns,
    rows: lines.map((line) => columns.map((column) => line[column.id] ?? null)),
    totals: null,
    totalRows: lines.length,
    truncated: false,
    meta: {
      run: manifest.run,
      run_hash: manifest.run_hash,
      currency: manifest.currency,
      time_zone: manifest.time_zone,
      period,
    },
  };
}

/** Periods that a run has, in order. */
export async function publishedPeriods(results: Results): Promise<{ period: string; start: string; end: string }[]> {
  if (!results.manifest.files.some((file) => file.name === 'roi.parquet')) return [];
  return results.rows(
    'select distinct period, period_start as "start", period_end as "end" from roi order by period_start',
  );
}

async function unknownPeriod(results: Results, period: string): Promise<string> {
  const known = (await publishedPeriods(results)).map((one) => one.period);
  return `${results.manifest.run} has nothing of ${period}; ${known.length === 0 ? 'it has no period at all' : `it has ${known.join(', ')}`}`;
}

async function studiesOf(results: Results): Promise<StudyRow[]> {
  if (!results.manifest.files.some((file) => file.name === 'lift_study.parquet')) return [];
  return results.rows<StudyRow>(
    `select study_id, claim, driver, unit, start_date, end_date, value, value_lo, value_hi, level, p_positive, grade, spend, iroas, iroas_lo, iroas_hi,
        incrementality_factor, gates_passed, gates_run
     from lift_study where value is not null and driver is not null and is_registered order by study_id`,
  );
}

function lineOf(row: Published, manifest: Manifest, basis: string, options: RoiOptions): RoiLine {
  const exponent = manifest.currency_exponent;
  const money = (id: string): bigint => parseDecimal(row[id] ?? '0', exponent);
  const text = (value: bigint | null): string | null => (value === null ? null : formatDecimal(value, exponent));
  const revenue = money('revenue_net');
  const profit = row.cogs === null ? null : revenue - money('cogs') - money('fulfilment') - money('payment_fees');
  const customerType = row.customer_type ?? 'all';
  // what was spent cannot be told apart by customer
  const spend = customerType === 'all' ? money('spend_media') + money('spend_fees') + money('spend_other') : null;
  const isTotal = row.row_type === 'total';
  const customers = creditOf(row.new_customers);
  // of the total, what was spent on paid channels for the new customers credited to them
  const bought =
    isTotal && row.paid_new_customers !== undefined
      ? { spend: money('spend_media'), customers: creditOf(row.paid_new_customers) }
      : { spend, customers };
  const cac = { over: bought.spend ?? 0n, under: bought.spend ? (bought.customers ?? 0n) : 0n };
  // runs of before there were four of them have the one of 90 days
  const ltv = (days: string): string | null =>
    (row[`ltv_revenue_${days}`] ?? null) === null
      ? null
      : text(quotient(BigInt(row[`ltv_revenue_${days}`]!), customers ?? 0n, 0));
  const line: RoiLine = {
    ...Object.fromEntries(ROI_COLUMNS.map((column) => [column.id, null])),
    workspace: manifest.workspace,
    period: row.period,
    period_start: row.period_start,
    period_end: row.period_end,
    period_state: options.state ?? 'open',
    calendar: row.calendar,
    entity: manifest.workspace,
    channel: row.channel,
    platform: row.platform,
    campaign_id: row.campaign_id,
    campaign_name: row.campaign_name,
    customer_type: customerType,
    row_type: row.row_type,
    model_id: manifest.finance?.model ?? manifest.default_model,
    model_version: manifest.version,
    window: `${manifest.windows.click_days}d click, ${manifest.windows.view_days}d view, ${manifest.windows.engagement_days}d engagement`,
    basis,
    refund_basis: basis === 'order_date' ? 'order_date' : 'refund_date',
    revenue_definition: 'goods less discounts and refunds; tax, shipping, tips and gift cards excluded',
    currency: manifest.currency,
    run_id: manifest.run,
    version: String(options.version ?? 0),
    gross_sales: row.gross_sales,
    discounts: row.discounts,
    refunds: row.refunds,
    tax: row.tax,
    shipping: row.shipping,
    revenue_net: row.revenue_net,
    cogs: row.cogs,
    fulfilment: row.fulfilment,
    payment_fees: row.payment_fees,
    gross_profit: text(profit),
    spend_media: row.spend_media,
    spend_fees: row.spend_fees,
    spend_other: row.spend_other,
    spend_total: text(spend),
    contribution_after_spend: text(profit === null || spend === null ? null : profit - spend),
    orig_currency: row.orig_currency,
    orig_amount: row.orig_amount,
    fx_rate:
      row.orig_currency === null ? null : (row.fx_rate ?? averageRate(money('spend_media'), row.orig_amount, exponent)),
    fx_date: row.fx_date,
    // runs of before the rates told their source have none
    fx_source: row.orig_currency === null ? null : (row.fx_source ?? 'fx_rate'),
    orders: row.orders,
    units: row.units,
    new_customers: row.new_customers,
    returning_customers: row.returning_customers,
    engagements: row.engagements,
    clicks: row.clicks,
    impressions: row.impressions,
    roas: ratio(revenue, spend),
    nroas: row.new_revenue_net === null ? null : ratio(money('new_revenue_net'), spend),
    mer: isTotal ? ratio(revenue, spend) : null,
    poas: profit === null ? null : ratio(profit, spend),
    // minor units of money over billionths of customers
    ncac: ratio(cac.over * 10n ** 9n, cac.under * 10n ** BigInt(exponent)),
    payback_days: row.payback_days,
    ltv_30: ltv('30'),
    ltv_60: ltv('60'),
    ltv_90: ltv('90'),
    ltv_365: ltv('365'),
    ltv_cac:
      ltv('90') === null
        ? null
        : ratio(BigInt(row.ltv_revenue_90!) * cac.under, (customers ?? 0n) * cac.over * 10n ** 9n),
    evidence_grade: row.row_type === 'channel' || row.row_type === 'suppressed' ? 'E' : null,
    health: healthOf(row),
    source_batch_count: String(manifest.inputs.length),
  };
  line.line_id = lineId(line);
  const prior = options.prior?.get(line.line_id);
  if (prior !== undefined) {
    line.prior_version_value = prior.revenue_net;
    line.restatement_delta = text(revenue - parseDecimal(prior.revenue_net ?? '0', exponent));
    line.restatement_reason = prior.reason;
  }
  return line;
}

function healthOf(row: Published): string {
  const notes: string[] = [];
  const isSplit = (row.customer_type ?? 'all') !== 'all';
  if (row.row_type === 'suppressed')
    notes.push(
      isSplit ? `${row.folded_rows} rows whose split is of few persons` : `${row.folded_rows} rows of few persons`,
    );
  else if (!isSplit && row.new_customers === null) notes.push('too few persons to tell new customers from others');
  if (row.cogs === null) notes.push('no cost of goods is known');
  else if (parseDecimal(row.units_without_cost ?? '0', 9) !== 0n) notes.push('some units have no cost');
  if (row.fulfilment === null) notes.push('no fulfilment cost is known');
  if (row.payment_fees === null) notes.push('no payment fee is known');
  return notes.length === 0 ? 'ok' : notes.join('; ');
}

function averageRate(minor: bigint, original: string | null, exponent: number): string | null {
  const amount = parseDecimal(original ?? '0', 6);
  return amount === 0n ? null : shown(quotient(minor * 10n ** BigInt(6 - exponent), amount, 8)!, 8, 8);
}

/** Billionths of a customer; null where it is not told. */
function creditOf(text: string | null | undefined): bigint | null {
  return text === null || text === undefined ? null : parseDecimal(text, 9);
}

function ratio(over: bigint, under: bigint | null): string | null {
  if (under === null) return null;
  const value = quotient(over, under, RATIO_SCALE);
  return value === null ? null : formatDecimal(value, RATIO_SCALE);
}

/** over / under in units of 10^-scale, half to even; null when there is nothing to divide by. */
function quotient(over: bigint, under: bigint, scale: number): bigint | null {
  if (under === 0n) return null;
  const scaled = over * 10n ** BigInt(scale);
  return under < 0n ? divideHalfEven(-scaled, -under) : divideHalfEven(scaled, under);
}

/** Of an integer of 10^-from units, `to` digits. */
function shown(value: bigint, from: number, to: number): string {
  return formatDecimal(divideHalfEven(value, 10n ** BigInt(from - to)), to);
}

function byKeys(a: RoiLine, b: RoiLine): number {
  const rank = (line: RoiLine): number => ORDER.indexOf(line.row_type ?? '');
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  for (const key of ['channel', 'platform', 'campaign_id', 'adjusts_period', 'customer_type', 'line_id']) {
    const [x, y] = [placeOf(a, key), placeOf(b, key)];
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
}

/** By which a line stands among others: its customers in the order that they are told in, the rest by name. */
function placeOf(line: RoiLine, key: string): string {
  const value = line[key] ?? '';
  return key === 'customer_type' ? String(CUSTOMER_TYPES.indexOf(value)) : value;
}
