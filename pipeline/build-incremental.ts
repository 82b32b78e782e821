import { createHash } from 'node:crypto';
import { allocateCredit } from './attribute.ts';
import { buildOrder, buildSettings, buildWhole, createRelation, makeRevenueEvents } from './build.ts';
import type { Config } from './config.ts';
import { identify } from './identify.ts';
import { dailyPanels } from './panels.ts';
import { rulesVersion } from './rules.ts';
import { rebuildScoped } from './scoped.ts';
import { VERSION } from './version.ts';
import { quoteName, type SqlParameters, sqlFile, type Warehouse } from './warehouse.ts';

export interface BuildReport {
  /** `none`: no new file and the same settings; `incremental`; `whole`: first build, or settings changed */
  kind: 'none' | 'incremental' | 'whole';
  /** conversions whose journey and credit were made anew */
  conversions: number;
}

/** Streams whose rows belong to one order, by (shop_id, source_order_id). */
const ORDER_STREAMS = [
  'orders',
  'order_line',
  'order_discount',
  'order_attribute',
  'refund',
  'refund_line',
  'money_event',
] as const;

/** Relations that are remade as a whole when something they read has changed: small, or a matter of the whole. */
const SMALL = new Set([
  'staging.post',
  'staging.engagement_event',
  'staging.source_account',
  'staging.fx_rate',
  'staging.cost',
  'staging.ledger_entry',
  'staging.assignment',
  'staging.exposure',
  'staging.ad_entity',
  'staging.spend_daily',
  'staging.metric_current',
  'staging.metric_daily',
  'staging.campaign_match',
  'staging.post_key',
  'staging.rate',
  'staging.spend_part',
  'staging.spend_event',
  'journey.engagement',
]);

/**
 * Brings staging, journeys and credit up to date with what was ingested since the last build, remaking only the persons and
 * orders that new rows touch: late touches, refunds, merged identities, changed rates and posts included.
 *
 * The result equals that of `buildWhole`: every scoped step runs the relation's own SQL over the affected keys, whole.
 */
export async function buildIncremental(
  warehouse: Warehouse,
  config: Config,
  progress?: (name: string) => void,
): Promise<BuildReport> {
  const settings = await buildSettings(warehouse, config);
  const fingerprint = createHash('sha256')
    // the mix is fitted to what is built, and changes nothing of it
    .update(JSON.stringify([VERSION, rulesVersion(config), settings, { ...config, mix: undefined }]))
    .digest('hex');
  await warehouse.run('create table if not exists staging.built (batch_id varchar, fingerprint varchar)');
  const before = await warehouse.value<string | null>('select max(fingerprint) from staging.built');
  if (before !== fingerprint) {
    await forgetBuild(warehouse);
    await buildWhole(warehouse, config, progress);
    await remember(warehouse, fingerprint);
    return { kind: 'whole', conversions: await warehouse.count('select count(*) from staging.conversion') };
  }
  await warehouse.run(`
    create or replace temporary table new_batch as
    select batch_id from raw.batch where batch_id not in (select batch_id from staging.built)`);
  if ((await warehouse.count('select count(*) from temp.new_batch')) === 0) return { kind: 'none', conversions: 0 };
  await forgetBuild(warehouse);
  const conversions = await new IncrementalBuild(warehouse, config, settings, progress).run();
  await remember(warehouse, fingerprint);
  return { kind: 'incremental', conversions };
}

/** Until it is done, what is built is nobody's: a build that is killed half-way is made whole by the next. */
async function forgetBuild(warehouse: Warehouse): Promise<void> {
  await warehouse.run(`update staging.built set fingerprint = 'unfinished'`);
}

async function remember(warehouse: Warehouse, fingerprint: string): Promise<void> {
  await warehouse.run('create or replace table staging.built (batch_id varchar, fingerprint varchar)');
  await warehouse.run('insert into staging.built select batch_id, $fingerprint from raw.batch', { fingerprint });
}

