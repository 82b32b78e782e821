import { z } from '@hono/zod-openapi';
import { FILTER_OPERATORS } from '../pipeline/filter.ts';
import { querySchema } from '../pipeline/query-schema.ts';
import { TABLE_FORMATS } from './negotiate.ts';

const { page: _page, filters: _filters, ...queryShape } = querySchema.shape;

/** A query as HTTP takes it: pages go by cursor, a cursor holds on to its run. */
export const queryBodySchema = z
  .strictObject({
    ...queryShape,
    as_of: z
      .string()
      .regex(/^(current|run_[A-Za-z0-9_]{1,80})$/, 'expected current or the id of a run')
      .default('current'),
    filters: z
      .unknown()
      .optional()
      .openapi({
        type: 'array',
        items: {},
        description: `["and"|"or", [filters]], ["not", filter] or [operator, dimension, [values]]; operators ${FILTER_OPERATORS.join(', ')}`,
        example: [
          'and',
          [
            ['is', 'channel', ['Organic Social']],
            ['not', ['contains', 'campaign', ['test']]],
          ],
        ],
      }),
    page: z
      .strictObject({
        limit: z.number().int().min(1).max(1_000_000).optional().openapi({
          description: 'JSON: at most 10 000, 1 000 when absent; other formats: all that one answer may have',
        }),
        cursor: z.string().max(500).nullable().optional(),
      })
      .prefault({}),
  })
  .openapi('Query');

export const formatSchema = z
  .string()
  .max(20)
  .optional()
  .openapi({ description: 'wins over Accept', enum: [...TABLE_FORMATS] });

const cell = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const row = z.record(z.string(), cell);
const warning = z.strictObject({ code: z.string(), detail: z.string() });
const freshness = z.record(z.string(), z.string().nullable());
const windows = z.strictObject({
  click_days: z.number(),
  view_days: z.number(),
  engagement_days: z.number(),
  campaign_days: z.number(),
});
const evidence = z.strictObject({ grade: z.string(), words: z.string() });
const period = z.tuple([z.string().nullable(), z.string().nullable()]);

const column = z
  .strictObject({
    id: z.string(),
    label: z.string(),
    type: z.enum(['text', 'day', 'decimal', 'integer', 'instant', 'boolean']),
    scale: z.number().int().optional(),
    unit: z.string().optional(),
    formula: z.string().optional(),
    version: z.number().int().optional(),
    additive: z.enum(['sum', 'ratio']).optional(),
  })
  .openapi('Column');

/** Keys of `meta` that every table has. */
const commonMeta = {
  run: z.string(),
  run_hash: z.string(),
  currency: z.string(),
  time_zone: z.string(),
  period,
  columns: z.array(column),
  total_rows: z.number().int(),
  truncated: z.boolean(),
  elapsed_ms: z
    .number()
    .openapi({ description: 'time it took to make this answer, the first time that it was asked for' }),
};

const page = z.strictObject({ limit: z.number().int(), next_cursor: z.string().nullable() });

export const answerSchema = z
  .strictObject({
    schema_version: z.literal(1),
    data: z.array(row),
    totals: row.nullable(),
    unattributed: row
      .nullable()
      .openapi({ description: 'the part of the totals that no touch could be credited with' }),
    meta: z.strictObject({
      ...commonMeta,
      model: z.string(),
      basis: z.string(),
      window: windows,
      customer: z.string(),
      evidence,
      freshness,
      warnings: z.array(warning),
      suppressed_rows: z.number().int(),
      query: z.record(z.string(), z.unknown()),
    }),
    page,
  })
  .openapi('Answer');

export const reportSchema = z
  .strictObject({
    schema_version: z.literal(1),
    title: z.string(),
    data: z.array(row),
    totals: row.nullable(),
    unattributed: row.nullable().optional(),
    notes: z.array(z.string()).openapi({ description: 'how to read it' }),
    meta: z.strictObject({
      ...commonMeta,
      model: z.string().optional(),
      basis: z.string().optional(),
      window: windows.optional(),
      customer: z.string().optional(),
      evidence: evidence.optional(),
      freshness,
      warnings: z.array(warning),
      suppressed_rows: z.number().int(),
      report: z.string(),
      options: z.record(z.string(), z.unknown()),
    }),
  })
  .openapi('Report');

