import type { VerdictWord } from '../../models/evidence.ts';
import type { Grade } from '../../models/lift/gates/types.ts';
import { answerQuestion } from '../answer.ts';
import { runQuery } from '../query.ts';
import type { Results } from '../results.ts';
import { freshnessOf } from '../run-facts.ts';

/** Days of sales and spend that a line of the portfolio sums, the last ones of the run. */
export const PORTFOLIO_DAYS = 30;

/** What one client's published run says in a line. */
export interface PortfolioFacts {
  run: string;
  madeAt: string;
  currency: string;
  word: VerdictWord;
  grade: Grade;
  sentence: string;
  /** the days that are summed; null for a run without orders */
  period: { from: string; to: string } | null;
  /** money as text; null where there is nothing */
  revenueNet: string | null;
  spend: string | null;
  /** by source; null where no export says when it was made */
  freshness: Readonly<Record<string, string | null>>;
  /** names of the checks that were broken */
  brokenChecks: readonly string[];
}

export async function readPortfolioFacts(results: Results): Promise<PortfolioFacts> {
  const { manifest } = results;
  const [answer, freshness] = await Promise.all([answerQuestion(results), freshnessOf(results)]);
  const period = lastDays(manifest.period);
  const sums =
    period === null
      ? undefined
      : await runQuery(results, { metrics: ['revenue_net', 'spend'], date_range: [period.from, period.to] });
  const sumOf = (id: string): string | null =>
    sums?.totals?.[sums.columns.findIndex((column) => column.id === id)] ?? null;
  return {
    run: manifest.run,
    madeAt: manifest.made_at,
    currency: manifest.currency,
    word: answer.word,
    grade: answer.grade,
    sentence: answer.sentence,
    period,
    revenueNet: sumOf('revenue_net'),
    spend: sumOf('spend'),
    freshness,
    brokenChecks: manifest.checks.filter(({ broken }) => broken > 0).map(({ check }) => check),
  };
}

function lastDays({ from, to }: { from: string | null; to: string | null }): PortfolioFacts['period'] {
  if (from === null || to === null) return null;
  const first = new Date(Date.parse(to) - (PORTFOLIO_DAYS - 1) * 86_400_000).toISOString().slice(0, 10);
  return { from: first > from ? first : from, to };
}