const IN_ORDERS = '(this.shop_id, this.source_order_id) in (select (shop_id, source_order_id) from temp.scope_order)';
const IN_CONVERSIONS = 'this.conversion_id in (select conversion_id from temp.scope_conversion)';
const NEW_ROWS = 'this.batch_id in (select batch_id from temp.new_batch)';
const AFFECTED_PERSON = 'this.person_id in (select person_id from temp.scope_person)';

class IncrementalBuild {
  private readonly warehouse: Warehouse;
  private readonly config: Config;
  private readonly settings: SqlParameters;
  private readonly progress?: (name: string) => void;
  private readonly changed = new Set<string>();

  constructor(warehouse: Warehouse, config: Config, settings: SqlParameters, progress?: (name: string) => void) {
    this.warehouse = warehouse;
    this.config = config;
    this.settings = settings;
    this.progress = progress;
  }

  async run(): Promise<number> {
    await this.findNewRows();
    await this.orders();
    await this.persons();
    await this.remakeSmall();
    await this.touches();
    await this.affectedPersons();
    await this.conversions();
    await this.journeys();
    await this.panels();
    const count = await this.warehouse.count(
      'select count(*) from staging.conversion where conversion_id in (select conversion_id from temp.scope_conversion)',
    );
    await this.forget();
    return count;
  }

  private say(name: string): void {
    this.progress?.(name);
  }

  /** Which raw streams have rows of new batches. */
  private async findNewRows(): Promise<void> {
    const streams = await this.warehouse.rows<{ table_name: string }>(
      `select table_name from information_schema.columns where table_schema = 'raw' and column_name = 'line_no' and table_name <> 'reject'
         and table_catalog = current_database()`,
    );
    for (const { table_name } of streams) {
      const rows = await this.warehouse.count(
        `select count(*) from (select 1 from raw.${quoteName(table_name)} as this where ${NEW_ROWS} limit 1)`,
      );
      if (rows > 0) this.changed.add(`raw.${table_name}`);
    }
  }

  private async orders(): Promise<void> {
    const keys = ORDER_STREAMS.filter((stream) => this.changed.has(`raw.${stream}`)).map(
      (stream) => `select shop_id, source_order_id from raw.${stream} as this where ${NEW_ROWS}`,
    );
    await this.table('scope_order', keys.length === 0 ? nothing('shop_id', 'source_order_id') : keys.join(' union '));
    // what the orders were, for the persons that they leave
    await this.table('old_order', `select this.* from staging.orders as this where ${IN_ORDERS}`);
    for (const stream of ORDER_STREAMS) {
      if (!this.changed.has(`raw.${stream}`)) continue;
      this.say(`staging.${stream}`);
      await this.scoped(`staging.${stream}`, { [`raw.${stream}`]: IN_ORDERS }, IN_ORDERS);
    }
  }

