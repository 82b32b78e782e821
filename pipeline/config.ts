import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { InputError } from '../models/errors.ts';
import { mixSettings, wrongMix } from './config-mix.ts';
import { liftSchema, studiesSchema, wrongStudy } from './config-studies.ts';
import { financeSchema } from './finance/finance-config.ts';
import { nearest } from './nearest.ts';
import { type ReadYaml, readYaml } from './read-yaml.ts';

const timeZones = Intl.supportedValuesOf('timeZone');
const currencies = Intl.supportedValuesOf('currency');
const timeZone = z
  .string()
  .refine((zone) => zone === 'UTC' || zone === 'Etc/UTC' || timeZones.includes(zone) || isZone(zone), {
    message: 'an IANA time zone such as Europe/Paris',
    params: { known: timeZones },
  });
const currency = z.string().refine((code) => currencies.includes(code), {
  message: 'an ISO 4217 currency code such as EUR',
  params: { known: currencies },
});
const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, { message: 'letters, digits, _ . or -' });
const isoDay = z.union([z.string(), z.date()]).transform((value, context) => {
  const text = value instanceof Date ? value.toISOString().slice(0, 10) : value;
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(Date.parse(text))) {
    context.addIssue({ code: 'custom', message: 'a day such as 2026-03-01' });
  }
  return text;
});
const days = z.number().positive().max(3650);

export const RULE_MODELS = [
  'first_touch',
  'last_touch',
  'last_non_direct',
  'linear',
  'position_based',
  'time_decay',
] as const;
export const DATA_MODELS = ['markov', 'shapley', 'shapley_ordered', 'shapley_rate', 'learned_decay'] as const;
export const MODELS = [...RULE_MODELS, ...DATA_MODELS] as const;

export const sourceSchema = z.strictObject({
  id: name,
  kind: z.string().optional(),
  platform: z.string().optional(),
  account: z.string().optional(),
  shop: z.string().optional(),
  time_zone: timeZone.optional(),
  currency: currency.optional(),
  decimal_mark: z.enum(['.', ',']).optional(),
  date_order: z.enum(['mdy', 'dmy']).optional(),
  year: z.number().int().min(2000).max(2100).optional(),
  consent: z.enum(['granted', 'unknown']).optional(),
  /** web sources: true when their purchase events are the record of sales; else they only say who bought which order */
  orders: z.boolean().optional(),
  /** Meta: the one action that counts as the platform's conversion */
  action_type: z.string().optional(),
  /** exports that do not name their period: `lifetime` says that all of it was looked at */
  period: z.enum(['lifetime']).optional(),
  legal_basis: z.string().optional(),
  stream: z.string().optional(),
  format: z.enum(['csv', 'ndjson', 'parquet']).optional(),
  columns: z.record(z.string(), z.string()).optional(),
  constants: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  counts_as_sale: z.boolean().optional(),
  records_at: z.string().optional(),
});

