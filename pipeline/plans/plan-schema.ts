import { z } from 'zod';
import { OUTCOMES } from '../config-studies.ts';
import { isDay } from '../filter.ts';

const day = z.string().refine(isDay, 'expected a day such as 2026-03-01');
const share = z.number().gt(0).lt(1);
const names = z.array(z.string().min(1).max(200)).max(500);
const days = (most: number) => z.number().int().min(1).max(most);

/** What the study is that the plan is for; it becomes an entry of `studies:`. */
const study = {
  id: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{1,100}$/, 'expected 1 to 100 of letters, digits, -, _ and .')
    .optional(),
  question: z.enum(['posting_engagement', 'posting_sales', 'engagement_sales', 'spend_sales']).optional(),
  channels: names.optional(),
  start: day.optional(),
};
const judged = { level: share.default(0.9), power: share.default(0.8) };
/** The history that is planned on: orders, engagement and visits of the workspace, by geo and day. */
const history = {
  outcome: z.enum(OUTCOMES).default('revenue_net'),
  history_from: day.optional(),
  history_to: day.optional(),
};
const seed = z.number().int().min(0).max(2_147_483_647).default(1);

export const geoPlanSchema = z.strictObject({
  design: z.literal('geo'),
  ...study,
  ...history,
  ...judged,
  seed,
  durations_days: z.array(days(365)).min(1).max(6),
  sizes: z.array(z.number().int().min(1).max(50)).min(1).max(6).optional(),
  include: names.optional(),
  exclude: names.optional(),
  /** lift that must be found, as a share */
  target: share.optional(),
  /** share of the volume that must stay untreated */
  holdout_share: share.optional(),
  cost: z
    .strictObject({
      fixed: z.number().min(0).optional(),
      per_geo_day: z.number().min(0).optional(),
      per_incremental: z.number().min(0).optional(),
    })
    .optional(),
  budget: z.number().min(0).optional(),
  /** past windows on which each candidate is tried */
  windows: z.number().int().min(2).max(40).optional(),
});

export const postingPlanSchema = z.strictObject({
  design: z.literal('posting'),
  ...study,
  ...history,
  ...judged,
  seed,
  /** absent: every geo of the history */
  regions: names.min(1).optional(),
  blocks: z.number().int().min(4).max(200).multipleOf(2),
  block_days: days(90),
  washout_days: z.number().int().min(0).max(60).default(0),
  effects: z.array(z.number().gt(-1).max(10)).min(1).max(20).default([0.02, 0.05, 0.1, 0.15, 0.2, 0.3]),
  runs: z.number().int().min(10).max(200).default(40),
});

export const usersPlanSchema = z.strictObject({
  design: z.literal('users'),
  ...study,
  ...judged,
  /** of the outcome per user, over a window as long as the test */
  mean: z.number().gt(0),
  sd: z.number().gt(0),
  /** smallest lift worth finding among the exposed, as a share */
  lift: z.number().gt(0).max(10),
  /** with the same user's outcome before */
  correlation: z.number().gt(-1).lt(1).optional(),
  exposure_rate: z.number().gt(0).max(1).optional(),
  treated_share: share.optional(),
  users_per_day: z.number().gt(0).optional(),
  /** users there are: what they would find */
  users: z.number().int().min(1).optional(),
});

/** What a plan is asked for; unknown keys are refused. */
export const planSchema = z.discriminatedUnion('design', [geoPlanSchema, postingPlanSchema, usersPlanSchema]);

export type GeoPlanRequest = z.output<typeof geoPlanSchema>;
export type PostingPlanRequest = z.output<typeof postingPlanSchema>;
export type UsersPlanRequest = z.output<typeof usersPlanSchema>;
export type PlanRequest = z.output<typeof planSchema>;
