import { readFileSync } from 'node:fs';
import { type Document, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { InputError } from '../models/errors.ts';
import { mixSettings, wrongMix } from './config-mix.ts';
import { liftSchema, studiesSchema, wrongStudy } from './config-studies.ts';
import { financeSchema } from './finance/finance-config.ts';
import { nearest } from './nearest.ts';
import { issueError } from './read-yaml.ts';

const timeZones = new Set(Intl.supportedValuesOf('timeZone'));
const timeZone = z
  .string()
  .refine((zone) => zone === 'UTC' || zone === 'Etc/UTC' || timeZones.has(zone) || isZone(zone), {
    message: 'an IANA time zone such as Europe/Paris',
  });
const currency = z.string().refine((code) => Intl.supportedValuesOf('currency').includes(code), {
  message: 'an ISO 4217 currency code such as EUR',
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

const sourceSchema = z.strictObject({
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
      default: z.enum(MODELS).default('position_based'),
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
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  if (document.errors.length > 0) {
    const error = document.errors[0];
    const at = lines.linePos(error.pos[0]);
    throw new InputError('bad_config', `${path}:${at.line}: ${error.message.split('\n')[0]}; mend the YAML there`, {
      details: { line: at.line },
    });
  }
  const parsed = configSchema.safeParse(document.toJS() ?? {});
  if (!parsed.success) {
    const { issues } = parsed.error;
    // a misspelt key says more than the missing one it was meant to be
    throw configError(issues.find((issue) => issue.code === 'unrecognized_keys') ?? issues[0], document, lines, path);
  }
  checkReferences(parsed.data, document, lines, path);
  return parsed.data;
}

function configError(issue: z.core.$ZodIssue, document: Document, lines: LineCounter, path: string): InputError {
  if (issue.path[0] === 'mix' || issue.path[0] === 'studies')
    return issueError(issue, configSchema, document.toJS(), path, (at) => lineOf(document, lines, at));
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0];
    const at = lineOf(document, lines, [...issue.path, key]);
    const known = keysAt(issue.path);
    const close = nearest(key, known);
    const where = issue.path.length === 0 ? '' : ` in ${issue.path.join('.')}`;
    return new InputError(
      'bad_config',
      `${path}:${at}: ${key} is not a setting${where}; ${close ? `did you mean ${close}?` : `known are ${known.join(', ')}`}`,
      { details: { line: at, key, nearest: close } },
    );
  }
  const key = issue.path.join('.') || 'the file';
  const at = lineOf(document, lines, issue.path);
  const got = valueText(document.getIn(issue.path as unknown[]));
  let expected = issue.message.replace(/^Invalid input: expected /, '').replace(/, received .*$/, '');
  let hint = '';
  if (issue.code === 'invalid_value') {
    expected = `one of ${issue.values.join(', ')}`;
    const close = nearest(got, issue.values.map(String));
    if (close) hint = `; did you mean ${close}?`;
  } else if (/time zone/.test(issue.message)) {
    const close = nearest(got, [...timeZones]);
    if (close) hint = `; did you mean ${close}?`;
  } else if (/currency/.test(issue.message)) {
    const close = nearest(got.toUpperCase(), Intl.supportedValuesOf('currency'));
    if (close) hint = `; did you mean ${close}?`;
  }
  return new InputError('bad_config', `${path}:${at}: ${key} is ${got}; expected ${expected}${hint}`, {
    details: { line: at, key },
  });
}

/** What points to a campaign must point to one that exists. */
function checkReferences(config: Config, document: Document, lines: LineCounter, path: string): void {
  const ids = config.campaigns.map((campaign) => campaign.id);
  config.campaign_map.forEach((entry, i) => {
    if (ids.includes(entry.campaign)) return;
    const at = lineOf(document, lines, ['campaign_map', i, 'campaign']);
    const close = nearest(entry.campaign, ids);
    throw new InputError(
      'bad_config',
      `${path}:${at}: campaign_map.${i}.campaign is ${entry.campaign}, which is not in campaigns; ${close ? `did you mean ${close}?` : 'add it there'}`,
      { details: { line: at } },
    );
  });
  const wrong = (config.mix === undefined ? null : wrongMix(config.mix)) ?? wrongStudy(config.studies, ids);
  if (wrong !== null) {
    const line = lineOf(document, lines, wrong.path);
    throw new InputError('bad_config', `${path}:${line}: ${wrong.message}`, { details: { line } });
  }
  for (const list of ['campaigns', 'sources'] as const) {
    const seen = new Set<string>();
    config[list].forEach((entry, i) => {
      if (seen.has(entry.id)) {
        const at = lineOf(document, lines, [list, i, 'id']);
        throw new InputError(
          'bad_config',
          `${path}:${at}: ${list}.${i}.id ${entry.id} stands twice; give each its own id`,
          {
            details: { line: at },
          },
        );
      }
      seen.add(entry.id);
    });
  }
}

function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let depth = path.length; depth >= 0; depth--) {
    const parent = depth === 0 ? document.contents : document.getIn(path.slice(0, depth - 1) as unknown[], true);
    const items = (parent as { items?: { key?: { value?: unknown; range?: number[] } }[] } | null)?.items;
    const key = path[depth - 1];
    const pair = items?.find((item) => item.key?.value === key);
    const range =
      pair?.key?.range ??
      (document.getIn(path.slice(0, depth) as unknown[], true) as { range?: number[] } | null)?.range;
    if (range) return lines.linePos(range[0]).line;
  }
  return 1;
}

function keysAt(path: readonly PropertyKey[]): string[] {
  let schema: unknown = configSchema;
  for (const part of path) {
    schema = unwrap(schema);
    const shape = (schema as { shape?: Record<string, unknown> }).shape;
    schema = typeof part === 'number' ? (schema as { element?: unknown }).element : shape?.[String(part)];
  }
  return Object.keys((unwrap(schema) as { shape?: Record<string, unknown> })?.shape ?? {});
}

function unwrap(schema: unknown): unknown {
  let at = schema as { def?: { innerType?: unknown; in?: unknown } };
  while (at?.def && (at.def.innerType || at.def.in)) at = (at.def.innerType ?? at.def.in) as typeof at;
  return at;
}

function valueText(value: unknown): string {
  if (value === undefined || value === null) return 'missing';
  const plain =
    typeof (value as { toJSON?: () => unknown }).toJSON === 'function'
      ? (value as { toJSON: () => unknown }).toJSON()
      : value;
  return typeof plain === 'string' ? plain : JSON.stringify(plain);
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return /^[A-Za-z_]+\/[A-Za-z0-9_+/-]+$/.test(zone);
  } catch {
    return false;
  }
}
