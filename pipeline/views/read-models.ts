import type { Results } from '../results.ts';
import { hasTable } from './make-table.ts';

/** A channel's credit under one model, with its interval over persons. Whole run. */
export interface ModelCredit {
  channel: string;
  model: string;
  conversions: number;
  revenue: number;
  revenueLo: number | null;
  revenueHi: number | null;
  roas: number | null;
  roasLo: number | null;
  roasHi: number | null;
  /** too few orders to trust the interval */
  isFew: boolean;
}

export interface ModelAgreement {
  channel: string;
  ratio: number | null;
  lowest: string;
  highest: string;
  words: string | null;
}

export interface ModelFacts {
  level: number;
  replicates: number;
}

export async function readModelCredit(results: Results): Promise<ModelCredit[]> {
  if (!hasTable(results, 'model_credit')) return [];
  const rows = await results.rows<Record<string, string | boolean | null>>(
    `select channel, model, conversions, revenue, revenue_lo, revenue_hi, roas, roas_lo, roas_hi, few_conversions
     from model_credit order by max(revenue) over (partition by channel) desc, channel, position`,
  );
  return rows.map((row) => ({
    channel: String(row.channel),
    model: String(row.model),
    conversions: Number(row.conversions),
    revenue: Number(row.revenue),
    revenueLo: numberOrNull(row.revenue_lo),
    revenueHi: numberOrNull(row.revenue_hi),
    roas: numberOrNull(row.roas),
    roasLo: numberOrNull(row.roas_lo),
    roasHi: numberOrNull(row.roas_hi),
    isFew: row.few_conversions === true || row.few_conversions === 'true',
  }));
}

export async function readModelAgreement(results: Results): Promise<ModelAgreement[]> {
  if (!hasTable(results, 'model_agreement')) return [];
  const rows = await results.rows<Record<string, string | null>>(
    'select channel, ratio, lowest_model, highest_model, words from model_agreement order by revenue_highest desc, channel',
  );
  return rows.map((row) => ({
    channel: row.channel!,
    ratio: numberOrNull(row.ratio),
    lowest: row.lowest_model!,
    highest: row.highest_model!,
    words: row.words,
  }));
}

export async function readModelFacts(results: Results): Promise<ModelFacts | undefined> {
  if (!hasTable(results, 'model_run')) return undefined;
  const [row] = await results.rows<{ level: string; replicates: string }>(
    'select level, replicates from model_run order by position limit 1',
  );
  return row === undefined ? undefined : { level: Number(row.level), replicates: Number(row.replicates) };
}

export function numberOrNull(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value);
}
