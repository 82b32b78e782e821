import { FILTER_LIMITS, FILTER_OPERATORS } from './filter.ts';
import { DIMENSIONS, METRICS } from './metrics.ts';
import { MEASURED_METRICS } from './metrics-elsewhere.ts';
import { mixInCatalog } from './mix-reports.ts';
import type { Manifest } from './publish.ts';
import { QUERY_LIMITS } from './query-schema.ts';
import { partsOf } from './query-sql.ts';
import { aboutReports } from './reports.ts';
import type { Results } from './results.ts';
import { BASES, freshnessOf, queryableModels, warningsOf } from './run-facts.ts';

/** What can be asked of a run: metrics, dimensions, and what was published. */
export async function catalogOf(results: Results) {
  const { manifest } = results;
  return {
    schema_version: 1,
    run: { id: manifest.run, hash: manifest.run_hash, made_at: manifest.made_at, version: manifest.version },
    period: manifest.period,
    currency: manifest.currency,
    currency_exponent: manifest.currency_exponent,
    time_zone: manifest.time_zone,
    metrics: METRICS.map((metric) => ({
      id: metric.id,
      version: metric.version,
      label: metric.label,
      formula: metric.formula,
      unit: metric.unit === 'money' ? manifest.currency : metric.unit,
      kind: metric.unit,
      additivity: metric.additive,
      null_rule: metric.nullRule ?? 'never null',
      parts: metric.ratio ?? null,
      requires: [...new Set(partsOf([metric]).map((part) => part.from))],
      interval: 'exact',
    })),
    measured: MEASURED_METRICS.map((metric) => ({ ...metric })),
    dimensions: DIMENSIONS.map((dimension) => ({
      id: dimension.id,
      label: dimension.label,
      with_spend: dimension.spend !== null,
    })),
    models: queryableModels(manifest),
    default_model: manifest.default_model,
    windows: manifest.windows,
    bases: [...BASES],
    customers: ['all', 'new', 'returning'],
    filter_operators: ['and', 'or', 'not', ...FILTER_OPERATORS],
    reports: aboutReports(),
    mix: await mixInCatalog(results),
    evidence: { grade: 'E', words: 'credit, not proof' },
    privacy: { k: manifest.k },
    limits: {
      metrics: QUERY_LIMITS.metrics,
      dimensions: QUERY_LIMITS.dimensions,
      filter_depth: FILTER_LIMITS.depth,
      filter_clauses: FILTER_LIMITS.clauses,
      filter_values: FILTER_LIMITS.values,
      days_by_day: QUERY_LIMITS.rangeDays,
    },
    freshness: await freshnessOf(results),
    warnings: warningsOf(manifest),
  };
}

/** A manifest for those who may see results but no rows: broken checks keep their counts and lose their examples. */
export function publicManifest(manifest: Manifest) {
  return {
    ...manifest,
    checks: manifest.checks.map(({ check, severity, rule, broken }) => ({ check, severity, rule, broken })),
  };
}
