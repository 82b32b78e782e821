import type { BudgetPlan, BudgetTable } from '../models/mix/index.ts';
import { amount, cells, fixed, insert, makeTable, text } from './mix-cells.ts';
import type { Warehouse } from './warehouse.ts';

const TABLES = ['mix_budget', 'mix_budget_curve'];

/** Writes the plan of a budget, or why there is none, beside the fit that it rests on. */
export async function writeMixBudget(
  warehouse: Warehouse,
  budgetFingerprint: string,
  weeks: number,
  plan: BudgetPlan | null,
  table: BudgetTable | null,
  message: string | null,
): Promise<void> {
  for (const name of TABLES) await makeTable(warehouse, name);
  await warehouse.run('update result.mix_run set budget_fingerprint = $budgetFingerprint', { budgetFingerprint });
  await insert(warehouse, 'mix_budget', budgetRows(weeks, plan, message));
  await insert(warehouse, 'mix_budget_curve', table === null ? [] : curveRows(table));
}

function budgetRows(weeks: number, plan: BudgetPlan | null, message: string | null): string[] {
  const none = (n: number): string[] => Array.from({ length: n }, () => 'null');
  if (plan === null) return [cells(0, text('(total)'), weeks, ...none(24), text(message))];
  const channels = plan.channels.map((channel, i) =>
    cells(
      i,
      text(channel.name),
      weeks,
      fixed(channel.current, 3),
      fixed(channel.planned, 3),
      fixed(channel.lower, 3),
      fixed(channel.upper, 3),
      text(channel.bound),
      fixed(channel.peak_ratio, 9),
      ...amount(channel.outcome, 6),
      ...amount(channel.current_outcome, 6),
      fixed(channel.mroi, 9),
      ...none(10),
      fixed(plan.level, 6),
      'null',
    ),
  );
  const total = cells(
    plan.channels.length,
    text('(total)'),
    weeks,
    fixed(plan.current, 3),
    fixed(plan.planned, 3),
    ...none(4),
    ...amount(plan.outcome, 6),
    ...amount(plan.current_outcome, 6),
    'null',
    ...amount(plan.gain, 6),
    ...amount(plan.profit_gain ?? undefined, 6),
    fixed(plan.probability_beats_current, 9),
    fixed(plan.multiplier, 9),
    fixed(plan.kkt_residual, 12),
    text(plan.method),
    fixed(plan.level, 6),
    text(message),
  );
  return [...channels, total];
}

function curveRows({ weeks, value, channels }: BudgetTable): string[] {
  return channels.flatMap((channel, i) =>
    Array.from(channel.money, (money, node) =>
      cells(
        i,
        text(channel.name),
        node,
        weeks,
        value === null ? 'null' : short(value),
        short(channel.current),
        short(channel.ceiling),
        String(channel.isConcave),
        short(money),
        short(channel.slope[node]),
        `[${Array.from(channel.draws[node], short).join(', ')}]`,
      ),
    ),
  );
}

/** Nine digits, so that the last bits of a double are not published. */
function short(value: number): string {
  return Number(value.toPrecision(9)).toExponential();
}