  private async persons(): Promise<void> {
    this.say('staging.identity_link');
    const orderPairs = (orders: string): string => `
      select least(customer_key, order_key) as key_a, greatest(customer_key, order_key) as key_b
      from (
        select customer_key, unnest([person_key('order', shop_id || ':' || source_order_id), person_key('order', shop_id || ':' || order_name)]) as order_key
        from ${orders} where customer_key is not null
      ) where order_key is not null`;
    const newOrders = `(select this.* from staging.orders as this where ${IN_ORDERS})`;
    await this.table(
      'scope_link',
      `
      select least(key_a, key_b) as key_a, greatest(key_a, key_b) as key_b from raw.identity_link as this where ${NEW_ROWS}
      ${this.settings.has_order_links ? `union ${orderPairs('temp.old_order')} union ${orderPairs(newOrders)}` : ''}`,
    );
    await this.scoped(
      'staging.identity_link',
      {
        'raw.identity_link':
          '(least(this.key_a, this.key_b), greatest(this.key_a, this.key_b)) in (select (key_a, key_b) from temp.scope_link)',
        'staging.orders': IN_ORDERS,
      },
      '(this.key_a, this.key_b) in (select (key_a, key_b) from temp.scope_link)',
    );
    await this.table(
      'touched_key',
      `
      select key_a as person_key from temp.scope_link
      union select key_b from temp.scope_link
      union select visitor_key from raw.touch as this where ${NEW_ROWS} and visitor_key is not null
      union select customer_key from raw.orders as this where ${NEW_ROWS} and customer_key is not null
      union select customer_key from raw.conversion as this where ${NEW_ROWS} and customer_key is not null`,
    );
    // with a key comes everyone it was, or now is, one person with
    await this.table(
      'scope_key',
      `
      select person_key from temp.touched_key
      union
      select mate.person_key
      from staging.person as mate
      where mate.person_id in (select person_id from staging.person where person_key in (select person_key from temp.touched_key))`,
    );
    await this.table(
      'old_person',
      'select * from staging.person where person_key in (select person_key from temp.scope_key)',
    );
    this.say('staging.person');
    await identify(this.warehouse, 'temp.scope_key');
    await this.table(
      'changed_key',
      `
      select new.person_key
      from staging.person as new
      left join temp.old_person as old on old.person_key = new.person_key
      where new.person_key in (select person_key from temp.scope_key)
        and old.person_id is distinct from new.person_id`,
    );
  }

  /** Small relations, in their order, each when something that it reads has changed; a remade one with the same rows has not. */
  private async remakeSmall(): Promise<void> {
    for (const step of await buildOrder(this.warehouse)) {
      if (!SMALL.has(step.name) || !step.reads.some((read) => this.changed.has(read))) continue;
      this.say(step.name);
      const kept = `old_${step.name.replace('.', '_')}`;
      await this.table(kept, `select * from ${step.name}`);
      if ('make' in step) await step.make(this.warehouse, this.config);
      else await createRelation(this.warehouse, step, this.settings);
      const differences = await this.warehouse.count(
        `select count(*) from ((select * from ${step.name} except select * from temp.${kept}) union all (select * from temp.${kept} except select * from ${step.name}))`,
      );
      if (differences > 0) this.changed.add(step.name);
    }
  }

  private async touches(): Promise<void> {
    await this.table('changed_traffic', nothing('traffic_key'));
    if (this.changed.has('raw.touch')) {
      this.say('staging.traffic');
      await this.scoped(
        'staging.referrer',
        { 'raw.touch': NEW_ROWS },
        `this.host in (select referrer_host from raw.touch as this where ${NEW_ROWS})`,
      );
      await this.addTraffic();
    }
    if (this.changed.has('staging.campaign_match')) await this.remakeTraffic();
    if (this.changed.has('staging.post_key')) {
      await this.warehouse.run(`
        insert into temp.changed_traffic
        select traffic_key from staging.traffic
        where content in (
          select content from (select * from staging.post_key except select * from temp.old_staging_post_key)
          union select content from (select * from temp.old_staging_post_key except select * from staging.post_key))`);
    }
    const namedPosts = this.changed.has('staging.post_key') ? 'or this.post_id is not null' : '';
    await this.table(
      'scope_touch',
      `
      select touch_id from raw.touch as this where ${NEW_ROWS}
      union
      select touch_id from raw.touch where visitor_key in (select person_key from temp.changed_key)
      union
      select touch_id from staging.touch as this where traffic_key in (select traffic_key from temp.changed_traffic) ${namedPosts}`,
    );
    await this.table(
      'old_touch',
      'select touch_id, person_id, shop_id, source_order_id from staging.touch where touch_id in (select touch_id from temp.scope_touch)',
    );
    this.say('staging.touch');
    const inScope = 'this.touch_id in (select touch_id from temp.scope_touch)';
    await this.scoped('staging.touch', { 'raw.touch': inScope }, inScope);
    // orders that gain or lose a touch of their own are in scope even without a person
    await this.warehouse.run(`
      insert into temp.scope_order
      select shop_id, source_order_id from temp.old_touch where source_order_id is not null
      union
      select shop_id, source_order_id from staging.touch where touch_id in (select touch_id from temp.scope_touch) and source_order_id is not null`);
  }

