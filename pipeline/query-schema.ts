import { z } from 'zod';
import { InputError } from '../models/errors.ts';
import { boundWords } from './expected-words.ts';
import { type Filter, isDay, parseFilter } from './filter.ts';
import { nearest } from './nearest.ts';

export const QUERY_LIMITS = { metrics: 12, dimensions: 4, rangeDays: 400, rows: 1_000_000 } as const;

const day = z.string().refine(isDay, 'expected a day such as 2026-03-01');
const id = z.string().max(100);
const days = z.number().min(0).max(3650);

/** What may be asked of a published run. Unknown keys are refused. */
export const querySchema = z.strictObject({
  metrics: z.array(id).min(1).max(QUERY_LIMITS.metrics),
  dimensions: z.array(id).max(QUERY_LIMITS.dimensions).default([]),
  date_range: z.tuple([day, day]).optional(),
  model: id.optional(),
  window: z
    .strictObject({
      click_days: days.optional(),
      view_days: days.optional(),
      engagement_days: days.optional(),
      campaign_days: days.optional(),
    })
    .optional(),
  basis: id.default('order_date'),
  refund_basis: id.optional(),
  currency: id.optional(),
  timezone: id.optional(),
  customer: z.enum(['all', 'new', 'returning']).default('all'),
  filters: z.unknown().optional(),
  order_by: z
    .array(z.tuple([id, z.enum(['asc', 'desc'])]))
    .max(4)
    .optional(),
  include: z.strictObject({ totals: z.boolean().default(true), unattributed: z.boolean().default(true) }).prefault({}),
  page: z
    .strictObject({
      limit: z.number().int().min(1).max(QUERY_LIMITS.rows).default(1000),
      offset: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
    })
    .prefault({}),
});

export type Query = Omit<z.input<typeof querySchema>, 'filters'> & { filters?: Filter };
export type ParsedQuery = Omit<z.output<typeof querySchema>, 'filters'> & { filters?: Filter };

/** One complaint about a request: where (a JSON pointer) and what. */
export interface InputIssue {
  pointer: string;
  detail: string;
}

/**
 * A query as it came, checked and completed with its defaults.
 *
 * @throws InputError `usage` with `details.errors`, one per wrong place; `unknown_name` for a dimension in a filter
 */
export function parseQuery(input: unknown): ParsedQuery {
  const query = parseWith(querySchema, input, 'query');
  const filters = query.filters === undefined ? undefined : parseFilter(query.filters, '#/filters');
  const issues: InputIssue[] = [];
  for (const list of ['metrics', 'dimensions'] as const) {
    const seen = new Set<string>();
    query[list].forEach((name, i) => {
      if (seen.has(name)) issues.push({ pointer: `#/${list}/${i}`, detail: 'stands twice' });
      seen.add(name);
    });
  }
  if (query.dimensions.filter((name) => name.startsWith('time:')).length > 1) {
    issues.push({
      pointer: '#/dimensions',
      detail: 'more than one of time:day, time:week and time:month; ask for one',
    });
  }
  if (query.date_range !== undefined) {
    const [from, to] = query.date_range;
    const length = (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1;
    if (length < 1) issues.push({ pointer: '#/date_range', detail: 'ends before it begins' });
    if (length > QUERY_LIMITS.rangeDays && query.dimensions.includes('time:day')) {
      issues.push({
        pointer: '#/date_range',
        detail: `longer than ${QUERY_LIMITS.rangeDays} days by day; ask by week or month`,
      });
    }
  }
  if (issues.length > 0) throw inputError(issues);
  return { ...query, filters };
}

/** Parses by a schema; what is wrong becomes one `InputError` with a pointer for each place. */
export function parseWith<T extends z.ZodType>(schema: T, input: unknown, what: string): z.output<T> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw inputError(parsed.error.issues.flatMap((issue) => issuesOf(issue, schema, what)));
}

/** Complaints that one answer names at most. */
const MAX_ISSUES = 20;

function inputError(issues: readonly InputIssue[]): InputError {
  const named = issues.slice(0, MAX_ISSUES);
  const words = named.slice(0, 5).map(({ pointer, detail }) => `${pointer}: ${detail}`);
  if (issues.length > words.length) words.push(`and ${issues.length - words.length} more`);
  return new InputError('usage', words.join('; '), { details: { errors: named } });
}

function issuesOf(issue: z.core.$ZodIssue, schema: z.ZodType, what: string): InputIssue[] {
  const pointer = pointerOf(issue.path);
  if (issue.code !== 'unrecognized_keys') return [{ pointer, detail: inWords(issue.message).slice(0, 300) }];
  const known = Object.keys(shapeAt(schema, issue.path));
  return issue.keys.slice(0, MAX_ISSUES).map((key) => {
    const close = nearest(key.slice(0, 64), known);
    return {
      pointer: pointerOf([...issue.path, key.slice(0, 64)]),
      detail: `not a key of ${what}; ${close ? `did you mean ${close}?` : `known are ${known.join(', ')}`}`,
    };
  });
}

/** What the schema library says, without the words of its own language. */
function inWords(message: string): string {
  const [, expected, received] = /^Invalid input: expected (.*), received (\w+)$/.exec(message) ?? [];
  if (expected === undefined) {
    const bound = boundWords(message);
    return bound === undefined ? message : `expected ${bound}`;
  }
  if (received === 'undefined' || received === 'null') return `is missing; expected ${expected}`;
  return received === 'NaN' ? `expected ${expected}` : `is ${received}; expected ${expected}`;
}

function pointerOf(path: readonly PropertyKey[]): string {
  return `#${path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')}`;
}

function shapeAt(schema: z.ZodType, path: readonly PropertyKey[]): Record<string, unknown> {
  let at: unknown = schema;
  for (const part of path) at = (shapeOf(at) as Record<string, unknown> | undefined)?.[String(part)];
  return shapeOf(at) ?? {};
}

function shapeOf(schema: unknown): Record<string, unknown> | undefined {
  let at = schema as { shape?: Record<string, unknown>; def?: { innerType?: unknown } } | undefined;
  while (at !== undefined && at.shape === undefined) at = at.def?.innerType as typeof at;
  return at?.shape;
}
