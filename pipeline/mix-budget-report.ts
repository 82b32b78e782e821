import { InputError } from '../models/errors.ts';
import { type BudgetPlan, type BudgetRequest, type BudgetTable, planFromTable } from '../models/mix/index.ts';
import { EVIDENCE, mixRun, money, number, type Row, tableOf, text, verdict } from './mix-report-parts.ts';
import type { Report, ReportOptions } from './reports.ts';
import type { Results } from './results.ts';
import type { TableColumn } from './table.ts';

/** A budget to plan instead of the one of the configuration; money in the reporting currency. */
export type BudgetAsked = Pick<BudgetRequest, 'budget' | 'spend' | 'target' | 'channels'>;

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

function planNotes(total: Row, run: Row, results: Results): string[] {
  if (total.message !== null) return [`No plan: ${total.message}.`];
  const amount = (id: string): string =>
    `${Math.round(Number(total[id]))} (${Math.round(Number(total[`${id}_lo`]))} to ${Math.round(Number(total[`${id}_hi`]))})`;
  const unit = run.unit === 'count' ? run.outcome : results.manifest.currency;
  const isProfit = total.profit_gain !== null;
  return [
    `Over the ${total.weeks} weeks after the data the plan brings ${amount('gain')} ${unit} more than spending as now${isProfit ? `; after its cost, ${amount('profit_gain')} ${unit}` : ''}.`,
    `P(the plan is better) = ${Number(total.p_better).toFixed(2)}. The next unit of money earns ${Number(total.multiplier).toFixed(2)} in every channel between its bounds, as it must where no shift of money gains (it differs by ${Number(total.kkt_residual).toExponential(1)}; ${total.method}).`,
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

function decimal(value: number): string {
  return value.toFixed(9);
}
