import { InputError } from '../models/errors.ts';
import { currencyExponent } from '../models/numeric/money.ts';
import { allocateCredit } from './attribute.ts';
import type { Config } from './config.ts';
import { creditedFinance } from './finance/credited.ts';
import { financeModel } from './finance/finance-model.ts';
import { identify } from './identify.ts';
import { dailyPanels } from './panels.ts';
import { makeRates, priceRows } from './price.ts';
import { type Relation, relationsOf } from './relations.ts';
import { loadRules, rulesVersion } from './rules.ts';
import { quoteName, type SqlSettings, type Warehouse, withSettings } from './warehouse.ts';

/** What the relations are told by the configuration. One name, one meaning, wherever it stands in `sql/`. */
export function sqlSettings(config: Config): SqlSettings {
  return {
    reporting_time_zone: config.reporting.time_zone,
    reporting_currency: config.reporting.currency,
    click_days: config.windows.click_days,
    view_days: config.windows.view_days,
    engagement_days: config.windows.engagement_days,
    campaign_days: config.windows.campaign_days,
    engagement_half_life_days: config.engagement.half_life_days,
    half_life_days: config.models.half_life_days,
    first: config.models.position.first,
    middle: config.models.position.middle,
    last: config.models.position.last,
    repeat: config.journeys.repeat,
    direct: config.exclusions.direct,
    exclude_bots: config.exclusions.bots,
    exclude_test_orders: config.exclusions.test_orders,
    rules_version: rulesVersion(config),
    k: config.privacy.k,
    shared_k: sharedK(config),
    conversion_kinds: config.journeys.conversions.join(','),
    path_kind: config.journeys.conversions[0],
    finance_model: financeModel(config),
    minor_unit: 10 ** -currencyExponent(config.reporting.currency),
  };
}

/** Persons that a row for readers outside must tell of: never fewer than within. */
export function sharedK({ privacy }: Config): number {
  return Math.max(privacy.k, privacy.shared_k);
}

/** The settings of a build: those of the configuration, and what only the raw data can say. */
export async function buildSettings(warehouse: Warehouse, config: Config): Promise<SqlSettings> {
  const hasOrderLinks =
    (await warehouse.count(`select count(*) from (select 1 from raw.identity_link where kind = 'order' limit 1)`)) > 0;
  return { ...sqlSettings(config), has_order_links: hasOrderLinks };
}

/**
 * Relations that TypeScript makes because SQL cannot: what each reads and writes, so that they take their place in the order.
 * `staging.person` iterates, `staging.rate` and `staging.revenue_event` divide money, `attribution.amount` splits it.
 */
const MADE: readonly {
  name: string;
  reads: readonly string[];
  make: (warehouse: Warehouse, config: Config) => Promise<void>;
}[] = [
  {
    name: 'staging.person',
    reads: ['staging.identity_link'],
    make: async (warehouse) => void (await identify(warehouse)),
  },
  {
    name: 'staging.rate',
    reads: ['staging.fx_rate'],
    make: (warehouse, config) => makeRates(warehouse, config.reporting.currency),
  },
  {
    name: 'staging.revenue_event',
    reads: ['staging.ledger_part', 'staging.rate'],
    make: (warehouse, config) => makeRevenueEvents(warehouse, config),
  },
  { name: 'staging.spend_event', reads: ['staging.spend_part', 'staging.rate'], make: makeSpendEvents },
  {
    name: 'attribution.amount',
    reads: ['journey.step', 'attribution.credit', 'staging.revenue_event'],
    make: async (warehouse) => void (await allocateCredit(warehouse)),
  },
];

/** Builds everything from `raw.*`: the slow, plain way that an incremental build must equal. */
export async function buildWhole(
  warehouse: Warehouse,
  config: Config,
  progress?: (name: string) => void,
): Promise<void> {
  await loadRules(warehouse, config);
  const settings = await buildSettings(warehouse, config);
  for (const step of await buildOrder(warehouse)) {
    progress?.(step.name);
    if ('make' in step) await step.make(warehouse, config);
    else await createRelation(warehouse, step, settings);
  }
}

export type BuildStep = Relation | (typeof MADE)[number];

/** Every relation of staging, journey, attribution and panel, and what finance holds by conversion, each after what it reads. */
export async function buildOrder(warehouse: Warehouse): Promise<BuildStep[]> {
  const relations = [
    ...(await relationsOf(warehouse, ['staging', 'journey', 'attribution'])),
    ...(await creditedFinance(warehouse)),
    ...(await dailyPanels(warehouse)),
  ];
  const steps = new Map<string, BuildStep>([...relations, ...MADE].map((step) => [step.name, step]));
  const ordered: BuildStep[] = [];
  const done = new Set<string>();
  const visit = (step: BuildStep): void => {
    if (done.has(step.name)) return;
    done.add(step.name);
    for (const read of step.reads) {
      const before = steps.get(read);
      if (before !== undefined) visit(before);
    }
    ordered.push(step);
  };
  for (const step of steps.values()) visit(step);
  return ordered;
}

