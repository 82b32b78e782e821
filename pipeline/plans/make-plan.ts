import { InputError } from '../../models/errors.ts';
import type { Panel } from '../../models/panel.ts';
import { readGeoPanel } from '../studies/read-panels.ts';
import { openWorkspace } from '../workspace.ts';
import { type GeoPlanResult, planGeo } from './plan-geo.ts';
import { planHistory } from './plan-history.ts';
import { type PostingPlanResult, planPosting } from './plan-posting.ts';
import type { GeoPlanRequest, PlanRequest, PostingPlanRequest } from './plan-schema.ts';
import { planUsers, type UsersPlanResult } from './plan-users.ts';

export type PlanResult = GeoPlanResult | PostingPlanResult | UsersPlanResult;

/**
 * Plans a test on what a workspace holds. The warehouse is open only while its panel is read.
 *
 * @param now  the day on which the entry of the study is written
 * @throws InputError `insufficient_data`, `bad_parameter`, `unknown_name`, `locked`
 */
export async function makePlan(
  directory: string,
  asked: PlanRequest,
  now: Date,
  progress: (text: string) => void = () => undefined,
): Promise<PlanResult> {
  const today = now.toISOString().slice(0, 10);
  if (asked.design === 'users') return planUsers(asked, today);
  progress('reading the history');
  const whole = await readHistory(directory, asked);
  const history = planHistory(whole, { from: asked.history_from, to: asked.history_to });
  progress('trying designs on past windows');
  return asked.design === 'geo' ? planGeo(history, asked, today) : planPosting(history, asked, today);
}

async function readHistory(directory: string, { outcome }: GeoPlanRequest | PostingPlanRequest): Promise<Panel> {
  const workspace = await openWorkspace(directory);
  try {
    const isBuilt = await workspace.warehouse.count(
      `select count(*) from duckdb_tables() where schema_name = 'panel' and table_name = 'geo_day'`,
    );
    if (isBuilt === 0)
      throw new InputError('insufficient_data', 'nothing was built yet; load orders and run "liftproof run" first');
    return await readGeoPanel(workspace.warehouse, outcome);
  } finally {
    workspace.close();
  }
}
