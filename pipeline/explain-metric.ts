import { InputError } from '../models/errors.ts';
import { buildOrder } from './build.ts';
import { METRICS, type Metric, metricOf } from './metrics.ts';
import { nearest } from './nearest.ts';
import { relationsOf } from './relations.ts';
import type { OpenResults } from './results.ts';

/** Where a number comes from: what it is, and what it is made of, down to the files that were read. */
export interface MetricExplanation {
  id: string;
  version: number;
  label: string;
  formula: string;
  unit: string;
  additivity: Metric['additive'];
  null_rule: string;
  /** sums that a ratio is made of; the metric itself where it is a sum */
  parts: { id: string; formula: string; sql: string; published_in: string }[];
  /** relations that the parts are read from, nearest first, each with its file under `sql/`; null where code makes it */
  lineage: { relation: string; file: string | null; reads: readonly string[] }[];
  /** streams of landed files at the end of the line */
  inputs: string[];
}

/**
 * Explains a metric of queries: formula, unit, parts, and the relations it is read from.
 *
 * @throws InputError `unknown_name` with the nearest metric
 */
export async function explainMetric(results: OpenResults, id: string): Promise<MetricExplanation> {
  const metric = metricOf(id);
  if (metric === undefined) {
    const known = METRICS.map((one) => one.id);
    const close = nearest(id, known);
    throw new InputError(
      'unknown_name',
      `${id} is not a metric; ${close ? `did you mean ${close}?` : `known are ${known.join(', ')}`}`,
    );
  }
  const parts = (metric.ratio ?? [metric.id]).map((part) => metricOf(part)!);
  const steps = [
    ...(await buildOrder(results.warehouse)),
    ...(await relationsOf(results.warehouse, ['finance'])),
    ...(await relationsOf(results.warehouse, ['report'])),
  ];
  const all = new Map(steps.map((step) => [step.name, step]));
  const lineage: MetricExplanation['lineage'] = [];
  const inputs = new Set<string>();
  const queue = parts.map((part) => `report.${part.from}`);
  const seen = new Set(queue);
  for (let relation = queue.shift(); relation !== undefined; relation = queue.shift()) {
    if (relation.startsWith('raw.')) {
      inputs.add(relation.slice('raw.'.length));
      continue;
    }
    // rules are the configuration and the lists beside the code
    if (relation.startsWith('rules.')) continue;
    const step = all.get(relation);
    // what code makes of its parts, such as the priced and split ones of finance
    const reads = step?.reads ?? [];
    const file = step === undefined || 'make' in step ? null : `sql/${relation.replace('.', '/')}.sql`;
    lineage.push({ relation, file, reads });
    for (const read of reads) if (!seen.has(read)) queue.push(seen.add(read) && read);
  }
  const { version, label, formula, additive, unit, nullRule } = metric;
  return {
    id: metric.id,
    version,
    label,
    formula,
    unit: unit === 'money' ? results.manifest.currency : unit,
    additivity: additive,
    null_rule: nullRule ?? 'never null',
    parts: parts.map((part) => ({ id: part.id, formula: part.formula, sql: part.sql!, published_in: part.from })),
    lineage,
    inputs: [...inputs].sort(),
  };
}
