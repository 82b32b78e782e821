import { z } from 'zod';
import { driverFields, modelFields, positive } from './mix-schema.ts';

/** What the model explains; the ids are those of the metrics. Net revenue is dated by the order, refunds with it. */
export const MIX_OUTCOMES = ['revenue_net', 'revenue_gross', 'conversions', 'new_conversions'] as const;

const several = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).transform((given) => [given].flat());
const isoDay = z.union([z.string(), z.date()]).transform((value, context) => {
  const text = value instanceof Date ? value.toISOString().slice(0, 10) : value;
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(Date.parse(text))) {
    context.addIssue({ code: 'custom', message: 'a day such as 2026-03-02' });
  }
  return text;
});

/** `refuse`: weeks that no load tells of stop the model; `zero`: they are declared to have been empty. */
const missingWeeks = z.enum(['refuse', 'zero']);

/** A driver of the workspace: what it is, and which rows of the warehouse make its series. */
const driver = z.strictObject({
  ...driverFields,
  platform: several.optional(),
  channel: several.optional(),
  campaign: several.optional(),
  /**
   * paid: spend, impressions or clicks; others: engagements of posts (weighted), positive_engagements, negative_engagements, posts,
   * mentions, positive_mentions, negative_mentions, or a metric by its name
   */
  measure: several.optional(),
  /** only mentions of this stance */
  stance: several.optional(),
  /** whose metrics: those of posts, or those of the account (also: anything that was loaded as a metric by day) */
  of: z.enum(['posts', 'account']).optional(),
  aggregate: z.enum(['sum', 'mean']).optional(),
  missing_weeks: missingWeeks.optional(),
});

const channelBudget = z.strictObject({
  lower: z.number().min(0).optional(),
  upper: z.number().min(0).optional(),
  locked: z.number().min(0).optional(),
});

const budget = z.strictObject({
  /** money for the plan, in the reporting currency; what was spent on average per week when absent */
  total: positive.optional(),
  /** weeks right after the data */
  weeks: z.number().int().min(1).max(104).default(13),
  spend: z.enum(['all', 'profitable']).default('all'),
  target: z
    .union([z.strictObject({ roi: positive }), z.strictObject({ mroi: positive })], { error: 'roi or mroi' })
    .optional(),
  channels: z.record(z.string(), channelBudget).default({}),
  flighting: z.record(z.string(), z.array(z.number().min(0)).min(1)).optional(),
  allow_extrapolation: z.boolean().default(false),
});

/** `mix:` of `liftproof.yaml`. `mix: {}` derives the drivers from the data and leaves every choice to the defaults. */
export const mixSettings = z.strictObject({
  outcome: z.enum(MIX_OUTCOMES).default('revenue_net'),
  granularity: z.literal('week').default('week'),
  /** one model over the geos of `geo_map` instead of one for the whole market */
  by_geo: z.boolean().default(false),
  drivers: z.array(driver).min(1).optional(),
  ...modelFields,
  /** days without any row between two loads from which on they count as not loaded */
  gap_days: z.number().int().min(1).default(3),
  missing_weeks: missingWeeks.default('refuse'),
  from: isoDay.optional(),
  to: isoDay.optional(),
  budget: budget.prefault({}),
  seed: z.number().int().min(0).default(1),
  chains: z.number().int().min(1).max(64).default(4),
  draws: z.number().int().min(20).optional(),
  warmup: z.number().int().min(20).optional(),
  level: z.number().gt(0).lt(1).default(0.9),
  /** weeks at the end that a second fit does not see and foretells; 0 for none. A tenth of the weeks when absent, 8 at most */
  holdout_weeks: z.number().int().min(0).optional(),
});

export type MixSettings = z.infer<typeof mixSettings>;
export type MixDriverSettings = NonNullable<MixSettings['drivers']>[number];

/** What is wrong with `mix:` beyond the form of its values: where, and in words. Null when nothing is. */
export function wrongMix(mix: MixSettings): { path: PropertyKey[]; message: string } | null {
  const names = mix.drivers?.map(({ name }) => name);
  for (const [i, given] of (mix.drivers ?? []).entries()) {
    const at = (key: string, message: string) => ({ path: ['mix', 'drivers', i, key], message });
    const { name, kind, measure = [], channel, stance, of } = given;
    if (names?.indexOf(name) !== i) return at('name', `driver ${name} stands twice; give each its own name`);
    const odd = measure.find((id) => (kind === 'paid' ? !PAID_MEASURES.includes(id) : id === 'spend'));
    if (odd !== undefined) {
      const expected =
        kind === 'paid' ? `a paid driver is measured by ${PAID_MEASURES.join(', ')}` : 'only a paid driver has spend';
      return at('measure', `measure of ${name} is ${odd}; ${expected}`);
    }
    if (kind === 'paid' && measure.length > 1)
      return at(
        'measure',
        `measure of ${name} has ${measure.join(' and ')}; spend, impressions and clicks do not add up, choose one`,
      );
    if (channel !== undefined && kind !== 'paid')
      return at('channel', `channel of ${name}: engagement has no channel; choose it by platform or campaign`);
    if (stance !== undefined && !(measure.length === 0 || measure.every(isMention)))
      return at('stance', `stance of ${name}: only mentions have one; set measure: mentions`);
    if (of === 'account' && measure.length === 0)
      return at('of', `of: account needs the metric of ${name} by name; set measure`);
    if ((kind === 'control' || kind === 'treatment') && measure.length === 0)
      return at(
        'name',
        `${name} needs a measure: the name of a metric that was loaded by day (plain_metric_observation)`,
      );
  }
  for (const [i, experiment] of (mix.experiments ?? []).entries()) {
    const unknown = names === undefined ? -1 : experiment.drivers.findIndex((name) => !names.includes(name));
    if (unknown >= 0)
      return {
        path: ['mix', 'experiments', i, 'drivers', unknown],
        message: `mix.experiments.${i}.drivers names ${experiment.drivers[unknown]}, which is no driver; known are ${names!.join(', ')}`,
      };
  }
  for (const key of ['channels', 'flighting'] as const) {
    const paid = mix.drivers?.filter(({ kind }) => kind === 'paid').map(({ name }) => name);
    const unknown = Object.keys(mix.budget[key] ?? {}).find((name) => paid !== undefined && !paid.includes(name));
    if (unknown !== undefined)
      return {
        path: ['mix', 'budget', key, unknown],
        message: `mix.budget.${key} names ${unknown}, which is no paid driver; paid are ${paid!.join(', ') || 'none'}`,
      };
  }
  return null;
}

const PAID_MEASURES: readonly string[] = ['spend', 'impressions', 'clicks'];

export function isMention(measure: string): boolean {
  return measure === 'mentions' || measure === 'positive_mentions' || measure === 'negative_mentions';
}
