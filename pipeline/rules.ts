import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../models/errors.ts';
import type { Config } from './config.ts';
import { SQL_ROOT } from './sql-files.ts';
import { quoteName, quoteText, type Warehouse } from './warehouse.ts';

/** Channels of `channel_of` in sql/macro/channel.sql; a journey stores their numbers. */
const CHANNELS = [
  'AI Assistant',
  'Affiliates',
  'Audio',
  'Cross-network',
  'Direct',
  'Display',
  'Email',
  'Fediverse',
  'Influencer',
  'Link in Bio',
  'Messaging',
  'Mobile Push Notifications',
  'Organic Search',
  'Organic Shopping',
  'Organic Social',
  'Organic Video',
  'Paid Other',
  'Paid Search',
  'Paid Shopping',
  'Paid Social',
  'Paid Video',
  'Referral',
  'SMS',
  'Unassigned',
  '(unattributed)',
];

/** Version of the data files and of the workspace's own rules: stands on every touch. */
export function rulesVersion(config: Config): string {
  const version = readFileSync(join(SQL_ROOT, 'data', 'channel', 'version.txt'), 'utf8').trim();
  const own = createHash('sha256')
    .update(
      JSON.stringify([
        config.channel_rules,
        config.campaign_map,
        config.campaigns,
        config.exclusions,
        config.shop_hosts,
      ]),
    )
    .digest('hex')
    .slice(0, 8);
  return `${version}+${own}`;
}

/** Journeys keep the number of a channel in seven bits. */
const MOST_CHANNELS = 128;

/** Every channel that a touch can have, in the order of its number. @throws InputError `bad_config` for more than fit */
export function channelNames(config: Config): string[] {
  const names = [...new Set([...CHANNELS, ...config.channel_rules.map((rule) => rule.channel)])].sort();
  if (names.length > MOST_CHANNELS)
    throw new InputError(
      'bad_config',
      `channel_rules name ${names.length - CHANNELS.length} channels of their own; at most ${MOST_CHANNELS - CHANNELS.length} fit: fold some together`,
    );
  return names;
}

/** Fills the schema `rules` from the data files of `sql/data/channel` and from the configuration. */
export async function loadRules(warehouse: Warehouse, config: Config): Promise<void> {
  await warehouse.run('create schema if not exists rules');
  const folder = join(SQL_ROOT, 'data', 'channel');
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith('.csv'))
    .sort()) {
    await warehouse.run(
      `create or replace table rules.${quoteName(file.slice(0, -4))} as
       select * from read_csv('${quoteText(join(folder, file))}', header = true, all_varchar = true, delim = ',', quote = '"')`,
    );
  }
  await table(
    warehouse,
    'campaign',
    'campaign_id varchar, name varchar, starts_date date, ends_date date, window_credit boolean',
    config.campaigns.map((c) => [c.id, c.name ?? c.id, c.starts ?? null, c.ends ?? null, c.window_credit]),
  );
  await checkPatterns(warehouse, config);
  await table(
    warehouse,
    'campaign_map',
    'campaign_id varchar, match_type varchar, platform varchar, value varchar, priority integer, valid_from_date date, valid_to_date date',
    [
      ...config.campaign_map.map((m) => [
        m.campaign,
        m.match,
        m.platform ?? null,
        matchValue(m.match, m.value),
        m.priority,
        m.valid_from ?? null,
        m.valid_to ?? null,
      ]),
      // a campaign's own id is the plainest name it goes by
      ...config.campaigns.map((c) => [c.id, 'utm_campaign', null, normal(c.id), -1, null, null]),
    ],
  );
  await table(
    warehouse,
    'channel_rule',
    'rule_index integer, channel varchar, source varchar, medium varchar, campaign varchar',
    config.channel_rules.map((r, i) => [
      i,
      r.channel,
      r.source ? normal(r.source) : null,
      r.medium ? normal(r.medium) : null,
      r.campaign ? normal(r.campaign) : null,
    ]),
  );
  await table(
    warehouse,
    'internal_host',
    'host varchar',
    [
      ...new Set([
        ...config.shop_hosts,
        ...config.exclusions.internal_hosts,
        ...config.exclusions.payment_hosts,
        ...PAYMENT_HOSTS,
      ]),
    ].map((host) => [host.toLowerCase()]),
  );
  await table(
    warehouse,
    'engagement_weight',
    'engagement_kind varchar, weight decimal(18, 6)',
    Object.entries(config.engagement.weights).map(([kind, weight]) => [kind, weight]),
  );
  await table(
    warehouse,
    'geo_map',
    'country varchar, region varchar, geo varchar',
    config.geo_map.map((g) => [g.country, g.region ?? null, g.geo]),
  );
  await table(
    warehouse,
    'channel',
    'channel varchar, channel_no integer',
    channelNames(config).map((name, i) => [name, i]),
  );
}

/** Pages that shoppers pay on and come back from: never a source of sales. */
const PAYMENT_HOSTS = [
  'checkout.stripe.com',
  'www.paypal.com',
  'paypal.com',
  'checkout.shopify.com',
  'shop.app',
  'pay.shopify.com',
  'checkout.klarna.com',
  'js.klarna.com',
  'pay.google.com',
  'appleid.apple.com',
  'secure.mollie.com',
  'www.mollie.com',
  'hooks.stripe.com',
  'payments.amazon.com',
  'pay.amazon.com',
];

/** DuckDB's own reading of each pattern (RE2: no look-ahead, no back-references), before a build stumbles over it. */
async function checkPatterns(warehouse: Warehouse, config: Config): Promise<void> {
  for (const [i, { match, value }] of config.campaign_map.entries()) {
    if (match !== 'regex') continue;
    try {
      await warehouse.value(`select regexp_full_match('', $pattern)`, { pattern: value });
    } catch (cause) {
      const reason = /Error: ([^\n]*)/.exec(String((cause as Error).message))?.[1] ?? 'it cannot be read';
      throw new InputError(
        'bad_config',
        `liftproof.yaml: campaign_map.${i}.value is ${value}; expected a regular expression in RE2 syntax (${reason})`,
        { cause },
      );
    }
  }
}

function matchValue(match: string, value: string): string {
  return match === 'utm_campaign' ? normal(value) : value;
}

/** As the macro `utm_normal`. */
function normal(value: string): string {
  return value
    .normalize('NFKC')
    .trim()
    .toLowerCase()
    .replace(/[\s+]+/g, '_');
}

async function table(
  warehouse: Warehouse,
  name: string,
  columns: string,
  rows: readonly (readonly unknown[])[],
): Promise<void> {
  await warehouse.run(`create or replace table rules.${name} (${columns})`);
  for (let from = 0; from < rows.length; from += 500) {
    const part = rows.slice(from, from + 500);
    await warehouse.run(
      `insert into rules.${name} values ${part.map((row) => `(${row.map(literal).join(', ')})`).join(', ')}`,
    );
  }
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return `'${quoteText(String(value))}'`;
}