  /** Ways of arriving that were not seen before. A way is a function of itself alone, so known ones stay. */
  private async addTraffic(): Promise<void> {
    await this.table('known_traffic', 'select traffic_key from staging.traffic');
    await this.table('kept_traffic', 'select * from staging.traffic');
    await this.scoped('staging.traffic', { 'raw.touch': NEW_ROWS }, 'true');
    await this.warehouse.run(
      'delete from staging.traffic where traffic_key in (select traffic_key from temp.known_traffic)',
    );
    await this.warehouse.run('insert into staging.traffic by name select * from temp.kept_traffic');
  }

  private async remakeTraffic(): Promise<void> {
    this.say('staging.traffic');
    await this.table('old_traffic', 'select * from staging.traffic');
    await this.scoped('staging.traffic', {}, 'true');
    await this.warehouse.run(`
      insert into temp.changed_traffic
      select traffic_key from (select * from staging.traffic except select * from temp.old_traffic)`);
  }

  /** Persons before and after: of changed keys, of touches in scope, of orders in scope. */
  private async affectedPersons(): Promise<void> {
    await this.table(
      'scope_person',
      `
      select person_id from temp.old_person where person_key in (select person_key from temp.changed_key)
      union select person_id from staging.person where person_key in (select person_key from temp.changed_key)
      union select person_id from temp.old_touch where person_id is not null
      union select person_id from staging.touch where touch_id in (select touch_id from temp.scope_touch) and person_id is not null
      union select person_id from staging.person where person_key in (
        select customer_key from temp.old_order union select customer_key from staging.orders as this where ${IN_ORDERS})
      union select person_id from staging.conversion as this where ${IN_ORDERS} and person_id is not null
      union select person.person_id from raw.conversion as this inner join staging.person as person on person.person_key = this.customer_key where ${NEW_ROWS}`,
    );
  }

  private async conversions(): Promise<void> {
    const personKeys =
      'select person_key from staging.person where person_id in (select person_id from temp.scope_person)';
    const webOrders = this.settings.has_order_links
      ? `or (this.customer_key is null and person_key('order', this.shop_id || ':' || this.source_order_id) in (${personKeys}))`
      : '';
    await this.table(
      'seed_conversion',
      `
      select conversion_id from staging.conversion as this where ${IN_ORDERS}
      ${this.moneyScope()}
      ${this.windowScope()}`,
    );
    // new or returning is a matter of all that a person bought: with one conversion come all of its person
    await this.warehouse.run(`
      insert into temp.scope_person
      select distinct person_id from staging.conversion
      where conversion_id in (select conversion_id from temp.seed_conversion) and person_id is not null`);
    await this.table(
      'scope_conversion',
      `
      select conversion_id from temp.seed_conversion
      union
      select conversion_id from staging.conversion as this where ${AFFECTED_PERSON}
      union
      select this.shop_id || ':' || this.source_order_id from staging.orders as this where ${IN_ORDERS} or this.customer_key in (${personKeys}) ${webOrders}
      union
      select conversion_id from raw.conversion as this where ${NEW_ROWS} or this.customer_key in (${personKeys})`,
    );
    this.say('staging.conversion');
    const inScope = `this.shop_id || ':' || this.source_order_id in (select conversion_id from temp.scope_conversion)`;
    await this.scoped(
      'staging.conversion',
      { 'staging.orders': inScope, 'staging.money_event': inScope, 'raw.conversion': IN_CONVERSIONS },
      IN_CONVERSIONS,
    );
    await this.scoped('staging.ledger_part', { 'staging.conversion': IN_CONVERSIONS }, IN_CONVERSIONS);
    await makeRevenueEvents(this.warehouse, this.config, 'temp.scope_conversion');
  }

