import { InputError } from '../models/errors.ts';
import { type BudgetPlan, type BudgetRequest, type BudgetTable, planFromTable } from '../models/mix/index.ts';
import type { Report, ReportOptions } from './reports.ts';
import type { Results } from './results.ts';
import type { Table, TableColumn } from './table.ts';

/** A budget to plan instead of the one of the configuration; money in the reporting currency. */
export type BudgetAsked = Pick<BudgetRequest, 'budget' | 'spend' | 'target' | 'channels'>;

type Row = Readonly<Record<string, string | null>>;

const EVIDENCE =
  'How series move together is no proof: evidence E. A registered study of grade A or B calibrates its driver and raises it to D.';

/** What each driver caused, and what that is known from. */
export async function mixReport(results: Results, { limit }: ReportOptions): Promise<Report> {
  const run = await mixRun(results);
  const rows = await results.rows<Row>('select * from mix_driver order by position');
  const unit = run.unit === 'count' ? 'count' : results.manifest.currency;
  const scale = unit === 'count' ? 1 : results.manifest.currency_exponent;
  const columns: TableColumn[] = [
    text('driver', 'Driver'),
    text('kind', 'Kind'),
    number('contribution', 'Contribution', scale, unit),
    number('contribution_lo', 'low', scale, unit),
    number('contribution_hi', 'high', scale, unit),
    number('share', 'Share', 4, 'ratio'),
    money(results, 'spend', 'Spend'),
    number('roi', 'ROI', 4, 'ratio'),
    number('roi_lo', 'low', 4, 'ratio'),
    number('roi_hi', 'high', 4, 'ratio'),
    number('mroi', 'mROI', 4, 'ratio'),
    number('p_roi_above_1', 'P(ROI > 1)', 4, 'ratio'),
    text('informed_by', 'Informed by'),
    text('grade', 'Evidence'),
  ];
  const notes = [...verdict(run)];
  if (run.status === 'ok') {
    notes.push(...(await baselineNote(results, run)), ...(await qualityNotes(results)));
    const assumed = rows.filter((row) => row.informed_by === 'prior').map((row) => row.driver);
    if (assumed.length > 0)
      notes.push(
        `Informed by the prior, so not measured: ${assumed.join(', ')}. Their intervals repeat what was assumed.`,
      );
    notes.push(EVIDENCE);
  }
  return { title: 'Mix', table: tableOf(results, run, columns, rows, limit), notes };
}

/** What a driver would have caused at other sizes of its history. */
export async function responseReport(results: Results, { limit }: ReportOptions): Promise<Report> {
  const run = await mixRun(results);
  const rows = await results.rows<Row>('select * from mix_response order by position, factor');
  const unit = run.unit === 'count' ? 'count' : results.manifest.currency;
  const scale = unit === 'count' ? 1 : results.manifest.currency_exponent;
  const columns: TableColumn[] = [
    text('driver', 'Driver'),
    number('factor', 'Times its history', 2, 'factor'),
    money(results, 'spend', 'Spend'),
    number('contribution', 'Contribution', scale, unit),
    number('contribution_lo', 'low', scale, unit),
    number('contribution_hi', 'high', scale, unit),
    number('beyond_observed', 'Beyond observed', 4, 'ratio'),
    { id: 'is_extrapolated', label: 'Extrapolated', type: 'boolean' },
  ];
  const notes = [
    ...verdict(run),
    'Extrapolated: some week would pass the highest week ever seen in its geo; there the curve is the shape of the model, not of the data.',
  ];
  return { title: 'Response curves', table: tableOf(results, run, columns, rows, limit), notes };
}

/** The budget that earns most by the model, beside what is spent now. */
export async function budgetReport(results: Results, { budget: asked, limit }: ReportOptions): Promise<Report> {
  const run = await mixRun(results);
  const unit = run.unit === 'count' ? 'count' : results.manifest.currency;
  const scale = unit === 'count' ? 1 : results.manifest.currency_exponent;
  const columns: TableColumn[] = [
    text('channel', 'Channel'),
    money(results, 'current_spend', 'Now'),
    money(results, 'proposed_spend', 'Proposed'),
    money(results, 'lower_bound', 'at least'),
    money(results, 'upper_bound', 'at most'),
    text('bound', 'Held by'),
    number('outcome', 'Outcome', scale, unit),
    number('outcome_lo', 'low', scale, unit),
    number('outcome_hi', 'high', scale, unit),
    number('current_outcome', 'Outcome now', scale, unit),
    number('mroi', 'mROI', 4, 'ratio'),
    number('peak_ratio', 'Peak', 2, 'ratio'),
  ];
  const published = await results.rows<Row>('select * from mix_budget order by position');
  const rows = asked === undefined || run.status !== 'ok' ? published : await replanned(results, run, asked, published);
  const total = rows.find((row) => row.channel === '(total)');
  return {
    title: 'Budget',
    table: tableOf(results, run, columns, rows, limit),
    notes: [...verdict(run), ...(total === undefined ? [] : planNotes(total, run, results))],
  };
}