/** Schemas whose text is mostly ids of conversions and touches. */
const OF_IDS: ReadonlySet<string> = new Set(['journey', 'attribution']);

export async function createRelation(warehouse: Warehouse, relation: Relation, settings: SqlSettings): Promise<void> {
  const [schema, table] = relation.name.split('.');
  const target = `${schema}.${quoteName(table)}`;
  try {
    const create = (): Promise<void> =>
      warehouse.run(`create or replace table ${target} as ${withSettings(relation.sql, settings)}`);
    if (OF_IDS.has(schema)) await warehouse.plainText(create);
    else if (schema === 'staging') await warehouse.dictionaryText(create);
    else await create();
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw new Error(`sql/${schema}/${table}.sql: ${(cause as Error).message}`, { cause });
  }
}

/** Prices the spend: `staging.spend_event`; what has no rate of its day goes to `staging.unpriced_spend`. */
export async function makeSpendEvents(warehouse: Warehouse, config: Config): Promise<void> {
  await warehouse.run(`
    create or replace temporary table spend_to_price as
    select row_number() over (order by platform, account_id, entity_id, spend_date, breakdown, spend) as row_key, *, spend as amount, spend_date as priced_on
    from staging.spend_part`);
  await priceRows(warehouse, 'temp.spend_to_price', 'spend_priced', config.reporting.currency);
  await warehouse.run(`
    create or replace table staging.spend_event as
    select part.* exclude (row_key, amount, priced_on), priced.minor as spend_minor, priced.rate, priced.rate_date
    from temp.spend_to_price as part
    inner join temp.spend_priced as priced on priced.row_key = part.row_key`);
  await warehouse.run(`
    create or replace table staging.unpriced_spend as
    select platform, currency, spend_date, spend
    from temp.spend_to_price
    where row_key not in (select row_key from temp.spend_priced)`);
  await warehouse.run('drop table temp.spend_to_price');
  await warehouse.run('drop table temp.spend_priced');
}

/**
 * Prices the ledger: `staging.revenue_event`. An event without a rate goes to `staging.unpriced_event`, and its whole conversion is set
 * aside: half of an order, a refund without its sale, would be worse than none.
 */
export async function makeRevenueEvents(warehouse: Warehouse, config: Config, scope?: string): Promise<void> {
  const within = scope === undefined ? '' : `where conversion_id in (select conversion_id from ${scope})`;
  await warehouse.run(`
    create or replace temporary table to_price as
    select row_number() over (order by conversion_id, money_event_id) as row_key, conversion_id, money_event_id, kind, occurred_at, event_date,
        conversion_date, currency, revenue as amount, conversion_date as priced_on
    from staging.ledger_part ${within}`);
  await priceRows(warehouse, 'temp.to_price', 'priced', config.reporting.currency);
  await warehouse.run(`
    create or replace temporary table no_rate as
    select conversion_id, money_event_id, currency, conversion_date
    from temp.to_price
    where row_key not in (select row_key from temp.priced)`);
  await replaceRows(
    warehouse,
    'staging.revenue_event',
    scope,
    `
    select to_price.conversion_id, to_price.money_event_id, to_price.kind, to_price.occurred_at, to_price.event_date, to_price.conversion_date,
        to_price.currency, to_price.amount as revenue, priced.minor as revenue_minor, priced.rate, priced.rate_date
    from temp.to_price
    inner join temp.priced on priced.row_key = to_price.row_key
    where to_price.conversion_id not in (select conversion_id from temp.no_rate)`,
  );
  await replaceRows(warehouse, 'staging.unpriced_event', scope, 'select * from temp.no_rate');
  await warehouse.run('drop table temp.no_rate');
  await warehouse.run('drop table temp.to_price');
  await warehouse.run('drop table temp.priced');
}

/** Makes a table anew, or only the rows of the conversions in `scope`. */
async function replaceRows(
  warehouse: Warehouse,
  table: string,
  scope: string | undefined,
  select: string,
): Promise<void> {
  if (scope === undefined) {
    await warehouse.run(`create or replace table ${table} as ${select}`);
    return;
  }
  await warehouse.run(`delete from ${table} where conversion_id in (select conversion_id from ${scope})`);
  await warehouse.run(`insert into ${table} by name ${select}`);
}
