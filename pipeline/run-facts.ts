import { RULE_MODELS } from './config.ts';
import type { Manifest } from './publish.ts';
import type { Answer } from './query.ts';
import type { Results } from './results.ts';
import type { Table } from './table.ts';

/** How refunds are dated: with their order, or on their own day. */
export const BASES = ['order_date', 'event_date'] as const;

/** Something a reader of the numbers should know. */
export interface Warning {
  code: string;
  detail: string;
}

const freshness = new WeakMap<Manifest, Promise<Record<string, string | null>>>();

/** When the newest export of each source was made, as RFC 3339; null where no export says. Read once per opened run. */
export function freshnessOf(results: Results): Promise<Record<string, string | null>> {
  let known = freshness.get(results.manifest);
  if (known === undefined) {
    known = readFreshness(results);
    // a read that failed is tried again, not remembered
    known.catch(() => freshness.delete(results.manifest));
    freshness.set(results.manifest, known);
  }
  return known;
}

async function readFreshness(results: Results): Promise<Record<string, string | null>> {
  const rows = await results.rows<{ source_id: string; last: string | null }>(
    `select source_id, strftime(max(last_exported_at) at time zone 'UTC', '%Y-%m-%dT%H:%M:%SZ') as last
     from freshness group by source_id order by source_id`,
  );
  return Object.fromEntries(rows.map((row) => [row.source_id, row.last]));
}

/** Rules of the data that were broken when the run was made, without the rows that broke them. */
export function warningsOf(manifest: Manifest): Warning[] {
  return manifest.checks
    .filter((check) => check.broken > 0)
    .map((check) => ({
      code: check.check,
      detail: `${check.broken} ${check.broken === 1 ? 'row breaks' : 'rows break'} the rule: ${check.rule}`,
    }));
}

/** Models whose credit can be asked for by query. */
export function queryableModels(manifest: Manifest): string[] {
  return manifest.models.filter((model) => (RULE_MODELS as readonly string[]).includes(model));
}

/** How many rows of a report were folded into (suppressed) because they tell of too few persons. */
export async function suppressedIn(results: Results, report: string, table: Table | Answer): Promise<number> {
  if (report === 'paths') {
    const [row] = await results.rows<{ paths: string }>(
      'select coalesce(sum(paths), 0) as paths from path where is_suppressed',
    );
    return Number(row.paths);
  }
  return 'suppressedRows' in table ? table.suppressedRows : 0;
}