  /** New rates may price what had none, and reprice what an older rate held for. */
  private moneyScope(): string {
    return this.changed.has('staging.rate')
      ? `union select conversion_id from staging.ledger_part where currency <> '${this.config.reporting.currency}'`
      : '';
  }

  /** Engagement that changed is shared anew over the orders that only a campaign window reaches. */
  private windowScope(): string {
    if (!this.changed.has('journey.engagement') || !this.config.campaigns.some((campaign) => campaign.window_credit))
      return '';
    return `union
      select conversion.conversion_id from staging.conversion as conversion
      where not exists (
        select 1 from journey.step as step
        where step.conversion_id = conversion.conversion_id and step.is_informative and step.matched_by <> 'campaign_window')`;
  }

  private async journeys(): Promise<void> {
    const touches = `(${AFFECTED_PERSON} or (this.shop_id, this.source_order_id) in (select (shop_id, source_order_id) from staging.conversion as c where c.conversion_id in (select conversion_id from temp.scope_conversion)))`;
    this.say('journey.step');
    await this.table(
      'scope_journey_person',
      `
      select person_id from temp.scope_person
      union
      select person_id from staging.conversion as this where ${IN_CONVERSIONS} and person_id is not null`,
    );
    const persons = touches.replaceAll('temp.scope_person', 'temp.scope_journey_person');
    await this.scoped(
      'journey.step',
      { 'staging.conversion': IN_CONVERSIONS, 'staging.touch': persons },
      IN_CONVERSIONS,
    );
    this.say('attribution.credit');
    await this.scoped('attribution.credit', { 'journey.step': IN_CONVERSIONS }, IN_CONVERSIONS);
    this.say('attribution.amount');
    await allocateCredit(this.warehouse, 'temp.scope_conversion');
    this.say('journey.journey');
    const ofPerson = 'this.person_id in (select person_id from temp.scope_journey_person)';
    await this.scoped(
      'journey.journey',
      {
        'staging.touch': ofPerson,
        'staging.conversion': `(${IN_CONVERSIONS} or ${ofPerson})`,
        'journey.step': `this.conversion_id in (select c.conversion_id from staging.conversion as c where c.conversion_id in (select conversion_id from temp.scope_conversion) or c.person_id in (select person_id from temp.scope_journey_person))`,
      },
      `(${IN_CONVERSIONS} or ${ofPerson})`,
    );
    await this.whole('journey.path');
  }

  /** Sums by day: a late order may move the day of any geo, and the sums are small. */
  private async panels(): Promise<void> {
    for (const { name } of await dailyPanels(this.warehouse)) await this.whole(name);
  }

  /** Sums over everything: quicker made anew than mended. */
  private async whole(name: string): Promise<void> {
    this.say(name);
    await createRelation(this.warehouse, { name, sql: sqlFile(name.replace('.', '/')), reads: [] }, this.settings);
  }

  private async scoped(relation: string, inputs: Record<string, string>, replaces: string): Promise<void> {
    await rebuildScoped(this.warehouse, relation, { inputs, replaces }, this.settings);
  }

  private async table(name: string, select: string): Promise<void> {
    await this.warehouse.run(`create or replace temporary table ${name} as ${select}`);
  }

  private async forget(): Promise<void> {
    const tables = await this.warehouse.rows<{ table_name: string }>(
      `select table_name from duckdb_tables() where temporary and (table_name like 'scope%' or table_name like 'old_%' or table_name like 'changed%'
         or table_name like '%_traffic' or table_name in ('touched_key', 'new_batch', 'seed_conversion'))`,
    );
    for (const { table_name } of tables) await this.warehouse.run(`drop table temp.${quoteName(table_name)}`);
  }
}

/** An empty table of text columns. */
function nothing(...columns: string[]): string {
  return `select ${columns.map((column) => `cast(null as varchar) as ${column}`).join(', ')} where false`;
}