/** What a run knows of the mix, for those who ask what can be asked; null without a mix. */
export async function mixInCatalog(results: Results) {
  if (!results.manifest.files.some(({ name }) => name === 'mix_run.parquet')) return null;
  const [run] = await results.rows<Row>('select * from mix_run');
  if (run === undefined) return null;
  const drivers = await results.rows<{ driver: string; kind: string; informed_by: string; grade: string }>(
    'select driver, kind, informed_by, grade from mix_driver order by position',
  );
  return {
    status: run.status as string,
    message: run.message,
    outcome: run.outcome as string,
    unit: run.unit as string,
    is_current: String(run.is_current) === 'true',
    from: run.first_week_date,
    to: run.last_week_date,
    drivers,
  };
}

function planNotes(total: Row, run: Row, results: Results): string[] {
  if (total.message !== null) return [`No plan: ${total.message}.`];
  const amount = (id: string): string =>
    `${Math.round(Number(total[id]))} (${Math.round(Number(total[`${id}_lo`]))} to ${Math.round(Number(total[`${id}_hi`]))})`;
  const unit = run.unit === 'count' ? run.outcome : results.manifest.currency;
  const isProfit = total.profit_gain !== null;
  return [
    `Over the ${total.weeks} weeks after the data the plan brings ${amount('gain')} ${unit} more than spending as now${isProfit ? `; after its cost, ${amount('profit_gain')} ${unit}` : ''}.`,
    `P(the plan is better) = ${Number(total.p_better).toFixed(2)}. The next unit of money earns ${Number(total.multiplier).toFixed(2)} in every channel between its bounds (KKT residual ${Number(total.kkt_residual).toExponential(1)}, ${total.method}).`,
    'Held by observed_range: 1.5 times the highest week ever seen; nothing is known beyond. Peak: highest planned week over the highest seen. Organic and negative drivers compete for no money.',
    EVIDENCE,
  ];
}

async function replanned(results: Results, run: Row, asked: BudgetAsked, published: readonly Row[]): Promise<Row[]> {
  const table = await budgetTable(results);
  if (table === null) {
    const why = published.find((row) => row.channel === '(total)')?.message ?? 'the run has no curves of channels';
    throw new InputError('not_published', `budget: ${why}`);
  }
  const present = table.channels.reduce((sum, { current }) => sum + current, 0);
  const isOpen = asked.budget === undefined && asked.target === undefined;
  const request = { spend: 'all' as const, ...asked, ...(isOpen ? { budget: present } : {}), level: Number(run.level) };
  try {
    return planRows(planFromTable(table, request), table.weeks);
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause;
    const message = cause.message.replace('set allowExtrapolation', 'set mix.budget.allow_extrapolation and run again');
    throw new InputError(cause.code, message, { cause, details: cause.details });
  }
}

function planRows(plan: BudgetPlan, weeks: number): Row[] {
  const three = (id: string, quantity: { mean: number; lo: number; hi: number }): Row => ({
    [id]: decimal(quantity.mean),
    [`${id}_lo`]: decimal(quantity.lo),
    [`${id}_hi`]: decimal(quantity.hi),
  });
  const rows = plan.channels.map(
    (channel): Row => ({
      channel: channel.name,
      current_spend: decimal(channel.current),
      proposed_spend: decimal(channel.planned),
      lower_bound: decimal(channel.lower),
      upper_bound: decimal(channel.upper),
      bound: channel.bound,
      ...three('outcome', channel.outcome),
      current_outcome: decimal(channel.current_outcome.mean),
      mroi: decimal(channel.mroi),
      peak_ratio: decimal(channel.peak_ratio),
    }),
  );
  return [
    ...rows,
    {
      channel: '(total)',
      weeks: String(weeks),
      current_spend: decimal(plan.current),
      proposed_spend: decimal(plan.planned),
      ...three('outcome', plan.outcome),
      current_outcome: decimal(plan.current_outcome.mean),
      ...three('gain', plan.gain),
      ...(plan.profit_gain === null ? { profit_gain: null } : three('profit_gain', plan.profit_gain)),
      p_better: decimal(plan.probability_beats_current),
      multiplier: decimal(plan.multiplier),
      kkt_residual: plan.kkt_residual.toFixed(12),
      method: plan.method,
      message: null,
    },
  ];
}

