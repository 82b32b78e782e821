import type { Results } from './results.ts';
import type { SqlParameters } from './warehouse.ts';

/** A statement that a report asked, and how DuckDB goes about it. */
export interface WatchedStatement {
  sql: string;
  parameters: SqlParameters;
  plan: string;
}

/** The same results, writing down every statement that is asked of them. */
export function watchStatements(results: Results): { results: Results; told: () => Promise<WatchedStatement[]> } {
  const asked: { sql: string; parameters: SqlParameters }[] = [];
  return {
    results: {
      ...results,
      rows(sql, parameters) {
        asked.push({ sql, parameters: parameters ?? {} });
        return results.rows(sql, parameters);
      },
    },
    async told() {
      const told: WatchedStatement[] = [];
      for (const { sql, parameters } of asked) {
        const [row] = await results.rows<{ explain_value: string }>(`explain ${sql}`, parameters);
        told.push({ sql, parameters, plan: row.explain_value });
      }
      return told;
    },
  };
}
