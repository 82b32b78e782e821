import { z } from '@hono/zod-openapi';
import { InputError } from '../../models/errors.ts';
import { findReport } from '../../pipeline/control/saved-reports.ts';
import type { TableFormat } from '../../pipeline/encode-table.ts';
import { isDay } from '../../pipeline/filter.ts';
import { nearest } from '../../pipeline/nearest.ts';
import { optionsWithoutUse, REPORT_NAMES, REPORT_OPTIONS, type ReportOptions } from '../../pipeline/reports.ts';
import { answerTable } from '../answer.ts';
import { chooseFormat, DEFAULT_ROWS, ROW_LIMITS } from '../negotiate.ts';
import { HttpProblem } from '../problem.ts';
import type { Call, Route } from '../route.ts';
import { answerSchema, formatSchema, reportSchema } from '../schema.ts';
import { answerQuery } from './query.ts';

const day = z.string().refine(isDay, 'expected a day such as 2026-03-01').optional();
const limit = z.coerce.number().int().min(1).max(1_000_000).optional();

const optionsSchema = z.strictObject({
  model: z.string().max(100).optional(),
  basis: z.enum(['order_date', 'event_date']).optional(),
  from: day,
  to: day,
  limit,
  study: z.string().max(200).optional(),
  format: formatSchema,
});

export const reportRoute: Route = {
  method: 'get',
  path: '/v1/w/{workspace}/reports/{name}',
  scope: 'read:reports',
  tag: 'reports',
  summary: 'A named report, as the shell prints it, or a saved query',
  description: `Reports: ${REPORT_NAMES.join(', ')}. Each takes the options that change it: ${REPORT_NAMES.map((name) => `${name} (${takenBy(name).join(', ') || 'none'})`).join('; ')}.`,
  params: z.object({ name: z.string().openapi({ example: 'channels' }) }),
  query: optionsSchema,
  response: z.union([reportSchema, answerSchema]),
  isTable: true,
  async handle({ params, query }, call) {
    const saved =
      call.control === undefined || REPORT_NAMES.includes(params.name)
        ? undefined
        : await findReport(call.control.db, call.workspace, params.name);
    if (saved === undefined) return answerReport(params.name, query, call);
    const { format, ...others } = query as Record<string, unknown>;
    for (const [parameter, value] of Object.entries(others))
      if (value !== undefined)
        throw new InputError('usage', `${parameter} does not change a saved report`, {
          details: { errors: [{ parameter, detail: 'does not change a saved report' }] },
        });
    return answerQuery(saved.query, format as string | undefined, call);
  },
};

export const pathsRoute: Route = {
  method: 'get',
  path: '/v1/w/{workspace}/paths',
  scope: 'read:reports',
  tag: 'reports',
  summary: 'The journeys that people took, as paths of channels; those of few persons are summed',
  query: z.strictObject({ limit, format: formatSchema }),
  response: reportSchema,
  isTable: true,
  handle: ({ query }, call) => answerReport('paths', query, call),
};

async function answerReport(name: string, query: Record<string, unknown>, call: Call): Promise<Response> {
  const { format: asked, ...given } = query as ReportOptions & { format?: string };
  if (!REPORT_NAMES.includes(name)) {
    const close = nearest(name.slice(0, 64), REPORT_NAMES);
    throw new HttpProblem(
      'not-found',
      `there is no such report; ${close ? `did you mean ${close}?` : `known are ${REPORT_NAMES.join(', ')}`}`,
    );
  }
  const format = chooseFormat(asked, call.headers.get('accept') ?? undefined);
  const options = checkOptions(name, given, format);
  return call.runs.use(undefined, (results) =>
    answerTable(call, results, ['report', name, options], false, {
      ...{ kind: 'report', name, options, format },
      limit: options.limit ?? DEFAULT_ROWS[format],
    }),
  );
}

// another budget is planned in the shell alone
function takenBy(name: string): string[] {
  return (REPORT_OPTIONS[name] ?? []).filter((option) => option !== 'budget');
}

/** @throws InputError `usage` */
function checkOptions(name: string, given: ReportOptions, format: TableFormat): ReportOptions {
  const errors = optionsWithoutUse(name, given).map((parameter) => ({
    parameter,
    detail: `does not change ${name}; it takes ${takenBy(name).join(', ') || 'no options'}`,
  }));
  if ((given.limit ?? 1) > ROW_LIMITS[format])
    errors.push({ parameter: 'limit', detail: `at most ${ROW_LIMITS[format]} for ${format}` });
  if (given.from !== undefined && given.to !== undefined && given.from > given.to)
    errors.push({ parameter: 'from', detail: 'is after to' });
  if (errors.length > 0)
    throw new InputError('usage', errors.map(({ parameter, detail }) => `${parameter} ${detail}`).join('; '), {
      details: { errors },
    });
  return {
    model: given.model,
    basis: given.basis,
    from: given.from,
    to: given.to,
    limit: given.limit,
    study: given.study,
  };
}