export const configSchema = z.strictObject({
  workspace: name,
  reporting: z.strictObject({ time_zone: timeZone, currency }),
  sources: z.array(sourceSchema).default([]),
  campaigns: z
    .array(
      z.strictObject({
        id: name,
        name: z.string().optional(),
        starts: isoDay.optional(),
        ends: isoDay.optional(),
        objective: z.string().optional(),
        budget: z.number().nonnegative().optional(),
        window_credit: z.boolean().default(false),
      }),
    )
    .default([]),
  campaign_map: z
    .array(
      z.strictObject({
        campaign: name,
        match: z.enum(['platform_id', 'utm_id', 'utm_campaign', 'discount_code', 'post_id', 'regex']),
        platform: z.string().optional(),
        value: z.string(),
        priority: z.number().int().default(0),
        valid_from: isoDay.optional(),
        valid_to: isoDay.optional(),
      }),
    )
    .default([]),
  channel_rules: z
    .array(
      z.strictObject({
        channel: z.string(),
        source: z.string().optional(),
        medium: z.string().optional(),
        campaign: z.string().optional(),
      }),
    )
    .default([]),
  shop_hosts: z.array(z.string()).default([]),
  exclusions: z
    .strictObject({
      payment_hosts: z.array(z.string()).default([]),
      internal_hosts: z.array(z.string()).default([]),
      direct: z.enum(['unless_alone', 'exclude', 'keep']).default('unless_alone'),
      bots: z.boolean().default(true),
      test_orders: z.boolean().default(true),
    })
    .prefault({}),
  windows: z
    .strictObject({
      click_days: days.default(30),
      view_days: z.number().min(0).max(365).default(0),
      engagement_days: z.number().min(0).max(365).default(7),
      campaign_days: z.number().min(0).max(365).default(7),
    })
    .prefault({}),
  journeys: z
    .strictObject({
      repeat: z.enum(['cycles', 'overlapping']).default('cycles'),
      conversions: z.array(z.string()).default(['order']),
    })
    .prefault({}),
  models: z
    .strictObject({
      // credit by order, day and campaign is kept of rules alone; the others stand in the report models
      default: z.enum(RULE_MODELS).default('position_based'),
      run: z
        .array(z.enum(MODELS))
        .min(1)
        .default([...RULE_MODELS, 'markov', 'shapley', 'shapley_rate']),
      half_life_days: days.default(7),
      position: z
        .strictObject({
          first: z.number().min(0).max(1),
          middle: z.number().min(0).max(1),
          last: z.number().min(0).max(1),
        })
        .default({ first: 0.4, middle: 0.2, last: 0.4 })
        .refine((p) => p.first + p.middle + p.last > 0, { message: 'at least one positive share' }),
      seed: z.number().int().min(0).default(1),
      replicates: z.number().int().min(0).max(2000).default(200),
      level: z.number().gt(0).lt(1).default(0.9),
      /** touches that a state of the Markov chain remembers; auto chooses by the loss on held-out persons */
      markov_order: z.union([z.literal('auto'), z.literal(1), z.literal(2), z.literal(3)]).default('auto'),
      /** credited orders below which a channel is flagged */
      minimum_conversions: z.number().min(0).default(10),
    })
    .prefault({}),
  engagement: z
    .strictObject({
      weights: z
        .record(z.string(), z.number().min(0))
        .default({ reactions: 1, comments: 3, shares: 4, saves: 3, link_clicks: 5, views: 0.01 }),
      half_life_days: days.default(2),
    })
    .prefault({}),
  finance: financeSchema,
  privacy: z
    .strictObject({
      k: z.number().int().min(5).default(10),
      /** persons that a row must tell of before readers outside (share links) see it */
      shared_k: z.number().int().min(20).default(50),
      person_key_env: z.string().optional(),
    })
    .prefault({}),
  limits: z
    .strictObject({
      max_rejected_share: z.number().min(0).max(1).default(0.2),
      max_expanded_bytes: z
        .number()
        .int()
        .positive()
        .default(16 * 2 ** 30),
      max_record_bytes: z
        .number()
        .int()
        .positive()
        .default(16 * 2 ** 20),
      memory_bytes: z
        .number()
        .int()
        .positive()
        .default(4 * 2 ** 30),
    })
    .prefault({}),
  mix: mixSettings.optional(),
  lift: liftSchema,
  studies: studiesSchema,
  geo_map: z.array(z.strictObject({ country: z.string(), region: z.string().optional(), geo: z.string() })).default([]),
});

export type Config = z.infer<typeof configSchema>;
export type SourceConfig = Config['sources'][number];

/** @throws InputError `bad_config` naming line, key, what was expected and the nearest valid name */
export function readConfig(path: string): Config {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new InputError('not_found', `${path}: not found; run "liftproof init" to make a workspace`, { cause });
  }
  return parseConfig(text, path);
}

/** Parses the text of a `liftproof.yaml`. `path` only names it in messages. */
export function parseConfig(text: string, path: string): Config {
  const { value, lineOf } = readYaml(text, path, configSchema);
  checkReferences(value, lineOf, path);
  const { run, default: preferred } = value.models;
  // the model that reports show unless told otherwise is always there
  return run.includes(preferred) ? value : { ...value, models: { ...value.models, run: [preferred, ...run] } };
}

/** What points to a campaign must point to one that exists, and what is counted by name stands once. */
function checkReferences(config: Config, lineOf: ReadYaml<Config>['lineOf'], path: string): void {
  const refuse = (at: readonly PropertyKey[], message: string): never => {
    const line = lineOf(at);
    throw new InputError('bad_config', `${path}:${line}: ${message}`, { details: { line } });
  };
  const ids = config.campaigns.map((campaign) => campaign.id);
  config.campaign_map.forEach(({ campaign }, i) => {
    if (ids.includes(campaign)) return;
    const close = nearest(campaign, ids);
    refuse(
      ['campaign_map', i, 'campaign'],
      `campaign_map.${i}.campaign is ${campaign}, which is not in campaigns; ${close ? `did you mean ${close}?` : 'add it there'}`,
    );
  });
  const wrong = (config.mix === undefined ? null : wrongMix(config.mix)) ?? wrongStudy(config.studies, ids);
  if (wrong !== null) refuse(wrong.path, wrong.message);
  for (const list of ['campaigns', 'sources'] as const) {
    const at = repeatIn(config[list].map((entry) => entry.id));
    if (at >= 0) refuse([list, at, 'id'], `${list}.${at}.id ${config[list][at].id} stands twice; give each its own id`);
  }
  const at = repeatIn(config.models.run);
  if (at >= 0)
    refuse(['models', 'run', at], `models.run.${at} ${config.models.run[at]} stands twice; list each model once`);
}

/** Where a value stands for the second time; -1 when each stands once. */
function repeatIn(values: readonly string[]): number {
  return values.findIndex((value, i) => values.indexOf(value) < i);
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return /^[A-Za-z_]+\/[A-Za-z0-9_+/-]+$/.test(zone);
  } catch {
    return false;
  }
}