export const catalogSchema = z
  .strictObject({
    schema_version: z.literal(1),
    run: z.strictObject({ id: z.string(), hash: z.string(), made_at: z.string(), version: z.string() }),
    period: z.strictObject({ from: z.string().nullable(), to: z.string().nullable() }),
    currency: z.string(),
    currency_exponent: z.number().int(),
    time_zone: z.string(),
    metrics: z.array(
      z.strictObject({
        id: z.string(),
        version: z.number().int(),
        label: z.string(),
        formula: z.string(),
        unit: z.string(),
        kind: z.enum(['money', 'count', 'credit', 'ratio']),
        additivity: z.enum(['sum', 'ratio']),
        null_rule: z.string(),
        parts: z.array(z.string()).nullable(),
        requires: z.array(z.string()),
        interval: z.string(),
      }),
    ),
    measured: z
      .array(
        z.strictObject({
          id: z.string(),
          version: z.number().int(),
          label: z.string(),
          formula: z.string(),
          unit: z.string(),
          interval: z.string(),
          where: z.string(),
        }),
      )
      .openapi({ description: 'numbers that no query sums up, and where they stand' }),
    dimensions: z.array(z.strictObject({ id: z.string(), label: z.string(), with_spend: z.boolean() })),
    models: z.array(z.string()),
    default_model: z.string(),
    windows,
    bases: z.array(z.string()),
    customers: z.array(z.string()),
    filter_operators: z.array(z.string()),
    reports: z.array(z.strictObject({ name: z.string(), about: z.string() })),
    mix: z
      .strictObject({
        status: z.enum(['ok', 'not_converged', 'refused']),
        message: z.string().nullable(),
        outcome: z.string(),
        unit: z.string(),
        is_current: z.boolean(),
        from: z.string().nullable(),
        to: z.string().nullable(),
        drivers: z.array(
          z.strictObject({ driver: z.string(), kind: z.string(), informed_by: z.string(), grade: z.string() }),
        ),
      })
      .nullable(),
    evidence,
    privacy: z.strictObject({ k: z.number().int() }),
    formats: z.array(
      z.strictObject({
        id: z.string(),
        media_type: z.string(),
        max_rows: z.number().int(),
        default_rows: z.number().int(),
      }),
    ),
    limits: z.record(z.string(), z.number().int()),
    freshness,
    warnings: z.array(warning),
  })
  .openapi('Catalog');

export const manifestSchema = z
  .looseObject({
    schema_version: z.literal(1),
    run: z.string(),
    made_at: z.string(),
    run_hash: z.string(),
    version: z.string(),
    workspace: z.string(),
    currency: z.string(),
    time_zone: z.string(),
    models: z.array(z.string()),
    settings_hash: z.string(),
    seed: z.number().int(),
    inputs: z.array(
      z.looseObject({ batch_id: z.string(), source: z.string(), kind: z.string(), rows: z.number().int() }),
    ),
    checks: z.array(
      z.strictObject({ check: z.string(), severity: z.string(), rule: z.string(), broken: z.number().int() }),
    ),
    files: z.array(
      z.looseObject({ name: z.string(), sha256: z.string(), rows: z.number().int(), bytes: z.number().int() }),
    ),
  })
  .openapi('Manifest');

export const readySchema = z.strictObject({ status: z.literal('ok'), has_run: z.boolean() }).openapi('Readiness');

export const healthSchema = z.strictObject({ status: z.literal('ok') }).openapi('Health');

export const problemSchema = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.string(),
    detail: z.string(),
    errors: z
      .array(z.strictObject({ pointer: z.string().optional(), parameter: z.string().optional(), detail: z.string() }))
      .optional(),
    published: z.array(z.string()).optional(),
    request_id: z.string(),
    retryable: z.boolean(),
  })
  .openapi('Problem');
