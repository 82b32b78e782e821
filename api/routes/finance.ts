import { z } from '@hono/zod-openapi';
import { InputError } from '../../models/errors.ts';
import { bridgeTable, openBridges } from '../../pipeline/export-roi.ts';
import { PERIOD_STATES, type PeriodRecord } from '../../pipeline/finance/period-state.ts';
import { ledgerLines, type Trace } from '../../pipeline/finance/period-store.ts';
import { closePeriod, listPeriods, lockPeriod, reopenPeriod } from '../../pipeline/finance/periods.ts';
import { REASON_CODES } from '../../pipeline/finance/restate.ts';
import { parseWith } from '../../pipeline/query-schema.ts';
import { publishedPeriods } from '../../pipeline/roi-table.ts';
import { rowObject } from '../../pipeline/table.ts';
import { answerJson } from '../answer.ts';
import { jsonAnswer } from '../lists.ts';
import { HttpProblem } from '../problem.ts';
import { type Call, callerOf, controlOf, type Route } from '../route.ts';
import { actorOf } from '../trace.ts';

const text = z.string().nullable();
export const basis = z.enum(['order_date', 'event_date']);
export const periodName = z.string().regex(/^\d{4}-(P?\d{2})$/, 'expected a period such as 2026-07 or 2026-P07');
const params = z.object({ period: periodName.openapi({ example: '2026-07' }) });

const record = {
  period: z.string(),
  state: z.enum(PERIOD_STATES),
  version: z.number().int(),
  run: text,
  closed_by: text,
  closed_at: text,
  locked_by: text,
  locked_at: text,
  reopen_asked_by: text,
  reopen_asked_at: text,
  reopen_reason: text,
  reopen_approved_by: text,
  reopened_at: text,
};
const recordSchema = z.strictObject(record).openapi('Period');
const viewSchema = z
  .strictObject({
    ...record,
    period_start: z.string(),
    period_end: z.string(),
    changed_since_close: z.boolean().nullable().openapi({ description: 'of a closed period; null of any other' }),
  })
  .openapi('PeriodView');
const fileSchema = z.strictObject({
  name: z.string(),
  sha256: z.string(),
  rows: z.number().int(),
  bytes: z.number().int(),
});

function shown(one: PeriodRecord) {
  return {
    period: one.period,
    state: one.state,
    version: one.version,
    run: one.runId,
    closed_by: one.closedBy,
    closed_at: one.closedAt,
    locked_by: one.lockedBy,
    locked_at: one.lockedAt,
    reopen_asked_by: one.reopenRequestedBy,
    reopen_asked_at: one.reopenRequestedAt,
    reopen_reason: one.reopenReason,
    reopen_approved_by: one.reopenApprovedBy,
    reopened_at: one.reopenedAt,
  };
}

/** Who asks, for the audit chain and for the second person of a reopening. */
function traceOf(call: Call): Trace {
  const { id, memberId } = callerOf(call);
  return {
    workspace: call.workspace,
    actor: actorOf(call),
    now: call.now(),
    keyId: id,
    memberId,
    ip: call.ip,
    requestId: call.requestId,
  };
}

/** What does not fit the state of the books is a conflict. */
export async function orConflict<T>(
  work: () => Promise<T>,
  code: 'not_reconciled' | 'damaged' = 'not_reconciled',
): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof InputError && cause.code === code) throw new HttpProblem('conflict', cause.message);
    throw cause;
  }
}

export const listPeriodsRoute: Route = {
  method: 'get',
  path: '/v1/w/{workspace}/periods',
  scope: 'finance:read',
  tag: 'finance',
  summary: 'Every finance period and its state, oldest first',
  needsControl: true,
  response: z.strictObject({ data: z.array(viewSchema) }),
  handle: (_input, call) =>
    call.runs.use(undefined, async (results) => {
      const periods = await listPeriods(controlOf(call).db, call.workspace, results);
      return jsonAnswer({
        data: periods.map(({ period_start, period_end, changed_since_close, ...one }) => ({
          ...shown(one),
          period_start,
          period_end,
          changed_since_close,
        })),
      });
    }),
};

const change = {
  method: 'post',
  scope: 'finance:close',
  tag: 'finance',
  needsControl: true,
  idempotency: 'required',
  params,
} as const;

export const closePeriodRoute: Route = {
  ...change,
  path: '/v1/w/{workspace}/periods/{period}/close',
  summary: 'Close a period: changes are warned about from here on',
  body: z.strictObject({}).openapi('CloseRequest'),
  response: recordSchema,
  async handle({ params: { period }, body }, call) {
    parseWith(z.strictObject({}), body, 'the body');
    return call.runs.use(undefined, async (results) =>
      jsonAnswer(shown(await closePeriod(controlOf(call).db, traceOf(call), results, period))),
    );
  },
};

