import { z } from '@hono/zod-openapi';
import { InputError } from '../../models/errors.ts';
import { VERDICTS } from '../../models/evidence.ts';
import { type AnswerOptions, answerQuestion, CLAIMS, type ClaimName } from '../../pipeline/answer.ts';
import { isDay } from '../../pipeline/filter.ts';
import { answerJson } from '../answer.ts';
import { chooseFormat } from '../negotiate.ts';
import type { Route } from '../route.ts';

const day = z.string().refine(isDay, 'expected a day such as 2026-03-01').optional();
const name = z.string().min(1).max(200).optional();

const number = z.number().nullable();
const text = z.string().nullable();
const grade = z.enum(['A', 'B', 'C', 'D', 'E', 'X']);
const word = z.enum(Object.keys(VERDICTS) as [keyof typeof VERDICTS]);
const amount = z.strictObject({ value: z.number(), lo: number, hi: number, level: number });
export const gateSchema = z.strictObject({
  number: z.number(),
  gate: z.string(),
  is_blocking: z.boolean(),
  verdict: z.enum(['passed', 'failed', 'not_run']),
  cap: grade.nullable(),
  sentence: z.string(),
});
const line = z.strictObject({
  study_id: z.string(),
  is_registered: z.boolean(),
  word,
  grade,
  sentence: z.string(),
});
/** One claim in full. */
export const claimSchema = z.strictObject({
  study_id: z.string(),
  study: z.string(),
  kind: z.string(),
  claim: z.string(),
  is_registered: z.boolean(),
  outcome: z.string(),
  unit: z.string().openapi({ description: 'a currency, or count' }),
  driver: text,
  geos: z.array(z.string()),
  window: z.strictObject({ from: text, to: text }),
  design: text,
  method: text,
  estimate: z
    .strictObject({
      ...amount.shape,
      p_value: number,
      kind: z.enum(['confidence', 'credible']),
      grade,
    })
    .nullable()
    .openapi({ description: 'what was added in all, over all treated units and days' }),
  relative: amount.nullable(),
  probability_positive: number,
  word,
  grade,
  grade_ceiling: grade.nullable(),
  sentence: z.string(),
  reason: text,
  gates: z.strictObject({ passed: number, run: number, against: z.array(gateSchema), all: z.array(gateSchema) }),
  spread: z
    .strictObject({
      lo: z.number(),
      median: z.number(),
      hi: z.number(),
      methods: z.array(z.strictObject({ method: z.string(), value: number, lo: number, hi: number })),
    })
    .nullable(),
  spend: text,
  break_even: text,
  pays_sentence: text,
  iroas: amount.nullable(),
  incrementality_factor: amount.nullable(),
  minimum_detectable_effect: number,
  next_test: text,
  looked_at: number,
  q_value: number,
  shrunken_value: number,
});

/** The verdict as it leaves over HTTP and in `liftproof answer --json`. */
export const answerSchema = z
  .strictObject({
    schema_version: z.literal(1),
    question: z.literal('social_lift'),
    workspace: z.string(),
    run: z.string(),
    run_hash: z.string(),
    currency: z.string(),
    period: z.strictObject({ from: text, to: text }),
    asked: z.strictObject({ channel: text, from: text, to: text, study: text }),
    word,
    grade,
    sentence: z.string(),
    scope: text,
    pays_sentence: text,
    next_test: text,
    headline: claimSchema.nullable(),
    claims: z.array(
      z.strictObject({
        claim: z.enum(Object.keys(CLAIMS) as [ClaimName]),
        title: z.string(),
        answers: z.array(line),
        missing: text,
      }),
    ),
    unregistered: z.array(line),
    looked_at: z.number(),
  })
  .openapi('Verdict');

export const answerRoute: Route = {
  method: 'get',
  path: '/v1/w/{workspace}/answer',
  scope: 'read:reports',
  tag: 'reports',
  summary: 'Did social engagement sell anything, and how sure are we?',
  description:
    'The verdict of the published run, by rule: sentence, interval, grade, the gates that spoke against it, the registered primary estimate with the spread of the others beside it, break-even, iROAS, and the cheapest next test. The claims stand apart. Without a registered study the answer is that we cannot tell, and what would settle it.',
  query: z.strictObject({
    question: z.enum(['social_lift']).default('social_lift'),
    channel: name.openapi({ description: 'studies that treat this channel or campaign' }),
    from: day,
    to: day,
    study: name.openapi({ description: 'one study, registered or not' }),
  }),
  response: answerSchema,
  async handle({ query }, call) {
    chooseFormat(undefined, call.headers.get('accept') ?? undefined, ['json']);
    const { channel, from, to, study } = query as AnswerOptions;
    const options: AnswerOptions = { channel, from, to, study };
    if (from !== undefined && to !== undefined && from > to) {
      throw new InputError('usage', 'from is after to', {
        details: { errors: [{ parameter: 'from', detail: 'is after to' }] },
      });
    }
    return call.runs.use(undefined, (results) =>
      answerJson(call, results, ['answer', options], false, () => answerQuestion(results, options)),
    );
  },
};
