import { z } from 'zod';
import type { MixDriver, MixExperiment, MixSpec, Prior } from '../models/mix/index.ts';

/**
 * The words of a mix model, the same in a bare `mix.yaml` and under `mix:` of a workspace. Only where the numbers come from differs:
 * columns of a file there, spend and engagement of the warehouse here.
 */
export const positive = z.number().positive();
/** A name or a day, which YAML may read as a number or a date. */
export const label = z
  .union([z.string(), z.number(), z.date()])
  .transform((value) => (value instanceof Date ? value.toISOString().slice(0, 10) : String(value)));
const prior = z.discriminatedUnion('family', [
  z.strictObject({ family: z.literal('normal'), mean: z.number(), sd: positive }),
  z.strictObject({ family: z.literal('half_normal'), sd: positive }),
  z.strictObject({ family: z.literal('log_normal'), mu: z.number(), sigma: positive }),
  z.strictObject({ family: z.literal('gamma'), shape: positive, rate: positive }),
  z.strictObject({ family: z.literal('beta'), a: positive, b: positive }),
  z.strictObject({ family: z.literal('uniform'), lower: z.number(), upper: z.number() }),
  z.strictObject({
    family: z.literal('truncated_normal'),
    mean: z.number(),
    sd: positive,
    lower: z.number(),
    upper: z.number(),
  }),
]) satisfies z.ZodType<Prior>;

/** `adstock: geometric` is short for `adstock: { kind: geometric }`. */
const named = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((given) => (typeof given === 'string' ? { kind: given } : given), schema);

/** What a driver is, wherever its numbers come from. */
export const driverFields = {
  name: z.string().min(1),
  kind: z.enum(['paid', 'organic', 'negative', 'ambiguous', 'treatment', 'control']),
  adstock: named(
    z.strictObject({
      kind: z.enum(['none', 'geometric', 'delayed', 'binomial', 'weibull']),
      max_lag: z.number().int().min(0).max(104).optional(),
      priors: z.record(z.string(), prior).optional(),
    }),
  ).optional(),
  saturation: named(
    z.strictObject({
      kind: z.enum(['linear', 'michaelis_menten', 'logistic', 'hill', 'root']),
      priors: z.record(z.string(), prior).optional(),
    }),
  ).optional(),
  sign: z.enum(['positive', 'negative', 'free']).optional(),
  prior: z.strictObject({ on: z.enum(['roi', 'contribution', 'effect']), distribution: prior }).optional(),
  by_geo: z.boolean().optional(),
  reference: z.union([z.number(), z.enum(['min', 'max'])], { error: 'a number, min or max' }).optional(),
  role: z.enum(['cause', 'mediator']).optional(),
};

const experiment = z.strictObject({
  name: z.string().min(1),
  drivers: z.array(z.string()).min(1),
  geos: z.array(label).min(1).optional(),
  start: label,
  end: label,
  read_start: label.optional(),
  read_end: label.optional(),
  counterfactual_factor: z.number().min(0).optional(),
  /** driver -> exposures, geo by geo, from start to end */
  counterfactual: z.record(z.string(), z.array(z.number())).optional(),
  estimand: z.enum(['outcome', 'iroas']),
  estimate: z.number(),
  standard_error: positive,
  inflation: z.number().min(1).optional(),
  grade: z.enum(['A', 'B', 'C', 'D', 'E', 'X']).optional(),
});

const none = (what: string) => ({ error: `none, or ${what}` });

/** Everything of the model but its drivers. */
export const modelFields = {
  trend: z
    .union(
      [z.literal('none'), z.strictObject({ every_weeks: positive.optional(), sd: positive.optional() })],
      none('every_weeks and sd'),
    )
    .optional(),
  season: z
    .union(
      [
        z.literal('none'),
        z.strictObject({
          order: z.number().int().min(1).optional(),
          period_weeks: positive.optional(),
          sd: positive.optional(),
        }),
      ],
      none('order, period_weeks and sd'),
    )
    .optional(),
  holidays: z
    .array(z.strictObject({ name: z.string().min(1), periods: z.array(label).min(1), sd: positive.optional() }))
    .optional(),
  noise: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('normal') }),
      z.strictObject({ kind: z.literal('student_t'), df: z.number().gt(1).optional() }),
    ])
    .optional(),
  value_per_outcome: positive.nullable().optional(),
  population: z.record(z.string(), positive).optional(),
  experiments: z.array(experiment).optional(),
  geo_spread: prior.optional(),
};

const driverSchema = z.strictObject(driverFields);
const modelSchema = z.strictObject(modelFields);
type DeclaredDriver = z.infer<typeof driverSchema> & { column?: string; spend_column?: string };
type DeclaredModel = z.infer<typeof modelSchema>;

/** The model as `models/mix` reads it: snake_case to camelCase, and nothing that was not given. */
export function specOf(drivers: readonly DeclaredDriver[], value: DeclaredModel): MixSpec {
  const { trend, season } = value;
  return defined({
    drivers: drivers.map(driverOf),
    trend: typeof trend === 'object' ? defined({ everyWeeks: trend.every_weeks, sd: trend.sd }) : trend,
    season:
      typeof season === 'object'
        ? defined({ order: season.order, periodWeeks: season.period_weeks, sd: season.sd })
        : season,
    holidays: value.holidays,
    noise: value.noise,
    valuePerOutcome: value.value_per_outcome,
    population: value.population,
    experiments: value.experiments?.map(experimentOf),
    geoSpread: value.geo_spread,
  });
}

function driverOf({ spend_column, adstock, by_geo, ...rest }: DeclaredDriver): MixDriver {
  return defined({
    ...rest,
    spendColumn: spend_column,
    adstock: adstock && defined({ kind: adstock.kind, maxLag: adstock.max_lag, priors: adstock.priors }),
    byGeo: by_geo,
  });
}

function experimentOf(given: NonNullable<DeclaredModel['experiments']>[number]): MixExperiment {
  const { read_start, read_end, counterfactual_factor, counterfactual, standard_error, ...rest } = given;
  return defined({
    ...rest,
    readStart: read_start,
    readEnd: read_end,
    counterfactualFactor: counterfactual_factor,
    counterfactual:
      counterfactual &&
      Object.fromEntries(Object.entries(counterfactual).map(([name, path]) => [name, Float64Array.from(path)])),
    standardError: standard_error,
  });
}

/** Without the keys that were not given, so that defaults apply. */
function defined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as T;
}