const lockBody = z
  .strictObject({
    run: z
      .string()
      .regex(/^run_[A-Za-z0-9_]{1,80}$/)
      .optional(),
    basis: basis.optional(),
    reason_code: z.enum(REASON_CODES).optional().openapi({ description: 'why data are restated; guessed when absent' }),
  })
  .openapi('LockRequest');

export const lockPeriodRoute: Route = {
  ...change,
  path: '/v1/w/{workspace}/periods/{period}/lock',
  summary: 'Pin a closed period to a run and write it into the ROI ledger; it has to reconcile with the books',
  body: lockBody,
  response: z.strictObject({ ...record, files: z.array(fileSchema) }).openapi('LockedPeriod'),
  async handle({ params: { period }, body }, call) {
    const wish = parseWith(lockBody, body, 'the body');
    return call.runs.use(wish.run, async (results) => {
      const locked = await orConflict(() =>
        lockPeriod(controlOf(call).db, traceOf(call), results, period, {
          basis: wish.basis,
          reasonCode: wish.reason_code,
        }),
      );
      return jsonAnswer({ ...shown(locked.record), files: locked.pack.manifest.files });
    });
  },
};

const reopenBody = z
  .union([z.strictObject({ reason: z.string().min(1).max(1000) }), z.strictObject({ approve: z.literal(true) })])
  .openapi('ReopenRequest');

export const reopenPeriodRoute: Route = {
  ...change,
  path: '/v1/w/{workspace}/periods/{period}/reopen',
  isSensitive: true,
  summary: 'Ask to reopen a locked period, with a reason; or approve that somebody else asked',
  body: reopenBody,
  response: recordSchema,
  async handle({ params: { period }, body }, call) {
    const wish = parseWith(reopenBody, body, 'the body');
    return call.runs.use(undefined, async (results) =>
      jsonAnswer(shown(await reopenPeriod(controlOf(call).db, traceOf(call), results, period, wish))),
    );
  },
};

export const ledgerRoute: Route = {
  method: 'get',
  path: '/v1/w/{workspace}/ledger',
  scope: 'finance:read',
  tag: 'finance',
  summary: 'The ROI ledger: what was reported of a period, line by line',
  needsControl: true,
  query: z.strictObject({
    period: periodName,
    version: z.coerce.number().int().min(1).optional().openapi({ description: 'the newest when absent' }),
  }),
  response: z.strictObject({
    period: z.string(),
    version: z.number().int(),
    data: z.array(z.record(z.string(), text)),
  }),
  async handle({ query }, call) {
    const { period, version } = query as { period: string; version?: number };
    const { db } = controlOf(call);
    return call.runs.use(undefined, async (results) => {
      const known = (await listPeriods(db, call.workspace, results)).find((one) => one.period === period);
      const wanted = version ?? known?.version ?? 0;
      const data = wanted === 0 ? [] : await ledgerLines(db, call.workspace, period, wanted);
      if (data.length === 0)
        throw new HttpProblem(
          'not-found',
          `nothing was reported of ${period}${version ? ` in version ${version}` : ''}`,
        );
      return jsonAnswer({ period, version: wanted, data });
    });
  },
};

export const reconciliationRoute: Route = {
  method: 'get',
  path: '/v1/w/{workspace}/reconciliation',
  scope: 'finance:read',
  tag: 'finance',
  summary: 'The bridge from the books of finance to what was attributed and spent',
  description:
    'Books and steps add up to the base; `unexplained` is what they leave over, and has to be 0. Empty without books.',
  query: z.strictObject({ period: periodName.optional(), basis: basis.optional() }),
  response: z.strictObject({
    run: z.string(),
    currency: z.string(),
    basis,
    is_reconciled: z.boolean().nullable().openapi({ description: 'null without books' }),
    data: z.array(
      z.strictObject({
        period: z.string(),
        side: z.enum(['revenue', 'spend']),
        step: z.string(),
        label: z.string(),
        amount: z.string(),
        line_count: z.number().int(),
        lines_in: z.string(),
      }),
    ),
  }),
  async handle({ query }, call) {
    const wish = query as { period?: string; basis?: 'order_date' | 'event_date' };
    const chosen = wish.basis ?? 'order_date';
    return call.runs.use(undefined, async (results) => {
      if (wish.period !== undefined && !(await publishedPeriods(results)).some((one) => one.period === wish.period))
        throw new HttpProblem('not-found', `the run has nothing of ${wish.period}`);
      return answerJson(call, results, ['reconciliation', wish.period ?? null, chosen], false, async () => {
        const bridge = await bridgeTable(results, wish.period, chosen);
        return {
          run: results.manifest.run,
          currency: results.manifest.currency,
          basis: chosen,
          is_reconciled: bridge.rows.length === 0 ? null : openBridges(bridge).length === 0,
          data: bridge.rows.map((row) => {
            const step = rowObject(row, bridge.columns);
            return { ...step, line_count: Number(step.line_count) };
          }),
        };
      });
    });
  },
};