/** The curves that the run published, or null when it has none. */
async function budgetTable(results: Results): Promise<BudgetTable | null> {
  const rows = await results.rows<{
    channel: string;
    weeks: number;
    value_per_outcome: number | null;
    current_spend: number;
    ceiling: number;
    is_concave: boolean;
    spend: number;
    slope: number;
    draws: number[];
  }>('select * from mix_budget_curve order by position, node');
  if (rows.length === 0) return null;
  const names = [...new Set(rows.map(({ channel }) => channel))];
  return {
    weeks: rows[0].weeks,
    value: rows[0].value_per_outcome,
    channels: names.map((name) => {
      const nodes = rows.filter(({ channel }) => channel === name);
      return {
        name,
        current: nodes[0].current_spend,
        ceiling: nodes[0].ceiling,
        isConcave: nodes[0].is_concave,
        money: Float64Array.from(nodes, ({ spend }) => spend),
        slope: Float64Array.from(nodes, ({ slope }) => slope),
        draws: nodes.map(({ draws }) => Float64Array.from(draws)),
      };
    }),
  };
}

async function mixRun(results: Results): Promise<Row> {
  const has = results.manifest.files.some(({ name }) => name === 'mix_run.parquet');
  const [run] = has ? await results.rows<Row>('select * from mix_run') : [];
  if (run === undefined)
    throw new InputError(
      'not_published',
      'the run has no mix model; add "mix: {}" to liftproof.yaml and run "liftproof run"',
    );
  return run;
}

/** Why there is nothing to see, or that it is old. */
function verdict(run: Row): string[] {
  if (run.status !== 'ok') return [`${run.status === 'refused' ? 'Not fitted' : 'Not converged'}: ${run.message}`];
  return String(run.is_current) === 'false'
    ? ['The fit is of earlier data: it was left standing by --only. "liftproof run" makes it anew.']
    : [];
}

async function baselineNote(results: Results, run: Row): Promise<string[]> {
  const [row] = await results.rows<{ amount: string }>(
    `select sum(amount) as amount from mix_decomposition where part = 'baseline'`,
  );
  const what = run.unit === 'count' ? run.outcome : `${results.manifest.currency} (${run.outcome})`;
  return [
    `Without any driver: ${Math.round(Number(row.amount))} of ${Math.round(Number(run.observed))} ${what}, ${run.first_week_date} to ${run.last_week_date}, ${run.weeks} weeks${Number(run.geos) > 1 ? `, ${run.geos} geos` : ''}. Low and high: ${Math.round(100 * Number(run.level))} % intervals.`,
  ];
}

async function qualityNotes(results: Results): Promise<string[]> {
  const rows = await results.rows<Row>('select * from mix_diagnostic order by position');
  const value = (code: string): number | null => {
    const row = rows.find((one) => one.code === code);
    return row?.value === undefined || row.value === null ? null : Number(row.value);
  };
  const r2 = value('holdout_r2');
  const failed = rows.filter((row) => String(row.is_passed) === 'false').map((row) => row.message as string);
  return [
    ...(r2 === null
      ? []
      : [
          `Weeks that a second fit did not see: R2 ${r2.toFixed(2)}, wMAPE ${(value('holdout_wmape') as number).toFixed(2)}.`,
        ]),
    ...rows.filter((row) => row.phase === 'data').map((row) => `Data: ${row.message}.`),
    ...failed.map((message) => `Worth a look: ${message}.`),
  ];
}

function tableOf(
  results: Results,
  run: Row,
  columns: readonly TableColumn[],
  rows: readonly Row[],
  limit = rows.length,
): Table {
  const { run: name, run_hash, currency, time_zone } = results.manifest;
  return {
    columns,
    rows: rows
      .slice(0, limit)
      .map((row) => columns.map(({ id }) => (row[id] === null || row[id] === undefined ? null : String(row[id])))),
    totals: null,
    totalRows: rows.length,
    truncated: rows.length > limit,
    meta: {
      run: name,
      run_hash,
      currency,
      time_zone,
      period: [run.first_week_date, run.last_week_date],
      model: 'mix',
      status: run.status,
      outcome: run.outcome,
      level: run.level,
    },
  };
}

function decimal(value: number): string {
  return value.toFixed(9);
}

function text(id: string, label: string): TableColumn {
  return { id, label, type: 'text' };
}

function number(id: string, label: string, scale: number, unit: string): TableColumn {
  return { id, label, type: 'decimal', scale, unit };
}

function money(results: Results, id: string, label: string): TableColumn {
  return number(id, label, results.manifest.currency_exponent, results.manifest.currency);
}
