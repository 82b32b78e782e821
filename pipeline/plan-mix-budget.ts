import { createHash } from 'node:crypto';
import { deserialize, serialize } from 'node:v8';
import { DuckDBBlobValue } from '@duckdb/node-api';
import { InputError, type InputErrorCode } from '../models/errors.ts';
import { type BudgetRequest, type FittedMix, planBudget, tabulateBudget } from '../models/mix/index.ts';
import type { MixSettings } from './config-mix.ts';
import type { Warehouse } from './warehouse.ts';
import { writeMixBudget } from './write-mix-budget.ts';

/** Errors that are about the data or the declaration of the model, and not about the machine. */
export const REFUSALS: readonly InputErrorCode[] = [
  'bad_config',
  'bad_panel',
  'bad_parameter',
  'insufficient_data',
  'not_allowed',
  'unknown_name',
];

/** Plans the budget where the fit or the request is new. A plan that cannot be made is told in its place. */
export async function planMixBudget(
  warehouse: Warehouse,
  mix: MixSettings,
  fingerprint: string,
  fresh: FittedMix | null,
  planned: string | null,
): Promise<void> {
  await warehouse.run('update result.mix_run set is_current = true');
  const budgetFingerprint = createHash('sha256')
    .update(JSON.stringify([fingerprint, mix.budget, mix.level]))
    .digest('hex');
  if (fresh === null && planned === budgetFingerprint) return;
  const fitted = fresh ?? (await storedFit(warehouse));
  const { weeks } = mix.budget;
  const write = (
    ...rest: [Parameters<typeof writeMixBudget>[3], Parameters<typeof writeMixBudget>[4], string | null]
  ) => warehouse.transaction(() => writeMixBudget(warehouse, budgetFingerprint, weeks, ...rest));
  if (!fitted.job.problem.drivers.some(({ kind, spend }) => kind === 'paid' && spend)) {
    await write(null, null, 'no paid driver, so no budget to split');
    return;
  }
  const request = budgetRequest(mix);
  try {
    const table = tabulateBudget(fitted, request);
    const present = table.channels.reduce((sum, { current }) => sum + current, 0);
    const asked =
      request.target === undefined && request.budget === undefined ? { ...request, budget: present } : request;
    await write(planBudget(fitted, asked), table, null);
  } catch (error) {
    if (!(error instanceof InputError && REFUSALS.includes(error.code))) throw error;
    await write(null, null, error.message.replaceAll('allowExtrapolation', 'allow_extrapolation'));
  }
}

function budgetRequest({ budget, level }: MixSettings): BudgetRequest {
  const { total, weeks, spend, target, channels, flighting, allow_extrapolation } = budget;
  return {
    weeks,
    level,
    spend,
    channels,
    allowExtrapolation: allow_extrapolation,
    ...(total === undefined ? {} : { budget: total }),
    ...(target === undefined ? {} : { target }),
    ...(flighting === undefined ? {} : { flighting }),
  };
}

/** Keeps what a budget needs of a fit: its problem and its draws. */
export async function storeFit(
  warehouse: Warehouse,
  fingerprint: string,
  { result, job, chains }: FittedMix,
): Promise<void> {
  const stored = {
    result: { status: result.status },
    job: { problem: job.problem },
    chains: chains.map(({ draws }) => ({ draws })),
  };
  await warehouse.run('insert into result.mix_store values ($fingerprint, $fitted)', {
    fingerprint,
    fitted: new DuckDBBlobValue(serialize(stored)),
  });
}

async function storedFit(warehouse: Warehouse): Promise<FittedMix> {
  const reader = await warehouse.connection.runAndReadAll('select fitted from result.mix_store');
  const [[blob]] = reader.getRows() as [[DuckDBBlobValue]];
  return deserialize(Buffer.from(blob.bytes)) as FittedMix;
}
