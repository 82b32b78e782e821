import { formatDecimal, parseDecimal } from '../models/numeric/money.ts';
import { runQuery } from './query.ts';
import type { Results } from './results.ts';
import { compareRuns } from './views/compare-runs.ts';

/** What is different between two runs: why, in words, and how much, by channel. */
export interface RunDifference {
  from: string;
  to: string;
  changes: { data: string[]; method: string[] };
  /** model of each run; credit of different models is not compared */
  model: string;
  /** channels whose numbers differ, and `null` for the totals */
  rows: DifferenceRow[];
}

export interface DifferenceRow {
  channel: string | null;
  metric: string;
  old: string | null;
  new: string | null;
  delta: string;
}

const METRICS = ['conversions', 'revenue_net', 'spend'];

/**
 * Compares two published runs by the default model of the newer one.
 *
 * @throws InputError `not_published` when the older run does not have that model
 */
export async function diffRuns(from: Results, to: Results): Promise<RunDifference> {
  const model = to.manifest.default_model;
  const query = { metrics: METRICS, dimensions: ['channel'], model, page: { limit: 100_000, offset: 0 } };
  const [before, after] = [await runQuery(from, query), await runQuery(to, query)];
  const { data, method } = compareRuns(from.manifest, to.manifest);
  const old = new Map(before.rows.map((row) => [row[0], row]));
  const fresh = new Map(after.rows.map((row) => [row[0], row]));
  const channels = [...new Set([...old.keys(), ...fresh.keys()])].sort();
  const scales = after.columns.map((column) => column.scale ?? 0);
  const differences = (
    channel: string | null,
    a: readonly (string | null)[] | null | undefined,
    b: readonly (string | null)[] | null | undefined,
  ): DifferenceRow[] =>
    METRICS.flatMap((metric, i) => {
      const values = [a?.[i + 1] ?? null, b?.[i + 1] ?? null];
      const scale = scales[i + 1];
      const [x, y] = values.map((value) => (value === null ? 0n : parseDecimal(value, scale)));
      if (x === y && (values[0] === null) === (values[1] === null)) return [];
      return [{ channel, metric, old: values[0], new: values[1], delta: formatDecimal(y - x, scale) }];
    });
  return {
    from: from.manifest.run,
    to: to.manifest.run,
    changes: { data, method },
    model,
    rows: [
      ...differences(null, before.totals, after.totals),
      ...channels.flatMap((channel) => differences(channel, old.get(channel), fresh.get(channel))),
    ],
  };
}
