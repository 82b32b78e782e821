import { InputError } from '../models/errors.ts';
import { explainMetric, type MetricExplanation } from '../pipeline/explain-metric.ts';
import { openResults } from '../pipeline/results.ts';
import type { WatchedStatement } from '../pipeline/watch-statements.ts';
import type { Workspace } from '../pipeline/workspace.ts';
import { type GlobalOptions, print, printJson } from './terminal.ts';

/** What a metric is, and what it is read from, down to the landed files. */
export async function printMetric(
  { paths }: Workspace,
  ids: readonly string[],
  run: string | undefined,
  options: GlobalOptions,
): Promise<void> {
  if (ids.length !== 1)
    throw new InputError(
      'usage',
      `report explain was given ${ids.length} metrics; give one, such as "liftproof report explain roas"`,
    );
  const results = await openResults(paths, run);
  try {
    const explanation = await explainMetric(results, ids[0]);
    if (options.json) printJson({ schema_version: 1, run: results.manifest.run, ...explanation });
    else print(metricText(explanation));
  } finally {
    results.close();
  }
}

function metricText(metric: MetricExplanation): string {
  const width = Math.max(...metric.lineage.map(({ relation }) => relation.length));
  return [
    `${metric.id} (version ${metric.version}): ${metric.label}`,
    `${metric.formula}; in ${metric.unit}; ${metric.additivity === 'sum' ? 'a sum: rows add up' : 'a ratio: made anew from its parts, never summed'}; ${metric.null_rule}`,
    ['Parts', ...metric.parts.map(({ id, sql, published_in: table }) => `  ${id} = ${sql} of ${table}.parquet`)].join(
      '\n',
    ),
    [
      'Read from, nearest first',
      ...metric.lineage.map(
        ({ relation, file, reads }) =>
          `  ${relation.padEnd(width)}  ${file ?? 'made by the pipeline'}${reads.length === 0 ? '' : `, of ${reads.join(', ')}`}`,
      ),
    ].join('\n'),
    `Landed streams: ${metric.inputs.join(', ')}`,
  ].join('\n\n');
}

/** Statements of a report with their plans, for standard error: the result stays what it is. */
export function statementsText(statements: readonly WatchedStatement[]): string {
  return statements
    .map(({ sql, parameters, plan }, i) => {
      const bound = Object.entries(parameters).map(([name, value]) => `  $${name} = ${JSON.stringify(value)}`);
      return [
        `-- statement ${i + 1} of ${statements.length}`,
        sql.trim(),
        ...(bound.length === 0 ? [] : ['-- with', ...bound]),
        plan,
      ].join('\n');
    })
    .join('\n\n');
}
